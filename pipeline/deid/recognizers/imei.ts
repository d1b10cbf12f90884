import { luhn } from "./checksum/luhn.ts";
import { isRepeated } from "./checksum/weighted.ts";
import { codeRecognizer } from "./recognizer.ts";

/** Numbers of mobile devices: reporting body, type, serial and a Luhn digit. */
export const imei = codeRecognizer({
  entity: "IMEI",
  source: "3GPP TS 23.003 section 6.2; GSMA TS.06",
  about: "number of a mobile device",
  example: "49-015420-323751-8",
  context: ["imei", "device", "handset", "串号", "设备"],
  form: /^(?:0[1-9]|1\d|3[0-5]|4[4559]|5[0-4]|8[6-9]|9[0189])\d{13}$/,
  lengths: [15],
  groups: ["2-6-6-1", "8-6-1", "6-2-6-1", "6-8-1", "3-3-3-3-3"],
  checks: "Luhn, reporting body",
  check: (digits) => !isRepeated(digits) && luhn(digits),
  score: { bare: 0.45, grouped: 0.85 },
});
