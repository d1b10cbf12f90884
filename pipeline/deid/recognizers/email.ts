import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";

const LOCAL = /[\w.!#$%&'*+/=?^`{|}~\u00c0-\u024f-]/;
const DOMAIN = /[A-Za-z0-9.\u00c0-\u024f-]/;

/**
 * Addresses in the common form of RFC 5321, and the spoken form "jane (at) example (dot) org". The
 * local part is at most 64, the domain at most 253 characters, so each "@" costs a bounded time.
 */
export const email: TextRecognizer = {
  entity: "EMAIL",
  source: "RFC 5321 section 4.1.2",
  about: "e-mail address, also written with (at) and (dot)",
  example: "jane.doe@example.org",
  recognize(text) {
    const matches: Match[] = [];
    for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
      const found = around(text, at);
      if (found !== undefined) matches.push(found);
    }
    spoken(text, matches);
    return matches;
  },
};

function around(text: string, at: number): Match | undefined {
  let start = at;
  const first = Math.max(0, at - 64);
  if (text[at - 1] === '"') {
    const open = text.lastIndexOf('"', at - 2);
    if (open >= first && open < at - 2) start = open;
  } else {
    while (start > first && LOCAL.test(text[start - 1]!)) start--;
    // Punctuation of the sentence, not of the address.
    while (start < at && /[.'`{|}=!#$%&*/?^-]/.test(text[start]!)) start++;
  }
  if (start === at || text[at - 1] === ".") return undefined;
  if (text[at + 1] === "[") {
    const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]/.exec(
      text.slice(at + 1, at + 60),
    );
    return literal === null ? undefined : found(start, at + 1 + literal[0].length, 0.9, "literal");
  }
  let end = at + 1;
  const last = Math.min(text.length, at + 254);
  while (end < last && DOMAIN.test(text[end]!)) end++;
  while (end > at + 1 && /[.-]/.test(text[end - 1]!)) end--;
  const labels = text.slice(at + 1, end).split(".");
  if (labels.length < 2 || labels.some((label) => label === "" || label.length > 63)) {
    return undefined;
  }
  // "a@b.com.Next" is a missing space; a top-level domain has letters only.
  while (labels.length > 2 && !/^(?:[a-z]{2,}|[A-Z]{2,}|xn--[\w-]+)$/.test(labels.at(-1)!)) {
    end -= labels.pop()!.length + 1;
  }
  if (!/^(?:[A-Za-z\u00c0-\u024f]{2,63}|xn--[\w-]+)$/.test(labels.at(-1)!)) return undefined;
  return found(start, end, 0.95, "local part, @, domain");
}

const AT = String.raw`\s{0,3}(?:[([{<]\s{0,2}(?:at|@)\s{0,2}[)\]}>]|(?<=\s)(?:at|@)(?=\s)|@)\s{0,3}`;
const DOT = String.raw`\s{0,3}(?:[([{<]\s{0,2}(?:dot|\.)\s{0,2}[)\]}>]|(?<=\s)dot(?=\s)|\.)\s{0,3}`;
const domainAfter = new RegExp(
  `${AT}([a-z0-9-]{1,63}(?:${DOT}[a-z0-9-]{2,63}){1,4})(?![a-z0-9-])`,
  "iy",
);
const trigger = /[([{<]\s{0,2}(?:at|@)\s{0,2}[)\]}>]|\sat\s|\s@\s?|@\s/gi;

/** "jane at example dot org": the words at and dot both, or brackets around one of them. */
function spoken(text: string, matches: Match[]): void {
  if (!/\bdot\b|[([{<]\s?(?:at|@|\.)\s?[)\]}>]/i.test(text)) return;
  trigger.lastIndex = 0;
  for (let hit = trigger.exec(text); hit !== null; hit = trigger.exec(text)) {
    trigger.lastIndex = hit.index + 1;
    let from = hit.index;
    while (from > 0 && hit.index - from < 3 && text[from - 1] === " ") from--;
    const words = text.slice(Math.max(0, from - 66), from);
    const local =
      /(?:[\w+-]{1,32}\s?(?:[([{]\s?dot\s?[)\]}]|\sdot\s|\.)\s?){0,3}[\w+-]{1,64}$/i.exec(words);
    if (local === null) continue;
    domainAfter.lastIndex = from;
    const domain = domainAfter.exec(text);
    if (domain === null) continue;
    const shown = domain[0];
    if (!/\bdot\b|[([{<]/i.test(shown) || !/\.|dot/i.test(domain[1]!)) continue;
    // "look at this. dot" is prose: what follows the last dot must be a word of letters.
    if (!/[a-z]{2,24}$/i.test(shown)) continue;
    const start = from - local[0].length;
    matches.push(found(start, domain.index + shown.length, 0.8, "spoken at and dot"));
  }
}

function found(start: number, end: number, score: number, form: string): Match {
  return { start, end, entity: "EMAIL", score, reasons: [`form: ${form}`] };
}
