import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Taxpayers: nine digits and two check digits. */
export const brCpf = codeRecognizer({
  entity: "BR_CPF",
  source: "Receita Federal, IN RFB 1548/2015",
  about: "Brazilian taxpayer number",
  example: "529.982.247-25",
  context: ["cpf", "cadastro", "contribuinte"],
  form: /^\d{11}$/,
  lengths: [11],
  groups: ["3-3-3-2", "9-2"],
  mixed: true,
  checks: "two digits modulo 11",
  check: (digits) => {
    const first = ((weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
    const second = ((weightedSum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
    return !isRepeated(digits) && first === Number(digits[9]) && second === Number(digits[10]);
  },
  score: { bare: 0.6, grouped: 0.98 },
});
