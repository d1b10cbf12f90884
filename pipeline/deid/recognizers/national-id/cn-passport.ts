import { codeRecognizer } from "../recognizer.ts";

/** Passports and travel permits: a letter for the kind and eight digits. */
export const cnPassport = codeRecognizer({
  entity: "CN_PASSPORT",
  source: "GA/T 704; ICAO Doc 9303",
  about: "Chinese passport or travel permit number",
  example: "E12345678",
  context: ["护照", "护照号", "通行证", "passport", "travel permit", "回乡证"],
  form: /^(?:[DEGPS]\d{8}|E[A-HJ-NP-Z]\d{7}|[HM]\d{8}(?:\d{2})?|C[A-Z0-9]\d{7})$/,
  lengths: [9, 11],
  checks: "letter of the kind",
  check: () => true,
  score: { bare: 0.4, grouped: 0.4 },
});
