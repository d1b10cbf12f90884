import { codeRecognizer } from "../recognizer.ts";

/** Resident numbers: day of birth, sex and century, six digits. Since 2020 the last is no check digit. */
export const krRrn = codeRecognizer({
  entity: "KR_RRN",
  source: "Resident Registration Act, enforcement rules",
  about: "Korean resident registration number",
  example: "900101-1234568",
  context: ["주민등록번호", "주민번호", "resident registration", "rrn", "외국인등록번호"],
  form: /^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-8]\d{6}$/,
  lengths: [13],
  groups: ["6-7"],
  checks: "day of birth",
  check: () => true,
  score: { bare: 0.4, grouped: 0.85 },
});
