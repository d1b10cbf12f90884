import { codeRecognizer } from "../recognizer.ts";

/** Taxpayer numbers: nine digits from 9, with the groups that the IRS gives out; no check digit. */
export const usItin = codeRecognizer({
  entity: "US_ITIN",
  source: "IRS Publication 1915",
  about: "United States individual taxpayer identification number",
  example: "912-70-1234",
  context: ["itin", "taxpayer", "tax id", "individual taxpayer"],
  form: /^9\d{2}(?:5\d|6[0-5]|7\d|8[0-8]|9[0-2]|9[4-9])\d{4}$/,
  lengths: [9],
  groups: ["3-2-4"],
  checks: "first digit 9, group range",
  check: () => true,
  score: { bare: 0.25, grouped: 0.85 },
});
