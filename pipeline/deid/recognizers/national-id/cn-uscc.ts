import { codeRecognizer } from "../recognizer.ts";

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** Organisations and sole traders: department, kind, region, body and a check character by 31. */
export const cnUscc = codeRecognizer({
  entity: "CN_USCC",
  source: "GB 32100-2015",
  about: "Chinese unified social credit code",
  example: "91350100M000100Y43",
  context: ["统一社会信用代码", "信用代码", "营业执照", "纳税人识别号", "税号"],
  form: /^[159Y][1239][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$/,
  lengths: [18],
  groups: ["8-9-1", "2-6-9-1", "4-4-4-4-2"],
  checks: "remainder by 31",
  check: (code) => {
    let sum = 0;
    for (let i = 0, weight = 1; i < 17; i++, weight = (weight * 3) % 31) {
      sum += ALPHABET.indexOf(code[i]!) * weight;
    }
    return ALPHABET[(31 - (sum % 31)) % 31] === code[17];
  },
  score: { bare: 0.97, grouped: 0.97 },
});
