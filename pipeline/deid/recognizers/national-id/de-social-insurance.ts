import { codeRecognizer } from "../recognizer.ts";

/** Pension insurance: area, day of birth, letter of the name at birth, serial, check digit. */
export const deSocialInsurance = codeRecognizer({
  entity: "DE_SOCIAL_INSURANCE",
  source: "§ 147 SGB VI; VKVV § 2",
  about: "German pension insurance number",
  example: "15 070649 C 103",
  context: [
    "sozialversicherung",
    "rentenversicherung",
    "versicherungsnummer",
    "svnr",
    "rvnr",
    "sozialversicherungsnummer",
    "social insurance",
  ],
  form: /^\d{2}[0-7]\d[01]\d{3}[A-Z]\d{3}$/,
  lengths: [12],
  groups: ["2-6-1-3", "2-2-2-2-1-3"],
  checks: "weighted cross sums modulo 10",
  check: (code) => {
    const letter = String(code.charCodeAt(8) - 64).padStart(2, "0");
    const digits = code.slice(0, 8) + letter + code.slice(9, 11);
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      const product = Number(digits[i]) * [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1][i]!;
      sum += Math.floor(product / 10) + (product % 10);
    }
    return sum % 10 === Number(code[11]);
  },
  score: { bare: 0.85, grouped: 0.95 },
});
