import { fit, newWindow, REACH, SLOTS, type Encoder } from "./encoder.ts";
import { hashText, mix, scramble } from "./hash.ts";
import { bloomHas, lookUp, type Lexicon } from "./lexicon.ts";
import { endsSentence, kinds, type Tokens } from "./tokens.ts";

/** What the English model looks words up in; keys are hashes of the lower-case word. */
export interface EnglishTables {
  /** Bits as in `facts`. */
  readonly words: Lexicon;
  /** Given names and family names, each a Bloom filter: wide lists with many common words in them. */
  readonly given: Uint8Array;
  readonly family: Uint8Array;
}

/** What the lexicon can say of a word or phrase. */
export const facts = {
  given: 1,
  family: 2,
  city: 4,
  country: 8,
  region: 16,
  demonym: 32,
  organization: 64,
  common: 128,
  /** Seen in running text with a small first letter most of the time, or seldom. */
  mostlySmall: 256,
  mostlyCapital: 512,
  /** The words joined are a place, an organisation. */
  placePhrase: 1024,
  organizationPhrase: 2048,
  person: 4096,
  title: 8192,
} as const;

const WIDE_GIVEN = 1 << 14;
const WIDE_FAMILY = 1 << 15;

/** How a word is written. */
const cases = {
  small: 0,
  initial: 1,
  capitals: 2,
  mixed: 3,
  number: 4,
  mark: 5,
  letter: 6,
  alphanumeric: 7,
  foreign: 8,
  dotted: 9,
  link: 10,
  edge: 11,
} as const;

const JOINED = 22;
const EDGE = 0;

interface Units {
  ids: Map<string, number>;
  lower: number[];
  written: number[];
  known: number[];
  own: number[][][];
}

/** Features of English words: themselves, their form, their parts, what lists say, and neighbours. */
export function createEnglishEncoder(tables: EnglishTables): Encoder {
  let units = freshUnits();
  const window = newWindow();

  function unitOf(text: string, start: number, end: number, kind: number): number {
    const key =
      kind === kinds.number
        ? numberForm(text, start, end)
        : kind >= kinds.link && kind <= kinds.handle
          ? kind === kinds.link
            ? "http://"
            : "@"
          : text.slice(start, end);
    const known = units.ids.get(key);
    if (known !== undefined) return known;
    const id = units.lower.length;
    units.ids.set(key, id);
    describe(units, key, kind, tables);
    return id;
  }

  return {
    joined: JOINED,
    size: () => units.lower.length,
    own: (unit, slot) => units.own[unit]![slot]!,
    forget() {
      units = freshUnits();
    },
    encode(text, tokens, from, to) {
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
      join(units, tables, window.joint, ids, n, style, sentenceStarts(text, tokens, from, n));
      return window;
    },
  };
}

function freshUnits(): Units {
  const units: Units = { ids: new Map(), lower: [1], written: [cases.edge], known: [0], own: [] };
  units.own.push(slotted([mix(1, 99)], 1, 1));
  return units;
}

function describe(units: Units, word: string, kind: number, tables: EnglishTables): void {
  const small = word.toLowerCase();
  const lower = hashText(small);
  const written = writtenAs(word, small, kind);
  const entry = written >= cases.number && written <= cases.mark ? 0 : lookUp(tables.words, lower);
  let known = entry & 0x3fff;
  if (small.length > 1 && (kind === kinds.word || kind === kinds.initial)) {
    if (bloomHas(tables.given, lower)) known |= WIDE_GIVEN;
    if (bloomHas(tables.family, lower)) known |= WIDE_FAMILY;
  }
  const exact = hashText(word);
  const features: number[] = [];
  const add = (type: number, value: number): void => void features.push(mix(value, type));
  add(1, lower);
  add(2, known);
  const far = features.length;
  add(4, mix(known, written));
  add(5, hashText(shapeOf(word)));
  add(6, hashText(small, Math.max(0, small.length - 3)));
  add(7, exact);
  const near = features.length;
  const length = small.length;
  for (let k = 1; k <= 4 && k < length; k++) {
    add(10 + k, mix(hashText(small, length - k), Number(written === cases.small)));
    if (k > 1) add(20 + k, mix(hashText(small, 0, k), Number(written === cases.small)));
  }
  if (kind === kinds.word && length > 3) {
    for (let k = 0; k + 3 <= length && k < 12; k++) add(30, hashText(small, k, k + 3));
  }
  add(31, hashText(runsOf(word)));
  add(32, Math.min(length, 12) * 16 + written);
  for (let bit = 0; bit < 16; bit++) if ((known >>> bit) & 1) add(33, bit * 16 + written);
  const hyphen = small.lastIndexOf("-");
  if (hyphen > 0) {
    add(34, hashText(small, hyphen + 1));
    add(35, lookUp(tables.words, hashText(small, 0, hyphen)) & 0x3fff);
  }
  units.lower.push(lower);
  units.written.push(written);
  units.known.push(known);
  units.own.push(slotted(features, far, near));
}

// The nearer the slot, the more of the features; each slot has hashes of its own.
function slotted(features: readonly number[], far: number, near: number): number[][] {
  return Array.from({ length: SLOTS }, (_, slot) => {
    const distance = Math.abs(slot - REACH);
    const count = distance === 0 ? features.length : distance === 1 ? near : far;
    return features.slice(0, count).map((feature) => mix(feature, 1000 + slot));
  });
}

function writtenAs(word: string, small: string, kind: number): number {
  if (kind === kinds.number) return /\p{L}/u.test(word) ? cases.alphanumeric : cases.number;
  if (kind === kinds.mark) return cases.mark;
  if (kind === kinds.link || kind === kinds.handle) return cases.link;
  if (kind === kinds.initial)
    return word.length === 2 && word !== small ? cases.dotted : cases.capitals;
  if (kind === kinds.han) return cases.foreign;
  if (word === small) return word === word.toUpperCase() ? cases.foreign : cases.small;
  if (word.length === 1) return cases.letter;
  if (word === word.toUpperCase()) return cases.capitals;
  return word.slice(1) === small.slice(1) ? cases.initial : cases.mixed;
}

// Digits as zeros, so that numbers of one form are one unit.
function numberForm(text: string, start: number, end: number): string {
  return text.slice(start, Math.min(end, start + 12)).replace(/\p{Nd}/gu, "0");
}

function shapeOf(word: string): string {
  return word
    .slice(0, 16)
    .replace(/\p{Lu}/gu, "X")
    .replace(/\p{Ll}/gu, "x")
    .replace(/\p{Nd}/gu, "0");
}

function runsOf(word: string): string {
  return shapeOf(word).replace(/(.)\1+/gu, "$1");
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
  joint: Int32Array,
  ids: Int32Array,
  n: number,
  style: number,
  starts: (t: number) => number,
): void {
  const { lower, written, known } = units;
  let phrase = 0;
  let phraseEnd = 0;
  for (let t = 0; t < n; t++) {
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
    joint[at] = mix(mix(r2, mix(v1, w0)), 2021);
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
  return words
    .slice(1)
    .reduce((hash, word) => mix(hash, hashText(word)), scramble(hashText(words[0]!)));
}
