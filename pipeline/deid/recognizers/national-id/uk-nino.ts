import { codeRecognizer } from "../recognizer.ts";

/** National insurance numbers: prefix rules and a suffix A to D, no check digit. */
export const ukNino = codeRecognizer({
  entity: "UK_NINO",
  source: "HMRC National Insurance Manual NIM39110",
  about: "United Kingdom national insurance number",
  example: "AB 12 34 56 C",
  context: ["national insurance", "nino", "ni number", "insurance number", "ni no"],
  form: /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/,
  lengths: [9],
  groups: ["2-2-2-2-1", "2-6-1", "2-2-2-3", "3-2-2-2", "4-2-3", "8-1", "2-7"],
  checks: "prefix rules",
  check: () => true,
  score: { bare: 0.7, grouped: 0.85 },
});
