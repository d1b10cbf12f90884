import { luhn } from "../checksum/luhn.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Personal numbers: day of birth (60 more for coordination numbers), serial, Luhn. */
export const sePersonnummer = codeRecognizer({
  entity: "SE_PERSONNUMMER",
  source: "Skatteverket SKV 704",
  about: "Swedish personal identity number",
  example: "811218-9876",
  context: ["personnummer", "samordningsnummer", "pnr", "personal number"],
  form: /^(?:1[89]|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])\d{4}$/,
  lengths: [10, 12],
  groups: ["6-4", "8-4"],
  checks: "day of birth, Luhn",
  check: (digits) => luhn(digits.slice(-10)),
  score: { bare: 0.45, grouped: 0.9 },
});
