import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const opening = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const age = /(?<![A-Z0-9])AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}(?![A-Z0-9])/g;
const LONGEST = 8192;

/** Private keys in PEM armour, to the end line or as far as base64 goes, and age identities. */
export const privateKey: TextRecognizer = {
  entity: "PRIVATE_KEY",
  source: "RFC 7468; C2SP age",
  about: "private key",
  example: "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----",
  needs: traits.dash,
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(opening)) {
      const start = hit.index;
      const body = text.slice(start + hit[0].length, start + LONGEST);
      const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(body);
      const length =
        end === null
          ? /^[A-Za-z0-9+/=\s:,-]*/.exec(body)![0].trimEnd().length
          : end.index + end[0].length;
      matches.push({
        start,
        end: start + hit[0].length + length,
        entity: "PRIVATE_KEY",
        score: 1,
        reasons: ["form: PEM armour"],
      });
    }
    for (const hit of text.matchAll(age)) {
      matches.push({
        start: hit.index,
        end: hit.index + hit[0].length,
        entity: "PRIVATE_KEY",
        score: 1,
        reasons: ["form: age identity"],
      });
    }
    return matches;
  },
};
