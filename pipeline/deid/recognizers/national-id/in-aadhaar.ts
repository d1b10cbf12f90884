import { isRepeated } from "../checksum/weighted.ts";
import { verhoeff } from "../checksum/verhoeff.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Aadhaar: twelve digits from 2 on that pass the Verhoeff test. */
export const inAadhaar = codeRecognizer({
  entity: "IN_AADHAAR",
  source: "UIDAI; Aadhaar (Sharing of Information) Regulations",
  about: "Indian Aadhaar number",
  example: "2341 2341 2346",
  context: ["aadhaar", "aadhar", "uidai", "uid"],
  form: /^[2-9]\d{11}$/,
  lengths: [12],
  groups: ["4-4-4"],
  checks: "Verhoeff",
  check: (digits) => !isRepeated(digits) && verhoeff(digits),
  score: { bare: 0.45, grouped: 0.85 },
});
