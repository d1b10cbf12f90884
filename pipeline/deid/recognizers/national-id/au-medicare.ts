import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Medicare cards: eight digits, a check digit, an issue number, perhaps a reference number. */
export const auMedicare = codeRecognizer({
  entity: "AU_MEDICARE",
  source: "METeOR 270101",
  about: "Australian Medicare number",
  example: "2123 45670 1",
  context: ["medicare", "health card"],
  form: /^[2-6]\d{9,10}$/,
  lengths: [10, 11],
  groups: ["4-5-1", "4-5-1-1", "4-5-2"],
  checks: "weights 1, 3, 7, 9 modulo 10",
  check: (digits) => weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits[8]),
  score: { bare: 0.35, grouped: 0.75 },
});
