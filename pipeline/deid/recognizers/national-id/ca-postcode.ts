import { codeRecognizer } from "../recognizer.ts";

/** Postal codes: letter, digit, letter, digit, letter, digit. */
export const caPostcode = codeRecognizer({
  entity: "CA_POSTCODE",
  source: "Canada Post addressing guidelines",
  about: "Canadian postal code",
  example: "K1A 0B1",
  context: ["postal", "postal code", "address", "canada"],
  form: /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\d[ABCEGHJ-NPRSTV-Z]\d$/,
  lengths: [6],
  groups: ["3-3"],
  checks: "letters by position",
  check: () => true,
  score: { bare: 0.4, grouped: 0.75 },
});
