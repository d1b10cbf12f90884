import { codeRecognizer } from "./recognizer.ts";

const VALUES: Readonly<Record<string, number>> = {
  A: 1,
  B: 2,
  C: 3,
  D: 4,
  E: 5,
  F: 6,
  G: 7,
  H: 8,
  J: 1,
  K: 2,
  L: 3,
  M: 4,
  N: 5,
  P: 7,
  R: 9,
  S: 2,
  T: 3,
  U: 4,
  V: 5,
  W: 6,
  X: 7,
  Y: 8,
  Z: 9,
};
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Vehicle identification numbers with the check digit of North America and China at place nine. */
export const vin = codeRecognizer({
  entity: "VIN",
  source: "ISO 3779:2009; 49 CFR 565.15",
  about: "vehicle identification number",
  example: "1M8GDM9AXKP042788",
  context: ["vin", "chassis", "vehicle", "车架号", "车辆识别"],
  form: /^(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{4}[0-9A-HJ-NPR-Z]\d{3}$/,
  lengths: [17],
  groups: ["3-6-8", "3-5-1-8", "3-6-2-6"],
  checks: "check digit modulo 11",
  check(code) {
    let sum = 0;
    for (let i = 0; i < 17; i++) sum += (VALUES[code[i]!] ?? Number(code[i])) * WEIGHTS[i]!;
    return "0123456789X"[sum % 11] === code[8];
  },
  score: { bare: 0.95, grouped: 0.95 },
});
