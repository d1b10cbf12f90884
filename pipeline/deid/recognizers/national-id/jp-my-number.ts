import { isRepeated, weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Individual numbers: twelve digits, the last by weights modulo 11. */
export const jpMyNumber = codeRecognizer({
  entity: "JP_MY_NUMBER",
  source: "総務省令第85号 (2014) 第5条",
  about: "Japanese individual number",
  example: "1234 5678 9018",
  context: ["マイナンバー", "個人番号", "my number", "individual number", "mynumber"],
  form: /^\d{12}$/,
  lengths: [12],
  groups: ["4-4-4"],
  checks: "weights modulo 11",
  check: (digits) => {
    const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return !isRepeated(digits) && (rest <= 1 ? 0 : 11 - rest) === Number(digits[11]);
  },
  score: { bare: 0.35, grouped: 0.6 },
});
