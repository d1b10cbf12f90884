import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Companies, sole traders among them: twelve digits and two check digits. */
export const brCnpj = codeRecognizer({
  entity: "BR_CNPJ",
  source: "Receita Federal, IN RFB 2119/2022",
  about: "Brazilian company number",
  example: "11.222.333/0001-81",
  context: ["cnpj", "empresa"],
  form: /^\d{14}$/,
  lengths: [14],
  groups: ["2-3-3-4-2"],
  mixed: true,
  checks: "two digits modulo 11",
  check: (digits) => {
    const digit = (weights: readonly number[]): number => {
      const rest = weightedSum(digits, weights) % 11;
      return rest < 2 ? 0 : 11 - rest;
    };
    return (
      !isRepeated(digits) &&
      digit([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[12]) &&
      digit([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[13])
    );
  },
  score: { bare: 0.7, grouped: 0.98 },
});
