import { codeRecognizer } from "../recognizer.ts";

/** Values of A to Z, and of 0 to 9, at the odd places. */
const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/** Tax codes: consonants of the name, day of birth and sex, place of birth, check letter. */
export const itFiscalCode = codeRecognizer({
  entity: "IT_FISCAL_CODE",
  source: "DM 23 dicembre 1976",
  about: "Italian tax code",
  example: "RSSMRA85T10A562S",
  context: ["codice fiscale", "fiscale", "cf", "tax code"],
  form: /^[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]$/,
  lengths: [16],
  groups: ["6-5-5", "3-3-5-5", "6-2-3-5", "3-3-2-3-4-1"],
  checks: "check letter",
  check: (code) => {
    let sum = 0;
    for (let i = 0; i < 15; i++) {
      const value = parseInt(code[i]!, 36);
      const place = value < 10 ? value : value - 10;
      sum += i % 2 === 0 ? ODD[place]! : place;
    }
    return String.fromCharCode(65 + (sum % 26)) === code[15];
  },
  score: { bare: 1, grouped: 1 },
});
