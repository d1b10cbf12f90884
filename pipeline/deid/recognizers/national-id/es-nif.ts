import { codeRecognizer } from "../recognizer.ts";

/** Spanish numbers: eight digits, or X, Y or Z and seven, and a letter by 23. */
export const esNif = codeRecognizer({
  entity: "ES_NIF",
  source: "RD 1065/2007; Orden INT/2058/2008",
  about: "Spanish tax and foreigner number (NIF, NIE)",
  example: "12345678Z",
  context: ["dni", "nif", "nie", "documento", "identidad"],
  form: /^[XYZ\d]\d{7}[A-HJ-NP-TV-Z]$/,
  lengths: [9],
  groups: ["8-1", "1-7-1", "2-3-3-1"],
  checks: "letter by the number modulo 23",
  check: (code) =>
    "TRWAGMYFPDXBNJZSQVHLCKE"[
      Number(code.slice(0, 8).replace("X", "0").replace("Y", "1").replace("Z", "2")) % 23
    ] === code[8],
  score: { bare: 0.85, grouped: 0.95 },
});
