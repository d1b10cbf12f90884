import { codeRecognizer } from "../recognizer.ts";

/** Numbers printed in advertisements and forms, which belong to nobody. */
const specimens = new Set([
  "078051120",
  "219099999",
  "457555462",
  "123456789",
  "111111111",
  "333333333",
]);

/** Social security numbers: no check digit, so a bare run of nine digits needs its context. */
export const usSsn = codeRecognizer({
  entity: "US_SSN",
  source: "SSA POMS RM 10201.030 (randomised numbers since 2011)",
  about: "United States social security number",
  example: "536-90-4399",
  context: ["ssn", "social security", "social", "ss#", "soc sec", "社会安全号"],
  form: /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/,
  lengths: [9],
  groups: ["3-2-4"],
  checks: "no area 000, 666 or 9xx, no group 00, no serial 0000",
  check: (digits) => !specimens.has(digits) || digits === "123456789",
  score: { bare: 0.2, grouped: 0.8 },
});
