import type { Match } from "./match.ts";

/** The form of a code: letters and digits, perhaps in groups. */
export interface CodeForm {
  readonly entity: string;
  /** Anchored pattern of the compact form: upper case, without separators. */
  readonly form: RegExp;
  /** Lengths of the compact form. */
  readonly lengths: readonly number[];
  /** Usual groupings, "3-2-4". A code in one piece is always tried. */
  readonly groups?: readonly string[];
  /** Whether any grouping will do, because the check leaves little to chance. */
  readonly anyGroups?: boolean;
  /** Whether dots, dashes and slashes may stand in one code, as in 529.982.247-25. */
  readonly mixed?: boolean;
  /** Whether the compact form passes every check that the standard knows. */
  check(compact: string): boolean;
  /** What the check is, for the explanation: "Luhn", "ISO 7064 MOD 11-2". */
  readonly checks?: string;
  /** Scores in (0, 1] without any context: in one piece, and in a usual grouping. */
  readonly score: Scores | ((compact: string) => Scores);
}

export interface Scores {
  readonly bare: number;
  readonly grouped: number;
}

const MAX_LENGTH = 36;
const MAX_CHUNKS = 10;

const OTHER = 0;
const DIGIT = 1;
const UPPER = 2;
const LOWER = 3;

const classes = new Uint8Array(128);
for (let c = 48; c <= 57; c++) classes[c] = DIGIT;
for (let c = 65; c <= 90; c++) classes[c] = UPPER;
for (let c = 97; c <= 122; c++) classes[c] = LOWER;

const classAt = (text: string, i: number): number => {
  const code = text.charCodeAt(i);
  return code < 128 ? classes[code]! : OTHER;
};

type Gap = "space" | "line" | "dash" | "dot" | "slash";

interface Cluster {
  readonly starts: number[];
  readonly ends: number[];
  /** Whether the chunk holds digits alone. */
  readonly digits: boolean[];
  /** What stands before each chunk; undefined before the first. */
  readonly gaps: (Gap | undefined)[];
  hasDigit: boolean;
}

/**
 * One pass over the text that finds every code of every form. Chunks of letters and digits that
 * stand one separator apart form a cluster; every run of chunks in it that has the length of some
 * form is held against the forms of that length. Linear: each chunk begins at most `MAX_CHUNKS`
 * runs of at most `MAX_LENGTH` characters.
 */
export function scanCodes(
  text: string,
  forms: readonly CodeForm[],
  emit: (match: Match, form: CodeForm) => void,
): void {
  const byLength = indexForms(forms);
  let cluster = emptyCluster();
  const n = text.length;
  let i = 0;
  while (i < n) {
    if (classAt(text, i) === OTHER) {
      i++;
      continue;
    }
    const start = i;
    let digits = 0;
    let lower = 0;
    for (let kind = classAt(text, i); kind !== OTHER; kind = i < n ? classAt(text, i) : OTHER) {
      if (kind === DIGIT) digits++;
      else if (kind === LOWER) lower++;
      i++;
    }
    const size = i - start;
    const last = cluster.ends.length - 1;
    const gap = last < 0 ? undefined : gapBetween(text, cluster.ends[last]!, start);
    const usable = size <= MAX_LENGTH && (digits > 0 || (size <= 6 && lower === 0));
    if (!usable || (last >= 0 && gap === undefined)) {
      if (cluster.hasDigit) flush(text, cluster, byLength, emit);
      if (cluster.starts.length > 0) cluster = emptyCluster();
    }
    if (!usable) continue;
    cluster.starts.push(start);
    cluster.ends.push(i);
    cluster.digits.push(digits === size);
    cluster.gaps.push(cluster.starts.length === 1 ? undefined : gap);
    if (digits > 0) cluster.hasDigit = true;
  }
  if (cluster.hasDigit) flush(text, cluster, byLength, emit);
}

type FormIndex = readonly (readonly CodeForm[] | undefined)[];

const indexMemo = new WeakMap<readonly CodeForm[], FormIndex>();

function indexForms(forms: readonly CodeForm[]): FormIndex {
  const known = indexMemo.get(forms);
  if (known !== undefined) return known;
  const index: CodeForm[][] = [];
  for (const form of forms) for (const length of form.lengths) (index[length] ??= []).push(form);
  indexMemo.set(forms, index);
  return index;
}

function emptyCluster(): Cluster {
  return { starts: [], ends: [], digits: [], gaps: [], hasDigit: false };
}

