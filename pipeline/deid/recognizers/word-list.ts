import { valueFinder } from "../value-finder.ts";
import type { Match } from "./match.ts";
import type { WordForm } from "./word-form.ts";
import type { TextRecognizer } from "./recognizer.ts";

export interface WordRules extends Omit<TextRecognizer, "recognize" | "words">, WordForm {}

/** A recognizer of the words of a list, each with its plural in s, which the shared engine runs. */
export function wordRecognizer({ words, capital = [], score, ...rest }: WordRules): TextRecognizer {
  const form = { entity: rest.entity, words, capital, score };
  const scan = createWordScanner([form]);
  return {
    ...rest,
    words: form,
    recognize(text) {
      const matches: Match[] = [];
      scan(text, (match) => matches.push(match));
      return matches;
    },
  };
}

/** One pass over a text that finds the words of all forms; linear, whatever the number of words. */
export function createWordScanner<F extends WordForm>(
  forms: readonly F[],
): (text: string, emit: (match: Match, form: F) => void) => void {
  const lower = indexOf(forms, (form) => form.words.flatMap(withPlural));
  const capital = indexOf(forms, (form) => (form.capital ?? []).flatMap((w) => [w, `${w}s`]));
  const findLower = valueFinder([...lower.keys()]);
  const findCapital = valueFinder([...capital.keys()]);
  return (text, emit) => {
    const folded = text.toLowerCase();
    // Lower case of a few letters (İ) is longer; then positions would shift.
    const same = folded.length === text.length ? folded : text;
    const report = (start: number, end: number, meant: readonly F[]): void => {
      for (const form of meant) {
        const { entity, score } = form;
        emit({ start, end, entity, score, reasons: ["word of the list"] }, form);
      }
    };
    for (const [start, end] of findLower(same))
      report(start, end, lower.get(same.slice(start, end))!);
    for (const [start, end] of findCapital(text))
      report(start, end, capital.get(text.slice(start, end))!);
  };
}

function withPlural(word: string): readonly string[] {
  return /^[a-z -]+$/.test(word) && !/[s-]$/.test(word) ? [word, `${word}s`] : [word];
}

function indexOf<F>(
  forms: readonly F[],
  wordsOf: (form: F) => readonly string[],
): Map<string, F[]> {
  const index = new Map<string, F[]>();
  for (const form of forms) {
    for (const word of wordsOf(form)) {
      const meant = index.get(word);
      if (meant === undefined) index.set(word, [form]);
      else meant.push(form);
    }
  }
  return index;
}
