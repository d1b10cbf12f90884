import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Prescribers: two letters and seven digits, the last a sum of the others. */
export const usDea = codeRecognizer({
  entity: "US_DEA",
  source: "21 CFR 1301; DEA registration number check digit",
  about: "United States DEA registration number",
  example: "AP5836727",
  context: ["dea", "registration", "prescriber", "controlled substance"],
  form: /^[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}$/,
  lengths: [9],
  groups: ["2-7"],
  checks: "weighted sum modulo 10",
  check: (code) => weightedSum(code.slice(2), [1, 2, 1, 2, 1, 2]) % 10 === Number(code[8]),
  score: { bare: 0.6, grouped: 0.6 },
});
