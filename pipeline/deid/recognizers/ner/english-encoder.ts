import {
  detached,
  fit,
  newWindow,
  REACH,
  RELEASED,
  type EncodedWindow,
  type Encoder,
} from "./encoder.ts";
import {
  cases,
  describe,
  dullness,
  EDGE,
  facts,
  freshUnits,
  numberForm,
  type EnglishTables,
  type Units,
} from "./english-units.ts";
import { hashText, mix, scramble } from "./hash.ts";
import { lookUp, type Lexicon } from "./lexicon.ts";
import { endsSentence, kinds, type Tokens } from "./tokens.ts";

const JOINED = 27;

/** Features of English words: themselves, their form, their parts, what lists say, and neighbours. */
export function createEnglishEncoder(tables: EnglishTables, training = false): Encoder {
  let units = freshUnits(training);
  const window = newWindow();

  function unitOf(text: string, start: number, end: number, kind: number): number {
    const special = kind === kinds.number || kind === kinds.link || kind === kinds.handle;
    const key = special ? specialKey(text, start, end, kind) : text;
    const known = special ? units.ids.find(key, 0, key.length) : units.ids.find(text, start, end);
    if (known >= 0) return known;
    const id = units.lower.length;
    const word = special ? key : text.slice(start, end);
    units.ids.add(detached(word), id);
    describe(units, key === HANDLE ? "@" : word, kind, tables);
    return id;
  }

  return {
    joined: JOINED,
    size: () => units.lower.length,
    own: (unit, slot) => units.own[unit]![slot]!,
    release(unit) {
      if (!training) units.own[unit] = RELEASED;
    },
    kinds: (unit) => units.kinds?.[unit] ?? [],
    joinedKinds: JOINED_KINDS,
    forget() {
      units = freshUnits(training);
    },
    encode(text, tokens, from, to, hasty) {
      const n = to - from;
      fit(window, n, JOINED);
      const ids = window.units;
      for (let k = 0; k < REACH; k++) ids[k] = ids[n + REACH + k] = EDGE;
      for (let t = 0; t < n; t++) {
        ids[t + REACH] = unitOf(
          text,
          tokens.starts[from + t]!,
          tokens.ends[from + t]!,
          tokens.kinds[from + t]!,
        );
      }
      const style = lineStyle(units, ids, n);
      window.dull.fill(0, 0, n);
      if (hasty && (style & 3) !== NO_CAPITALS) findDull(units, ids, n, window.dull);
      join(units, tables, window, style, sentenceStarts(text, tokens, from, n));
      return window;
    },
  };
}

// Numbers of one form are one unit, and so are all links and all account names.
function specialKey(text: string, start: number, end: number, kind: number): string {
  if (kind === kinds.number) return numberForm(text, start, end);
  return kind === kinds.link ? "http://" : HANDLE;
}

// Not "@", which is a mark: whichever came first would be both.
const HANDLE = "@a";

// What the joint features of `join` rest on, in its order.
const JOINED_KINDS: readonly number[] = [
  20, 80, 4, 64, 5, 320, 68, 0, 0, 32, 40, 160, 168, 32, 0, 36, 96, 33, 0, 24, 1, 256, 0, 0, 0, 0,
  0,
];

const NO_CAPITALS = 1;

// Common words of running text, and what stands between words without capitals.
function findDull(units: Units, ids: Int32Array, n: number, into: Uint8Array): void {
  const { written, dull } = units;
  for (let t = 0; t < n; t++) {
    const how = dull[ids[t + REACH]!]!;
    if (how === dullness.none) continue;
    into[t] = Number(
      how === dullness.always ||
        (isQuiet(written[ids[t + REACH - 1]!]!) && isQuiet(written[ids[t + REACH + 1]!]!)),
    );
  }
}

function isQuiet(form: number): boolean {
  return (
    form === cases.small || form === cases.mark || form === cases.number || form === cases.edge
  );
}

// 0 as usual, 1 no capitals, 2 all capitals, 3 each word with a capital; +4 for short lines.
function lineStyle({ written }: Units, ids: Int32Array, n: number): number {
  let small = 0;
  let initial = 0;
  let capitals = 0;
  for (let t = REACH; t < n + REACH; t++) {
    const form = written[ids[t]!]!;
    if (form === cases.small) small++;
    else if (form === cases.initial || form === cases.mixed) initial++;
    else if (form === cases.capitals) capitals++;
  }
  const words = small + initial + capitals;
  const short = words < 4 ? 4 : 0;
  if (words === 0) return short;
  if (small === words) return 1 + short;
  if (capitals * 10 >= words * 7) return 2 + short;
  return initial * 10 >= words * 7 ? 3 + short : short;
}

function sentenceStarts(
  text: string,
  tokens: Tokens,
  from: number,
  n: number,
): (t: number) => number {
  return (t) => {
    if (t === 0) return 1;
    if (t >= n) return 0;
    const code = text.charCodeAt(tokens.starts[from + t - 1]!);
    if (tokens.kinds[from + t - 1] !== kinds.mark) return 0;
    if (endsSentence(code)) return 2;
    if (code === 58) return 3;
    return code === 34 || code === 0x201c || code === 45 || code === 42 ? 4 : 0;
  };
}

