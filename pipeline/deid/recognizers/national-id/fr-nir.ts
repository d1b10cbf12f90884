import { mod97 } from "../checksum/mod97.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Registry numbers: sex, year, month, department, commune, serial and a key by 97; Corsica counts as 19 and 18. */
export const frNir = codeRecognizer({
  entity: "FR_NIR",
  source: "INSEE, numéro d’inscription au répertoire",
  about: "French social security number",
  example: "2 55 08 14 168 025 38",
  context: ["sécurité sociale", "securite sociale", "nir", "insee", "sécu", "numéro de sécurité"],
  form: /^[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8}$/,
  lengths: [15],
  groups: ["1-2-2-2-3-3-2", "13-2", "1-2-2-2-3-3-2"],
  checks: "97 minus the number modulo 97",
  check: (code) =>
    97 - mod97(code.slice(0, 13).replace("2A", "19").replace("2B", "18")) ===
    Number(code.slice(13)),
  score: { bare: 0.95, grouped: 1 },
});
