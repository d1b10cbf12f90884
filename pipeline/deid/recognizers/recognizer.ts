import type { Recognizer } from "../../core/types.ts";
import { scanCodes, type CodeForm } from "./codes.ts";
import type { Match } from "./match.ts";
import type { WordForm } from "./word-form.ts";

/** A recognizer of the registry. It reads the normalising view, so digits are ASCII. */
export interface TextRecognizer extends Recognizer {
  /** One line for the list of entities. */
  readonly about: string;
  /** Values that it must find, from the standard or made to its rules; shown in the list of entities. */
  readonly example: string;
  /** Lower-case words that, near a match or in the field's name, speak for it. */
  readonly context?: readonly string[];
  /** Lower-case words that, near a match, speak against it. */
  readonly against?: readonly string[];
  /** Data of this kind is of a special category (GDPR Art. 9). */
  readonly special?: boolean;
  /** Present where all codes are found in one shared pass over the text. */
  readonly code?: CodeForm;
  /** Present where all word lists are searched in one shared pass. */
  readonly words?: WordForm;
  /** Bits of `traits`: a text without any of these holds no match. Every text is read where absent. */
  readonly needs?: number;
  /** Loads what `recognize` needs; to be awaited once before. */
  readonly load?: () => Promise<void>;
  /** The text itself is always enough; `hint` only narrows what is tried. */
  recognize(text: string, hint?: Hint): readonly Match[];
}

/** What is known of the text beside itself. */
export interface Hint {
  /** Languages that the text may be in. */
  readonly languages: readonly ("en" | "zh")[];
}

/** What a code recognizer states; the shared engine does the rest. */
export interface CodeRecognizer extends Omit<TextRecognizer, "recognize" | "code">, CodeForm {}

/** A recognizer of a code of letters and digits in groups, which the shared engine runs. */
export function codeRecognizer(rules: CodeRecognizer): TextRecognizer {
  return {
    ...rules,
    code: rules,
    recognize(text) {
      const matches: Match[] = [];
      scanCodes(text, [rules], (match) => matches.push(match));
      return matches;
    },
  };
}
