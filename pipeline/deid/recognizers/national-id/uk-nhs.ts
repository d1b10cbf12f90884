import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** NHS numbers: ten digits, the last by weights 10 to 2 modulo 11; a remainder of 10 is never given out. */
export const ukNhs = codeRecognizer({
  entity: "UK_NHS",
  source: "NHS Data Dictionary, NHS number",
  about: "United Kingdom NHS number",
  example: "943 476 5919",
  context: ["nhs", "health service", "patient", "hospital", "nhs number"],
  form: /^[4-79]\d{9}$|^[1-3]\d{9}$/,
  lengths: [10],
  groups: ["3-3-4"],
  checks: "weights 10 to 2 modulo 11",
  check: (digits) =>
    !isRepeated(digits) &&
    (11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(digits[9]),
  score: { bare: 0.4, grouped: 0.6 },
});
