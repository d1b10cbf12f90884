import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Citizen service numbers: nine digits by the eleven test. */
export const nlBsn = codeRecognizer({
  entity: "NL_BSN",
  source: "Wet algemene bepalingen burgerservicenummer",
  about: "Dutch citizen service number",
  example: "111222333",
  context: ["bsn", "burgerservicenummer", "sofi", "sofinummer", "burger"],
  form: /^\d{9}$/,
  lengths: [9],
  groups: ["4-2-3", "3-3-3", "4-3-2", "2-3-4"],
  checks: "eleven test",
  check: (digits) =>
    !isRepeated(digits) && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  score: { bare: 0.35, grouped: 0.4 },
});
