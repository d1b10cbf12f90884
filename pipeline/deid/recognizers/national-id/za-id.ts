import { luhn } from "../checksum/luhn.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Identity numbers: day of birth, sex, citizenship, Luhn. */
export const zaId = codeRecognizer({
  entity: "ZA_ID",
  source: "Identification Act 68 of 1997",
  about: "South African identity number",
  example: "8001015009087",
  context: ["identity number", "id number", "south african", "rsa id", "said"],
  form: /^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}[0-2]\d{2}$/,
  lengths: [13],
  groups: ["6-4-3", "6-4-2-1", "6-4-1-1-1"],
  checks: "day of birth, Luhn",
  check: luhn,
  score: { bare: 0.75, grouped: 0.9 },
});
