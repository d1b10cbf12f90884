import { valueFinder } from "../value-finder.ts";
import type { Match, TextRecognizer } from "./recognizer.ts";

/** What a recognizer of words states. */
export interface WordRules extends Omit<TextRecognizer, "recognize"> {
  /** Words and phrases in lower case, found as whole words in any case. */
  readonly words: readonly string[];
  /** Words that count only with a capital, being common words otherwise: "Polish". */
  readonly capital?: readonly string[];
  /** Score without context. */
  readonly score: number;
}

/** A recognizer of the words of a list, each with the plural in s; linear in the text. */
export function wordRecognizer(rules: WordRules): TextRecognizer {
  const plain = (word: string): readonly string[] =>
    /^[a-z -]+$/.test(word) && !/[s-]$/.test(word) ? [word, `${word}s`] : [word];
  const find = valueFinder(rules.words.flatMap(plain));
  const findCapital = valueFinder((rules.capital ?? []).flatMap((word) => [word, `${word}s`]));
  const { entity, score } = rules;
  return {
    ...rules,
    recognize(text) {
      // Lower case of a few letters (İ) is longer; then positions would shift.
      const lower = text.toLowerCase();
      const hits = find(lower.length === text.length ? lower : text);
      return [...hits, ...findCapital(text)].map(([start, end]): Match => ({
        start,
        end,
        entity,
        score,
        reasons: ["word of the list"],
      }));
    },
  };
}
