import { REACH, rests, SLOTS } from "./encoder.ts";
import { hashText, mix } from "./hash.ts";
import { bloomHas, lookUp, type Lexicon } from "./lexicon.ts";
import { kinds } from "./tokens.ts";
import { createWordIds, type WordIds } from "./word-ids.ts";

/** What the English model looks words up in; keys are hashes of the lower-case word. */
export interface EnglishTables {
  /** Bits as in `facts`. */
  readonly words: Lexicon;
  /** Given names and family names, each a Bloom filter: wide lists with many common words in them. */
  readonly given: Uint8Array;
  readonly family: Uint8Array;
  /** Clusters of words that stand in like places: the id of `clusterTree`, with MEMBER set. */
  readonly clusters: Lexicon;
}

/** Set in the values of the table of clusters, since 0 means absent. */
export const MEMBER: number = 1 << 12;

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
export const cases = {
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

/** The unit before the first and after the last token of a window. */
export const EDGE = 0;

/** How far a word is from being part of a name, in running text with capitals. */
export const dullness = {
  none: 0,
  /** Part of a name only beside a word with a capital: a short word, a number, a mark. */
  between: 1,
  /** A longer common word in small letters. */
  always: 2,
} as const;

// Names hold short words in small letters: "of", "von", syllables of given names.
const SHORT = 4;

/** What is known of the distinct words seen so far, by id. */
export interface Units {
  ids: WordIds;
  lower: number[];
  written: number[];
  known: number[];
  /** Of `dullness`. */
  dull: number[];
  /** The coarser cluster, 0 where the word has none. */
  cluster: number[];
  own: (readonly (readonly number[])[])[];
  /** What the own features rest on, where that is wanted. */
  kinds?: number[][];
}

/** No units but the edge. */
export function freshUnits(training = false): Units {
  const units: Units = {
    ids: createWordIds(),
    lower: [1],
    written: [cases.edge],
    known: [0],
    dull: [dullness.none],
    cluster: [999],
    own: [],
  };
  units.own.push(slotted([mix(1, 99)], 1, 1));
  if (training) units.kinds = [[0]];
  return units;
}

/** Adds a word as the next unit. */
export function describe(units: Units, word: string, kind: number, tables: EnglishTables): void {
  const small = word.toLowerCase();
  const lower = hashText(small) | 0;
  const written = writtenAs(word, small, kind);
  const entry = written >= cases.number && written <= cases.mark ? 0 : lookUp(tables.words, lower);
  let known = entry & 0x3fff;
  if (small.length > 1 && (kind === kinds.word || kind === kinds.initial)) {
    if (bloomHas(tables.given, lower)) known |= WIDE_GIVEN;
    if (bloomHas(tables.family, lower)) known |= WIDE_FAMILY;
  }
  const exact = hashText(word);
  const features: number[] = [];
  const resting: number[] = [];
  const add = (type: number, value: number, on = 0): void => {
    features.push(mix(value, type));
    resting.push(on);
  };
  const { identity, lists } = rests;
  add(1, lower, identity);
  add(2, known, lists);
  const fine = clusterOf(tables.clusters, small, lower);
  const coarse = fine >>> 4;
  if (fine > 0) {
    add(40, fine);
    add(41, coarse);
  }
  const far = features.length;
  add(4, mix(known, written), lists);
  add(5, hashText(shapeOf(word)));
  add(6, hashText(small, Math.max(0, small.length - 3)));
  add(7, exact, identity);
  add(42, coarse * 16 + written);
  add(43, fine * 16 + written);
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
  for (let bit = 0; bit < 16; bit++) if ((known >>> bit) & 1) add(33, bit * 16 + written, lists);
  add(36, syllablesOf(small) * 16 + written);
  const hyphen = small.lastIndexOf("-");
  if (hyphen > 0) {
    add(34, hashText(small, hyphen + 1), identity);
    add(35, lookUp(tables.words, hashText(small, 0, hyphen)) & 0x3fff, lists);
  }
  units.lower.push(lower);
  units.written.push(written);
  units.known.push(known);
  units.dull.push(dullnessOf(small, written, known));
  units.cluster.push(coarse);
  units.own.push(slotted(features, far, near));
  units.kinds?.push(resting);
}

// A word with a hyphen that has no cluster of its own has that of its last part.
function clusterOf(clusters: Lexicon, small: string, hash: number): number {
  const own = lookUp(clusters, hash);
  const hyphen = own === 0 ? small.lastIndexOf("-") : 0;
  return hyphen > 0 ? lookUp(clusters, hashText(small, hyphen + 1)) : own;
}

// The nearer the slot, the more of the features; each slot has hashes of its own.
function slotted(features: readonly number[], far: number, near: number): number[][] {
  return Array.from({ length: SLOTS }, (_, slot) => {
    const distance = Math.abs(slot - REACH);
    const count = distance === 0 ? features.length : distance === 1 ? near : far;
    return features.slice(0, count).map((feature) => mix(feature, 1000 + slot));
  });
}

function dullnessOf(small: string, written: number, known: number): number {
  if (written === cases.mark || written === cases.number) return dullness.between;
  const plain = (known & (facts.common | facts.mostlySmall)) !== 0;
  if (written !== cases.small || !plain) return dullness.none;
  return small.length <= SHORT ? dullness.between : dullness.always;
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

/** Digits as zeros, so that numbers of one form are one unit. */
export function numberForm(text: string, start: number, end: number): string {
  return text.slice(start, Math.min(end, start + 12)).replace(/\p{Nd}/gu, "0");
}

const PINYIN =
  "(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ong|ing|ian|iao|uai|uan|an|en|in|un|ai|ei|ao|ou|ia|ie|iu|ua|ui|uo|ue|er|a|o|e|i|u))";
const spelt = [1, 2, 3].map((count) => new RegExp(`^(?:${PINYIN}-?){${count}}$`));

// Into how few syllables of romanised Chinese a word can be cut, 0 where it cannot.
function syllablesOf(small: string): number {
  if (small.length < 2 || small.length > 18) return 0;
  return spelt.findIndex((form) => form.test(small)) + 1;
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
