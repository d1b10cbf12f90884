import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Business numbers, which sole traders have too: eleven digits by 89. */
export const auAbn = codeRecognizer({
  entity: "AU_ABN",
  source: "ABR, format of the ABN",
  about: "Australian business number",
  example: "51 824 753 556",
  context: ["abn", "business number", "abr"],
  form: /^[1-9]\d{10}$/,
  lengths: [11],
  groups: ["2-3-3-3"],
  checks: "modulo 89",
  check: (digits) =>
    weightedSum(
      String(Number(digits[0]) - 1) + digits.slice(1),
      [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19],
    ) %
      89 ===
    0,
  score: { bare: 0.6, grouped: 0.85 },
});
