import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";

const inUrl = /:\/\/[^\s:/@]{0,128}:([^\s@/]{1,256})@/g;
const named =
  /(?:\b(?:password|passwd|passphrase|passcode|pwd|pin(?: code)?|kennwort|passwort|contraseña|mot de passe)\b|密码|口令)["']?(?:(?: is| was|为|是)? ?[:=： ]|为|是| is) {0,2}["']?([^\s"',;，。；]{4,64})/gi;

/** Passwords in the authority of a URL, and after their name and a sign. */
export const password: TextRecognizer = {
  entity: "PASSWORD",
  source: "RFC 3986 section 3.2.1",
  about: "password or pass code",
  example: "https://jane:hunter2@example.org/",
  recognize(text) {
    const matches: Match[] = [];
    for (const hit of text.matchAll(inUrl)) {
      const end = hit.index + hit[0].length - 1;
      matches.push(found(end - hit[1]!.length, end, 0.97, "user information of a URL"));
    }
    for (const hit of text.matchAll(named)) {
      const value = hit[1]!.replace(/[.!?)]+$/, "");
      if (/^[([{<]/.test(value)) continue;
      const start = hit.index + hit[0].length - hit[1]!.length;
      // "the password is required": a word of letters alone is prose unless a sign sets it off.
      const signed = /[:=：]\s{0,2}["']?$/.test(text.slice(hit.index, start));
      if (value.length < 4 || (!signed && !/\d|[^\p{L}]/u.test(value))) continue;
      matches.push(found(start, start + value.length, signed ? 0.8 : 0.6, "name before it"));
    }
    return matches;
  },
};

function found(start: number, end: number, score: number, why: string): Match {
  return { start, end, entity: "PASSWORD", score, reasons: [`form: ${why}`] };
}
