import { english } from "./words-en.ts";
import type { Words } from "./words.ts";

const languages: Readonly<Record<string, Words>> = { en: english };

/** The words of a language (`en`, `zh`); English for one that is not known. */
export function wordsFor(language: string | undefined): Words {
  return Object.hasOwn(languages, language ?? "")
    ? (languages[language ?? ""] ?? english)
    : english;
}
