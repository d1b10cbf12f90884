import { below } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";

/** Alphabets by their first and last character; a letter is replaced by another one of its own. */
const alphabets: readonly (readonly [first: number, last: number])[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
  [0xff10, 0xff19],
  [0xff21, 0xff3a],
  [0xff41, 0xff5a],
  [0x391, 0x3a1],
  [0x3b1, 0x3c9],
  [0x410, 0x42f],
  [0x430, 0x44f],
  [0x5d0, 0x5ea],
  [0x627, 0x63a],
  [0x660, 0x669],
  [0x905, 0x939],
  [0x966, 0x96f],
  [0xe01, 0xe2e],
  [0x3042, 0x3093],
  [0x30a2, 0x30f3],
  [0x4e00, 0x7fff],
  [0xac00, 0xd7a3],
];

/** Every letter and digit replaced by another one of its alphabet and case; all else stays. */
export function sameForm(value: string, random: Random): string {
  let out = "";
  for (const character of value) {
    const code = character.codePointAt(0)!;
    const alphabet = alphabets.find(([first, last]) => code >= first && code <= last);
    if (alphabet !== undefined) {
      out += String.fromCodePoint(alphabet[0] + below(random, alphabet[1] - alphabet[0] + 1));
    } else if (/\p{Ll}/u.test(character)) out += String.fromCodePoint(97 + below(random, 26));
    else if (/\p{Lu}/u.test(character)) out += String.fromCodePoint(65 + below(random, 26));
    else if (/[\u3400-\u9fff]/.test(character))
      out += String.fromCodePoint(0x4e00 + below(random, 0x3200));
    else out += character;
  }
  return out;
}