/** The separator in [end, start), or undefined where the two chunks do not belong together. */
function gapBetween(text: string, end: number, start: number): Gap | undefined {
  const width = start - end;
  if (width > 4) return undefined;
  if (width === 1) {
    switch (text.charCodeAt(end)) {
      case 0x20:
        return "space";
      case 0x0a:
      case 0x0d:
        return "line";
      case 0x2d:
        return "dash";
      case 0x2e:
      case 0xb7:
        return "dot";
      case 0x2f:
        return "slash";
      default:
        return undefined;
    }
  }
  const between = text.slice(end, start);
  if (/^[-./]?[ \t]?\r?\n[ \t]{0,2}[-./]?$/.test(between)) return "line";
  if (/^ +$/.test(between)) return width === 2 ? "space" : undefined;
  return /^ ?- ?$/.test(between) ? "dash" : undefined;
}

function flush(
  text: string,
  { starts, ends, digits, gaps }: Cluster,
  byLength: FormIndex,
  emit: (match: Match, form: CodeForm) => void,
): void {
  const count = starts.length;
  for (let i = 0; i < count; i++) {
    let length = 0;
    let compact: string | undefined;
    let kind: Gap | undefined;
    let lines = 0;
    let mixed = false;
    const stop = Math.min(count, i + MAX_CHUNKS);
    for (let j = i; j < stop; j++) {
      if (j > i) {
        const gap = gaps[j]!;
        if (gap === "line") {
          if (++lines > 1) break;
        } else if (kind === undefined) kind = gap;
        else if (kind !== gap) mixed = true;
        compact = undefined;
      }
      length += ends[j]! - starts[j]!;
      if (length > MAX_LENGTH) break;
      const forms = byLength[length];
      if (forms === undefined || glued(i, j)) continue;
      for (const form of forms) {
        if (mixed && form.mixed !== true) continue;
        compact ??= compactOf(text, starts, ends, i, j);
        if (!form.form.test(compact)) continue;
        const scores = typeof form.score === "function" ? form.score(compact) : form.score;
        const score = scoreOf(form, scores, i, j);
        if (score === 0 || !form.check(compact)) continue;
        emit(matchOf(form, starts[i]!, ends[j]!, score, i === j), form);
      }
    }
  }

  function sizeOf(k: number): number {
    return ends[k]! - starts[k]!;
  }

  /** Whether the run is a part of a longer chain such as a decimal number or a dashed serial. */
  function glued(i: number, j: number): boolean {
    const before = i > 0 ? gaps[i] : undefined;
    const after = j + 1 < count ? gaps[j + 1] : undefined;
    const chained = (gap: Gap | undefined): boolean => gap === "dash" || gap === "dot";
    return (
      (chained(before) && digits[i - 1] === true && digits[i] === true) ||
      (chained(after) && digits[j + 1] === true && digits[j] === true)
    );
  }

  function scoreOf(form: CodeForm, scores: Scores, i: number, j: number): number {
    if (i === j) return scores.bare;
    const sizes: number[] = [];
    const joined: number[] = [];
    for (let k = i; k <= j; k++) {
      sizes.push(sizeOf(k));
      if (k > i && gaps[k] === "line") joined[joined.length - 1]! += sizeOf(k);
      else joined.push(sizeOf(k));
    }
    // Cells of a table that happen to meet at the end of a line are no wrapped number.
    if (joined.length < sizes.length && besideNumber(text, starts[i]!, ends[j]!)) return 0;
    if (form.anyGroups === true) {
      // A row of equal groups: the run is cut out of it at will.
      const same = (k: number): boolean => digits[k] === true && sizeOf(k) === sizeOf(i);
      const row = (i > 0 && same(i - 1)) || (j + 1 < count && same(j + 1));
      const scattered = Math.min(...joined) < 2 && joined.length > 4;
      return row || scattered ? Math.min(0.4, scores.grouped) : scores.grouped;
    }
    const usual = form.groups ?? [];
    if (usual.includes(sizes.join("-"))) return scores.grouped;
    if (joined.length === sizes.length) return 0;
    if (joined.length === 1) return scores.bare * 0.9;
    return usual.includes(joined.join("-")) ? scores.grouped * 0.95 : 0;
  }
}

/** Whether the next thing before or after a range, past separators, is a digit of another number. */
export function besideNumber(text: string, start: number, end: number): boolean {
  let left = start - 1;
  while (left >= 0 && start - left < 5 && /[ \t,;|]/.test(text[left]!)) left--;
  let right = end;
  while (right < text.length && right - end < 4 && /[ \t,;|]/.test(text[right]!)) right++;
  return (left >= 0 && /\d/.test(text[left]!)) || (right < text.length && /\d/.test(text[right]!));
}

function compactOf(
  text: string,
  starts: readonly number[],
  ends: readonly number[],
  i: number,
  j: number,
): string {
  let compact = "";
  for (let k = i; k <= j; k++) compact += text.slice(starts[k], ends[k]);
  return compact.toUpperCase();
}

function matchOf(form: CodeForm, start: number, end: number, score: number, bare: boolean): Match {
  const reasons = [bare ? "form: in one piece" : "form: in groups"];
  if (form.checks !== undefined) reasons.push(`check: ${form.checks}`);
  return { start, end, entity: form.entity, score, reasons };
}
