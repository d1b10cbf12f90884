import { weightedSum } from "../checksum/weighted.ts";
import { codeRecognizer } from "../recognizer.ts";

/** Identity cards: a letter for the kind, seven digits, a check letter. */
export const sgNric = codeRecognizer({
  entity: "SG_NRIC",
  source: "ICA, National Registration Act",
  about: "Singapore identity card number (NRIC, FIN)",
  example: "S1234567D",
  context: ["nric", "fin", "ic number", "identity card"],
  form: /^[STFGM]\d{7}[A-Z]$/,
  lengths: [9],
  groups: ["1-7-1"],
  checks: "check letter",
  check: (code) => {
    const start = { S: 0, T: 4, F: 0, G: 4, M: 3 }[code[0]!] ?? 0;
    const rest = (start + weightedSum(code.slice(1, 8), [2, 7, 6, 5, 4, 3, 2])) % 11;
    const letters = /[ST]/.test(code)
      ? "JZIHGFEDCBA"
      : code.startsWith("M")
        ? "XWUTRQPNJLK"
        : "XWUTRQPNMLK";
    return letters[rest] === code[8];
  },
  score: { bare: 0.9, grouped: 0.9 },
});
