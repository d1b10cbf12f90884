import type { Match } from "../match.ts";
import type { TextRecognizer } from "../recognizer.ts";
import { traits } from "../traits.ts";

const card = /(?<![\w/.-])[1578](?:\d{6}\([0-9]\)|\/\d{6}\/[0-9]|\d{7})(?![\w.-])/g;

/** Macau identity cards: 1, 5, 7 or 8, six digits and a check digit in brackets or behind a slash. */
export const moId: TextRecognizer = {
  entity: "MO_ID",
  source: "Lei n.º 8/2002",
  about: "Macau identity card number",
  example: "1234567(8)",
  needs: traits.digit,
  context: ["macau", "macao", "bir", "澳門", "澳门", "身份證", "身份证"],
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(card)) {
      const shown = hit[0];
      const score = shown.includes("(") ? 0.7 : shown.includes("/") ? 0.6 : 0.1;
      const end = hit.index + shown.length;
      matches.push({
        start: hit.index,
        end,
        entity: "MO_ID",
        score,
        reasons: ["form: 7 digits and 1"],
      });
    }
    return matches;
  },
};
