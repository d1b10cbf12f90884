import { codeRecognizer } from "../recognizer.ts";

/** Driver numbers: five characters of the surname, the day of birth in disguise, initials, three more. */
export const ukDrivingLicence = codeRecognizer({
  entity: "UK_DRIVING_LICENCE",
  source: "DVLA driver number format",
  about: "United Kingdom driving licence number",
  example: "MORGA657054SM9IJ",
  context: ["driving", "licence", "license", "driver", "dvla"],
  form: /^[A-Z]{1,5}9{0,4}\d[0156]\d[0-3]\d\d[A-Z9]{2}[A-Z0-9][A-Z]{2}$/,
  lengths: [16],
  groups: ["5-6-5", "5-6-2-3", "5-6-2-1-2"],
  checks: "month and day of birth",
  check: (code) => Number(code.slice(6, 8)) % 50 <= 12 && Number(code.slice(8, 10)) <= 31,
  score: { bare: 0.9, grouped: 0.9 },
});
