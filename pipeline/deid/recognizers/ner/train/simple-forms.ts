import { FIRST_HAN } from "../chinese-encoder.ts";
import type { DictionaryEntry } from "./sources.ts";

const LAST_HAN = 0x9fff;

/**
 * Simplified forms, as `ChineseTables.simple`, of the characters that no simplified text holds: text in simplified
 * script stays as it is. A dictionary word tells them, character by character; of several forms the first counts.
 */
export function simpleForms(dictionary: readonly DictionaryEntry[]): Uint16Array {
  const forms = new Uint16Array(LAST_HAN + 1 - FIRST_HAN);
  const kept = new Set(dictionary.flatMap(({ word }) => Array.from(word)));
  for (const { traditional, word } of dictionary) {
    if (traditional.length !== word.length) continue;
    for (let i = 0; i < word.length; i++) {
      const code = traditional.charCodeAt(i);
      if (code < FIRST_HAN || code > LAST_HAN || kept.has(traditional.charAt(i))) continue;
      if (forms[code - FIRST_HAN] === 0) forms[code - FIRST_HAN] = word.charCodeAt(i);
    }
  }
  return forms;
}
