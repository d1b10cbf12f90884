import type { Match } from "./match.ts";
import type { TextRecognizer } from "./recognizer.ts";
import { traits } from "./traits.ts";

/** Words after which an address stands. */
const cue =
  /\b(?:address(?:es)?(?: (?:is|was|are|with|to|at|of))?(?:[,:][^\n:]{0,24}:)?|(?:live[sd]?|living|resid(?:es?|ed|ing)|stay(?:s|ed|ing)?|based|located|house|home|office|apartment)(?: is)? (?:at|in)|(?:ship|deliver|mail|send|return|sent|shipped|delivered|drop|forward)(?:ped|ed)?(?: (?:it|them|this|these|(?:the|my|your|a) \w{1,16}))? to|(?:moved|moving|move|relocated) to|it is|it's)(?: to)?\s{0,3}[:=,-]?\s{1,6}/gi;
const SMALL = String.raw`(?:de|da|do|di|du|des|del|della|la|le|les|los|las|el|of|the|van|von|der|den|af|av|und|y|i|na|nad|pod|ul|no|nan)`;
const LONG_WORD = String.raw`[\p{Lu}\d#][\p{L}\p{M}\d'’/-]{0,30}(?:(?<=(?:^|[^\p{L}\d])\p{L}{1,4})\.|(?<=(?:^|[^\p{L}\d])\d{1,4})\.(?= (?:Apt|Suite|Unit|Flat))|\.\d{1,5})?`;
const PART = String.raw`(?:${LONG_WORD}|\(${LONG_WORD}\)?)(?:[ ](?:${LONG_WORD}|${SMALL}\b\.?|\(${LONG_WORD}\)?|${LONG_WORD}\))){0,6}`;
const LOWER_WORD = String.raw`[\p{L}\d#][\p{L}\p{M}\d'’/.-]{0,30}`;
const LOWER_PART = String.raw`${LOWER_WORD}(?:[ ]${LOWER_WORD}){0,4}`;
const GAP = String.raw`(?:[ ]{0,2},?[ ]?\n[ ]{0,6},?[ ]?|,[ ]{1,2})`;
const capital = new RegExp(String.raw`(?=[^\n,]{0,60}\d)${PART}(?:${GAP}${PART}){0,5}`, "uy");
const lower = new RegExp(
  String.raw`(?=[^\n,]{0,60}\d)\d{1,6}[a-z]?,? ${LOWER_PART}(?:${GAP}${LOWER_PART}){0,5}`,
  "uy",
);
/** "Apt. 12", "suite 771" on the way through the lines of an address. */
const unit =
  /(?<![\p{L}\d])(?:apt|apartment|suite|ste|unit|flat|floor|room|p\.?o\.? box)\.? ?#?[A-Za-z]?-?\d{1,5}[A-Za-z]?(?![\p{L}\d])/giu;
const postal =
  /(?:^|[^\d])(?:\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\s*$/;
const zip =
  /\b(?:zip|postal|post|plz|cap|cp)(?:[ -]?code)?(?: is)?[ ]?[:#= ][ ]{0,2}((?=[A-Z0-9 -]{0,4}\d)[A-Z0-9]{2,5}(?:[ -]?[A-Z0-9]{3,4})?)(?![A-Za-z0-9])/gi;

/** Addresses of any country by where they stand: behind a cue, around a unit line, behind "ZIP:". */
export const addressBlock: TextRecognizer = {
  entity: "ADDRESS",
  source: "UPU S42, layout of postal addresses",
  about: "postal address of any country, by the words before it or by its lines",
  example: "52 Ibirapita 8057\n Apt. 614\n Montevideo 11300",
  needs: traits.digit,
  recognize(text) {
    const matches: Match[] = [];
    if (!/\d/.test(text)) return matches;
    for (const hit of text.matchAll(cue)) {
      const at = hit.index + hit[0].length;
      const length = partsAt(text, at, !/^it\b|^it's/i.test(hit[0]));
      if (length > 0) push(matches, text, at, at + length, 0.72, "words before it");
    }
    for (const hit of text.matchAll(unit)) {
      const [start, end] = linesAround(text, hit.index, hit.index + hit[0].length);
      // "Unit 5" on its own may be of a textbook.
      const alone = start === hit.index && end === hit.index + hit[0].length;
      push(matches, text, start, end, alone ? 0.45 : 0.72, "unit, lines around it");
    }
    for (const hit of text.matchAll(zip)) {
      const end = hit.index + hit[0].length;
      push(matches, text, end - hit[1]!.length, end, 0.75, "label before it");
    }
    return matches;
  },
};

/** Length of the address at a place, 0 where there is none. It has a number and a word. */
function partsAt(text: string, at: number, anyCase: boolean): number {
  return partsOf(capital, text, at) || (anyCase ? partsOf(lower, text, at) : 0);
}

function partsOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const hit = pattern.exec(text);
  if (hit === null) return 0;
  let shown = hit[0].trimEnd();
  const first = /^[^\n,]*/.exec(shown)![0];
  // "1943 Ontario": a year before a place.
  if (!/\d/.test(first) || /^(?:1[89]|20)\d{2} \D*$/.test(first)) return 0;
  if (!/\p{L}{3}/u.test(first) && !/\n|, \p{Lu}/u.test(shown)) return 0;
  // Sums, times, counts and dates behind "it is" and the like.
  if (
    /^\d+(?:[.,:]\d+|%|(?:st|nd|rd|th)\b| ?[ap]m\b| (?:years?|months?|days?|hours?|minutes?|people|of|and|per)\b)/i.test(
      shown,
    )
  )
    return 0;
  if (
    /\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b/.test(
      first,
    )
  )
    return 0;
  // What follows a postal code on the next part is another sentence.
  let upTo = 0;
  for (const part of shown.split(/(?<=[\n,])/)) {
    // A lone postal code at the start of a line ends it, whatever follows.
    const lone = upTo > 0 ? /^[ \t]*\d{4,6}(?:-\d{4})?(?= [a-z])/.exec(part) : null;
    if (lone !== null) {
      shown = shown.slice(0, upTo + lone[0].length);
      break;
    }
    upTo += part.length;
    if (upTo > first.length + 1 && postal.test(part.replace(/[,\s]+$/, ""))) {
      shown = shown.slice(0, upTo);
      break;
    }
  }
  return shown.replace(/[\s,.]+$/, "").length;
}

/** The lines of the address that a unit belongs to. */
function linesAround(
  text: string,
  from: number,
  to: number,
): readonly [start: number, end: number] {
  let start = from;
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const own = text.slice(Math.max(lineStart, from - 60), from);
  // A bracket, a comma before a small word and the end of a sentence are no part of an address.
  const part = own.split(/[()]|,\s+(?=\p{Ll})|(?<=[\p{Ll}\d]{4})\.\s+(?=\p{Lu})/u).at(-1)!;
  const street = /(?:^|[\s:,])(\d{1,6}[A-Za-z]?(?:[-/]\d{1,5})?[ ,][^\n:;!?]{0,50})$/.exec(part);
  if (street !== null && street[1]!.split(" ").length <= 8) start = from - street[1]!.length;
  else if (/^[\s?>*|-]*$/.test(own) && lineStart > 0) {
    const before = text.slice(Math.max(0, lineStart - 61), lineStart - 1);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const shown = line.replace(/^[\s?>*|-]+/, "");
    if (/\d/.test(shown) && shown.split(" ").length <= 7) start = lineStart - 1 - shown.length;
  }
  let end = to;
  let next = to;
  for (let lines = 0; lines < 4; lines++) {
    const more = /^(?:,? ?\n[\s?>*|,]{0,8}|, ?)([\p{L}\d][^\n,;:!?]{0,40})/u.exec(
      text.slice(next, next + 60),
    );
    if (more === null || more[1]!.split(" ").length > 5) break;
    next += more[0].length;
    if (postal.test(more[1]!.replace(/[.\s]+$/, ""))) {
      end = next;
      break;
    }
  }
  return [start, end];
}

function push(
  matches: Match[],
  text: string,
  start: number,
  stop: number,
  score: number,
  why: string,
): void {
  let end = stop;
  while (end > start && /[\s,.]/.test(text[end - 1]!)) end--;
  matches.push({ start, end, entity: "ADDRESS", score, reasons: [`form: ${why}`] });
}
