import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";

const token =
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{2,8192}(?:\.[A-Za-z0-9_-]{0,2048}){1,3}/g;

/** JSON Web Tokens: the header decodes to JSON that names an algorithm. */
export const jwt: TextRecognizer = {
  entity: "JWT",
  source: "RFC 7519",
  about: "JSON Web Token",
  example: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJl",
  recognize(text) {
    const matches: Match[] = [];
    if (!text.includes("eyJ")) return matches;
    for (const hit of text.matchAll(token)) {
      const header = Buffer.from(hit[0].slice(0, hit[0].indexOf(".")), "base64url").toString(
        "latin1",
      );
      const score = /^\{.*"alg"/s.test(header) ? 1 : 0.6;
      const end = hit.index + hit[0].length;
      matches.push({
        start: hit.index,
        end,
        entity: "JWT",
        score,
        reasons: ["form: three base64url parts"],
      });
    }
    return matches;
  },
};
