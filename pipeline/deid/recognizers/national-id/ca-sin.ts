import { isRepeated } from "../checksum/weighted.ts";
import { luhn } from "../checksum/luhn.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Social insurance numbers: nine digits by Luhn, none from 0 or 8. */
export const caSin = codeRecognizer({
  entity: "CA_SIN",
  source: "ESDC, Social Insurance Number",
  about: "Canadian social insurance number",
  example: "130 692 544",
  context: ["sin", "social insurance", "nas", "assurance sociale"],
  form: /^[1-79]\d{8}$/,
  lengths: [9],
  groups: ["3-3-3"],
  checks: "Luhn",
  check: (digits) => !isRepeated(digits) && luhn(digits),
  score: { bare: 0.35, grouped: 0.65 },
});