function join(
  units: Units,
  tables: EnglishTables,
  { joint, dull, units: ids, n }: EncodedWindow,
  style: number,
  starts: (t: number) => number,
): void {
  const { lower, written, known, cluster } = units;
  let phrase = 0;
  let phraseEnd = 0;
  for (let t = 0; t < n; t++) {
    if (dull[t] === 1) continue;
    const c = t + REACH;
    const a2 = ids[c - 2]!;
    const a1 = ids[c - 1]!;
    const b0 = ids[c]!;
    const b1 = ids[c + 1]!;
    const b2 = ids[c + 2]!;
    const l2 = lower[a2]!;
    const l1 = lower[a1]!;
    const m0 = lower[b0]!;
    const r1 = lower[b1]!;
    const r2 = lower[b2]!;
    const w1 = written[a1]!;
    const w0 = written[b0]!;
    const v1 = written[b1]!;
    const k1 = known[a1]!;
    const k0 = known[b0]!;
    const j1 = known[b1]!;
    const p2 = cluster[a2]!;
    const p1 = cluster[a1]!;
    const c0 = cluster[b0]!;
    const q1 = cluster[b1]!;
    const wide = (((written[a2]! * 16 + w1) * 16 + w0) * 16 + v1) * 16 + written[b2]!;
    if (t >= phraseEnd) {
      phrase = 0;
      const [length, fact] = phraseAt(tables.words, lower, ids, c, n + REACH);
      if (length > 0) {
        phrase = fact;
        phraseEnd = t + length;
      }
    }
    const place = phrase === 0 ? 0 : phrase * 4 + (t === phraseEnd - 1 ? 3 : 1);
    const start = starts(t);
    const mood = style * 8 + start;
    let at = t * JOINED;
    joint[at++] = mix(mix(l1, m0), 2000);
    joint[at++] = mix(mix(m0, r1), 2001);
    joint[at++] = mix(mix(l1, w0), 2002);
    joint[at++] = mix(mix(r1, w0), 2003);
    joint[at++] = mix(mix(mix(l2, l1), w0), 2004);
    joint[at++] = mix(mix(mix(r1, r2), w0), 2005);
    joint[at++] = mix(mix(l1, r1) ^ w0, 2006);
    joint[at++] = mix((w1 * 16 + w0) * 16 + v1, 2007);
    joint[at++] = mix(wide, 2008);
    joint[at++] = mix(mix(k0, w0 * 64 + mood), 2009);
    joint[at++] = mix(mix(k1, k0), 2010);
    joint[at++] = mix(mix(k0, j1), 2011);
    joint[at++] = mix(mix(mix(k1, k0), mix(j1, (w1 * 16 + w0) * 16 + v1)), 2012);
    joint[at++] = mix(mix(place, w0 * 64 + style), 2013);
    joint[at++] = mix((style * 8 + start) * 16 + w0, 2014);
    joint[at++] = mix(mix(l1, k0), 2015);
    joint[at++] = mix(mix(r1, k0), 2016);
    joint[at++] = mix(mix(l2, k0), 2017);
    joint[at++] = mix(mix(mix(w1, w0), style * 256 + v1), 2018);
    joint[at++] = mix(mix(k1, mix(w0, m0)), 2019);
    joint[at++] = mix(mix(l2, mix(w1, w0)), 2020);
    joint[at++] = mix(mix(r2, mix(v1, w0)), 2021);
    joint[at++] = mix(mix(p1, mix(w0, c0)), 2022);
    joint[at++] = mix(mix(q1, mix(w0, c0)), 2023);
    joint[at++] = mix(mix(p1, mix(w0, q1)), 2024);
    joint[at++] = mix(mix(p1, mix(w0, w1 * 16 + v1)), 2025);
    joint[at] = mix(mix(p1, mix(w0, p2)), 2026);
  }
}

// The longest phrase of two to four words that starts at c, and what it is.
function phraseAt(
  words: Lexicon,
  lower: readonly number[],
  ids: Int32Array,
  c: number,
  end: number,
): [number, number] {
  let hash = scramble(lower[ids[c]!]!);
  let found: [number, number] = [0, 0];
  for (let length = 2; length <= 4 && c + length <= end; length++) {
    hash = mix(hash, lower[ids[c + length - 1]!]!);
    const fact = lookUp(words, hash) & (facts.placePhrase | facts.organizationPhrase);
    if (fact !== 0) found = [length, fact >>> 10];
  }
  return found;
}

/** The key of a phrase of lower-case words in the lexicon. */
export function phraseHash(words: readonly string[]): number {
  const first = scramble(hashText(words[0]!));
  return words.slice(1).reduce((hash, word) => mix(hash, hashText(word)), first) >>> 0;
}
