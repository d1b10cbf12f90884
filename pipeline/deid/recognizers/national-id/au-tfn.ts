import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Tax file numbers: nine digits whose weighted sum 11 divides. */
export const auTfn = codeRecognizer({
  entity: "AU_TFN",
  source: "ATO, tax file number algorithm",
  about: "Australian tax file number",
  example: "876 543 210",
  context: ["tfn", "tax file", "ato"],
  form: /^\d{9}$/,
  lengths: [9],
  groups: ["3-3-3"],
  checks: "weights modulo 11",
  check: (digits) =>
    !isRepeated(digits) && weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  score: { bare: 0.35, grouped: 0.5 },
});
