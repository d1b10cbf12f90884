import { codeRecognizer } from "../recognizer.ts";

/** Account numbers: five letters, of which the fourth names the kind of holder, four digits, a letter. */
export const inPan = codeRecognizer({
  entity: "IN_PAN",
  source: "Income-tax Rules 1962, rule 114",
  about: "Indian permanent account number",
  example: "ABCPE1234F",
  context: ["pan", "permanent account", "income tax"],
  form: /^[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]$/,
  lengths: [10],
  checks: "kind of holder in the fourth letter",
  check: () => true,
  score: { bare: 0.85, grouped: 0.85 },
});
