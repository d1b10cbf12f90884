import { codeRecognizer } from "../recognizer.ts";

/** Postcodes: outward and inward code with the letters that each place may have. */
export const ukPostcode = codeRecognizer({
  entity: "UK_POSTCODE",
  source: "BS 7666; Royal Mail PAF",
  about: "United Kingdom postcode",
  example: "SW1A 1AA",
  context: ["postcode", "post code", "postal code", "address", "zip"],
  form: /^(?:GIR0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY])\d[ABD-HJLNP-UW-Z]{2})$/,
  lengths: [5, 6, 7],
  groups: ["2-3", "3-3", "4-3"],
  checks: "letters by position",
  check: () => true,
  score: { bare: 0.3, grouped: 0.75 },
});
