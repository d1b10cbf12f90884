import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Tax numbers: ten digits, the last by weights modulo 11. */
export const plNip = codeRecognizer({
  entity: "PL_NIP",
  source: "Dz.U. 1995 nr 142 poz. 702",
  about: "Polish tax number",
  example: "526-000-12-46",
  context: ["nip", "podatkowy", "numer identyfikacji"],
  form: /^[1-9]\d{9}$/,
  lengths: [10],
  groups: ["3-3-2-2", "3-2-2-3"],
  checks: "weights modulo 11",
  check: (digits) => weightedSum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(digits[9]),
  score: { bare: 0.3, grouped: 0.75 },
});
