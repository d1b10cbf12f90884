import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Bank routing numbers: nine digits in the ranges of the Federal Reserve, weights 3, 7, 1. */
export const usAba = codeRecognizer({
  entity: "US_ABA_ROUTING",
  source: "ABA Routing Number Policy",
  about: "United States bank routing number",
  example: "021000021",
  context: ["routing", "aba", "rtn", "transit", "bank", "wire"],
  form: /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/,
  lengths: [9],
  groups: ["4-4-1"],
  checks: "weights 3, 7, 1 modulo 10",
  check: (digits) =>
    !isRepeated(digits) && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  score: { bare: 0.35, grouped: 0.5 },
});
