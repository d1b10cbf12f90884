import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Identity cards: a letter for the region, sex, seven digits, check digit. */
export const twId = codeRecognizer({
  entity: "TW_ID",
  source: "內政部戶政司, 國民身分證統一編號",
  about: "Taiwanese identity card number",
  example: "A123456789",
  context: ["身分證", "身份證", "身分证", "national id", "統一編號"],
  form: /^[A-Z][1289]\d{8}$/,
  lengths: [10],
  groups: ["1-9"],
  checks: "weighted sum modulo 10",
  check: (code) => {
    const region = "ABCDEFGHJKLMNPQRSTUVXYWZIO".indexOf(code[0]!) + 10;
    const sum = Math.floor(region / 10) + (region % 10) * 9;
    return (sum + weightedSum(code.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0;
  },
  score: { bare: 0.8, grouped: 0.8 },
});
