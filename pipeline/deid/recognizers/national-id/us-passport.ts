import { codeRecognizer } from "../recognizer.ts";

/** Passport books: nine digits, or a letter and eight digits. Only its context tells it from other numbers. */
export const usPassport = codeRecognizer({
  entity: "US_PASSPORT",
  source: "US Department of State, passport book numbers",
  about: "United States passport number",
  example: "C12345678",
  context: ["passport", "passport number", "护照"],
  form: /^(?:[A-Z]\d{8}|\d{9})$/,
  lengths: [9],
  checks: "none",
  check: () => true,
  score: { bare: 0.1, grouped: 0.1 },
});
