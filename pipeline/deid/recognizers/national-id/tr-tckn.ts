import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Identity numbers: nine digits and two check digits. */
export const trTckn = codeRecognizer({
  entity: "TR_TCKN",
  source: "Nüfus Hizmetleri Kanunu 5490",
  about: "Turkish identity number",
  example: "10000000146",
  context: ["tckn", "t.c.", "tc kimlik", "kimlik", "kimlik no"],
  form: /^[1-9]\d{9}[02468]$/,
  lengths: [11],
  groups: ["3-3-3-2"],
  checks: "two check digits",
  check: (digits) => {
    const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
    const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
    const tenth = (((odd * 7 - even) % 10) + 10) % 10;
    return tenth === Number(digits[9]) && (odd + even + tenth) % 10 === Number(digits[10]);
  },
  score: { bare: 0.7, grouped: 0.8 },
});
