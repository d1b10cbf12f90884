/**
 * A text as the recognizers see it, with the way back. Compatibility forms are folded (NFKC of
 * single characters, every decimal digit to ASCII, dashes to "-", spaces to " ", curly quotes to
 * "'"), and characters without width are left out.
 */
export interface View {
  readonly text: string;
  /** The smallest range of the source that produced [start, end) of the view; start < end. */
  toSource(start: number, end: number): readonly [start: number, end: number];
}

function classOf(ranges: readonly string[]): string {
  return `[${ranges.join("")}]`;
}

/** Characters without width: soft hyphen, joiners, direction marks, fillers, variation selectors. */
const zeroWidth: readonly string[] = [
  "\\u00ad",
  "\\u034f",
  "\\u115f\\u1160",
  "\\u180e",
  "\\u200b-\\u200f",
  "\\u202a-\\u202e",
  "\\u2060-\\u206f",
  "\\u3164",
  "\\ufe00-\\ufe0f",
  "\\ufeff",
  "\\uffa0",
];
/** Spaces, dashes, quotes, digits of other scripts, and compatibility forms of letters and digits. */
const foldable: readonly string[] = [
  "\\u00a0\\u00b2\\u00b3\\u00b9",
  "\\u0660-\\u0669\\u06f0-\\u06f9\\u0966-\\u096f\\u09e6-\\u09ef\\u0e50-\\u0e59",
  "\\u1680\\u2000-\\u200a\\u2010-\\u2015\\u2018-\\u201b\\u2024\\u2028\\u2029\\u202f\\u205f",
  "\\u2070-\\u209c\\u2122\\u2212\\u2460-\\u249b\\u24b6-\\u24ea\\u24ff\\u2776-\\u2793",
  "\\u3000\\u33e0-\\u33fe\\ufe50-\\ufe6b\\uff01-\\uff9f\\uffa1-\\uffee",
];
const tags = String.raw`\udb40[\udc00-\udfff]`;
const styled = String.raw`\ud835[\udc00-\udfff]`;
/** Characters that the view changes; a text without them is its own view. */
const special = new RegExp(`${classOf([...zeroWidth, ...foldable])}|${styled}|${tags}`);
const specialRuns = new RegExp(special.source, "g");
const withoutWidth = new RegExp(`^(?:${classOf(zeroWidth)}|${tags})$`);

/** First digits of the decimal blocks that NFKC leaves as they are. */
const digitZeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];

/** The normalising view of a text; O(length), and the text itself where nothing is to fold. */
export function normalise(source: string): View {
  if (!special.test(source)) return { text: source, toSource: (start, end) => [start, end] };
  return fold(source);
}

function fold(source: string): View {
  const pieces: string[] = [];
  // Where view and source stop running in step: from view[k] on, source[k] is the position, until
  // the next entry. `width[k]` > 0 marks a folded character of that many source units.
  const view: number[] = [0];
  const origin: number[] = [0];
  const width: number[] = [0];
  let from = 0;
  let length = 0;
  specialRuns.lastIndex = 0;
  for (let hit = specialRuns.exec(source); hit !== null; hit = specialRuns.exec(source)) {
    const at = hit.index;
    const units = hit[0].length;
    const folded = foldOne(hit[0]);
    if (at > from) {
      pieces.push(source.slice(from, at));
      length += at - from;
    }
    from = at + units;
    pieces.push(folded);
    if (folded.length === 1 && units === 1) {
      length++;
      continue;
    }
    if (folded.length > 0) step(view, origin, width, length, at, units);
    length += folded.length;
    step(view, origin, width, length, from, 0);
  }
  pieces.push(source.slice(from));
  return {
    text: pieces.join(""),
    toSource(start, end) {
      const first = segmentOf(view, start);
      const last = segmentOf(view, end - 1);
      return [
        origin[first]! + (width[first] === 0 ? start - view[first]! : 0),
        origin[last]! + (width[last] === 0 ? end - view[last]! : width[last]!),
      ];
    },
  };
}

/** Records a step; one at the same place of the view replaces the last, so floods stay one entry. */
function step(
  view: number[],
  origin: number[],
  width: number[],
  at: number,
  source: number,
  units: number,
): void {
  const last = view.length - 1;
  if (view[last] === at) {
    origin[last] = source;
    width[last] = units;
    return;
  }
  view.push(at);
  origin.push(source);
  width.push(units);
}

/** Index of the last entry at or before a position of the view. */
function segmentOf(view: readonly number[], position: number): number {
  let low = 0;
  let high = view.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (view[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

const memo = new Map<string, string>();

function foldOne(character: string): string {
  const known = memo.get(character);
  if (known !== undefined) return known;
  const folded = computeFold(character);
  memo.set(character, folded);
  return folded;
}

function computeFold(character: string): string {
  if (withoutWidth.test(character)) return "";
  if (/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/u.test(character)) return "-";
  if (/[\u2018-\u201b]/.test(character)) return "'";
  if (/[\u2028\u2029]/.test(character)) return "\n";
  const code = character.codePointAt(0)!;
  for (const zero of digitZeros) {
    if (code >= zero && code < zero + 10) return String(code - zero);
  }
  const folded = character.normalize("NFKC");
  return /^\s+$/.test(folded) ? " " : folded;
}
