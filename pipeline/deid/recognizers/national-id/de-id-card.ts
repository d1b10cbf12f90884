import { codeRecognizer } from "../recognizer.ts";

/** Identity cards: nine characters without vowels, and a check digit as in a machine-readable zone. */
export const deIdCard = codeRecognizer({
  entity: "DE_ID_CARD",
  source: "ICAO Doc 9303; § 5 PAuswG",
  about: "German identity card or passport number",
  example: "T22000129 3",
  context: [
    "personalausweis",
    "ausweis",
    "ausweisnummer",
    "reisepass",
    "passnummer",
    "identity card",
    "id card",
    "passport",
  ],
  form: /^[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d$/,
  lengths: [10],
  groups: ["9-1"],
  checks: "weights 7, 3, 1 modulo 10",
  check: (code) => {
    let sum = 0;
    for (let i = 0; i < 9; i++) sum += parseInt(code[i]!, 36) * [7, 3, 1][i % 3]!;
    return /\d{2}/.test(code) && sum % 10 === Number(code[9]);
  },
  score: { bare: 0.4, grouped: 0.5 },
});
