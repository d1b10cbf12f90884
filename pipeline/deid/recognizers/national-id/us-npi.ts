import { luhn } from "../checksum/luhn.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Health care providers: ten digits that pass the Luhn test after 80840. */
export const usNpi = codeRecognizer({
  entity: "US_NPI",
  source: "45 CFR 162.406; CMS NPI check digit",
  about: "United States national provider identifier",
  example: "1234567893",
  context: ["npi", "provider", "national provider"],
  form: /^[12]\d{9}$/,
  lengths: [10],
  checks: "Luhn with the prefix 80840",
  check: (digits) => luhn(`80840${digits}`),
  score: { bare: 0.4, grouped: 0.4 },
});
