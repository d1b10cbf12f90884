import { codeRecognizer } from "../recognizer.ts";

/** Driving licences: every state has its own form and none a public check, so context decides. */
export const usDriverLicense = codeRecognizer({
  entity: "US_DRIVER_LICENSE",
  source: "AAMVA, licence number formats by state",
  about: "United States driving licence number",
  example: "D1234562",
  context: ["driver", "drivers", "license", "licence", "dl", "permit", "dmv", "driving", "驾照"],
  form: /^(?:[A-Z]\d{6,8}|[A-Z]\d{11,14}|[A-Z]{2}\d{6}[A-Z]?|[A-Z]{3}\d{6}|\d{7,9}|\d{2}[A-Z]{3}\d{5}|[A-Z]\d{3}[A-Z]\d{6}|\d{3}[A-Z]{2}\d{4}|[A-Z]{2}\d{2,5}|\d{9}[A-Z]|[A-Z]{1,7}[A-Z0-9*]{5})$/,
  lengths: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  groups: ["1-3-3-3", "1-3-4-4", "4-4-4", "1-3-3-3-3", "2-3-4", "3-3-3", "1-4-4-4", "1-5-5-4"],
  checks: "none",
  check: (code) => /\d{2}/.test(code),
  score: { bare: 0.1, grouped: 0.15 },
});
