import type { Match } from "../match.ts";
import type { TextRecognizer } from "../recognizer.ts";
import { traits } from "../traits.ts";

const card = /(?<![A-Za-z0-9])([A-Z]{1,2})(\d{6}) ?(\(([0-9A])\)|([0-9A])(?![A-Za-z0-9]))/g;

/** Hong Kong identity cards: one or two letters, six digits and a check character in brackets. */
export const hkId: TextRecognizer = {
  entity: "HK_ID",
  source: "Registration of Persons Regulations, Cap. 177A",
  about: "Hong Kong identity card number",
  example: "A123456(3)",
  needs: traits.digit,
  context: ["hkid", "identity card", "身份證", "身份证", "香港"],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(card)) {
      const check = hit[4] ?? hit[5];
      if (checkOf(hit[1]!, hit[2]!) !== check) continue;
      const score = hit[4] === undefined ? 0.6 : 0.97;
      const end = hit.index + hit[0].length;
      matches.push({
        start: hit.index,
        end,
        entity: "HK_ID",
        score,
        reasons: ["check: modulo 11"],
      });
    }
    return matches;
  },
};

/** The check character; a space stands for 36 before a single letter. */
function checkOf(letters: string, digits: string): string {
  const values = Array.from(letters.padStart(2, " "), (c) => (c === " " ? 36 : parseInt(c, 36)));
  for (const digit of digits) values.push(Number(digit));
  const sum = values.reduce((total, value, i) => total + value * (9 - i), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? "A" : String(check);
}
