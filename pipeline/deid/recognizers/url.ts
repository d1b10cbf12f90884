import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

const full =
  /\b(?:https?|ftps?|sftp|ssh|wss?|file|git|ldaps?|jdbc:\w{2,12}|postgres(?:ql)?|mysql|redis|mongodb(?:\+srv)?|amqps?):\/\/[^\s<>"'`，。；！？、）」』】《》]{1,2048}/gi;
const host =
  /(?<![\w@.\-/\\])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){1,6}(?![\w@-])/g;
const rest = /(?::\d{2,5})?(?:[/?#][^\s<>"'`，。；！？、）」』】《》]{0,2048})?/y;
/** Country domains that are English words too, and endings of file names: never on their own. */
const ambiguous = new Set(
  "is it in at to me my so no do be am as us by id py md rs sh pl zip mov ts js cc ps ai app".split(
    " ",
  ),
);

type Parse = (hostname: string) => { isIcann: boolean | null; domain: string | null };
let parse: Parse | undefined;

/** Addresses with a scheme, and bare host names under a top-level domain of the public suffix list. */
export const url: TextRecognizer = {
  entity: "URL",
  source: "RFC 3986; Public Suffix List",
  about: "web address or host name",
  example: "https://example.org/profile?id=7",
  needs: traits.dot | traits.colon,
  async load() {
    parse = (await import("tldts")).parse;
  },
  recognize(text) {
    const matches: Match[] = [];
    if (text.includes("://")) {
      for (const hit of text.matchAll(full)) {
        matches.push(found(hit.index, hit.index + trimmed(hit[0]), 0.95, "scheme"));
      }
    }
    for (const hit of text.matchAll(host)) {
      const score = scoreOfHost(hit[0], text, hit.index + hit[0].length);
      if (score === 0) continue;
      rest.lastIndex = hit.index + hit[0].length;
      const tail = rest.exec(text)?.[0] ?? "";
      matches.push(found(hit.index, hit.index + trimmed(hit[0] + tail), score, "host name"));
    }
    return matches;
  },
};

function scoreOfHost(name: string, text: string, end: number): number {
  const labels = name.split(".");
  const top = labels.at(-1)!;
  if (!/^(?:[a-z]{2,24}|[A-Z]{2,24}|xn--[\w-]+)$/.test(top)) return 0;
  if (top === top.toUpperCase() && name !== name.toUpperCase()) return 0;
  if (labels.every((label) => label.length === 1)) return 0; // e.g., U.S.A
  const parsed = parse?.(name.toLowerCase());
  if (parsed?.isIcann !== true || parsed.domain === null) return 0;
  if (labels[0]!.toLowerCase() === "www" || text[end] === "/") return 0.9;
  if (ambiguous.has(top.toLowerCase())) return labels.length > 2 ? 0.6 : 0.3;
  return 0.8;
}

/** Length without the punctuation of the sentence and without an unopened closing bracket. */
function trimmed(address: string): number {
  let end = address.length;
  for (;;) {
    const last = address[end - 1]!;
    if (/[.,;:!?'"*]/.test(last)) end--;
    else if (last === ")" && !address.slice(0, end).includes("(")) end--;
    else if (last === "]" && !address.slice(0, end).includes("[")) end--;
    else return end;
  }
}

function found(start: number, end: number, score: number, form: string): Match {
  return { start, end, entity: "URL", score, reasons: [`form: ${form}`] };
}
