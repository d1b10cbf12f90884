import { codeRecognizer } from "../recognizer.ts";

/** Medicare numbers: eleven places with fixed kinds, without S, L, O, I, B and Z. */
export const usMbi = codeRecognizer({
  entity: "US_MBI",
  source: "CMS, Understanding the Medicare Beneficiary Identifier",
  about: "United States Medicare beneficiary identifier",
  example: "1EG4-TE5-MK73",
  context: ["mbi", "medicare", "beneficiary"],
  form: /^[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/,
  lengths: [11],
  groups: ["4-3-4"],
  checks: "letters and digits by position",
  check: () => true,
  score: { bare: 0.75, grouped: 0.9 },
});
