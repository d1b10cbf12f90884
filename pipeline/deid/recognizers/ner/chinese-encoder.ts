import {
  detached,
  fit,
  newWindow,
  REACH,
  RELEASED,
  SLOTS,
  type EncodedWindow,
  type Encoder,
} from "./encoder.ts";
import { HASH_START, hashStep, hashText, mix, scramble } from "./hash.ts";
import { lookUp, type Lexicon } from "./lexicon.ts";
import { kinds, type Tokens } from "./tokens.ts";
import { createWordIds, type WordIds } from "./word-ids.ts";

/** What the Chinese model looks words up in: keys are hashes of words of up to MAX_WORD characters. */
export interface ChineseTables {
  /** Log frequency in the lowest byte (log2 × 8), then the class of `wordClasses`. */
  readonly words: Lexicon;
  /** What single characters are used for, three bits each of `charUses`, from the lowest. */
  readonly chars: Lexicon;
  /** The simplified form of each character from FIRST_HAN on, 0 where it is written alike. */
  readonly simple: Uint16Array;
}

/** The first of the characters that the table of simplified forms tells of. */
export const FIRST_HAN = 0x4e00;

/** In what a character is used, a share of its words from 0 to 7 each: given names, foreign names, places, bodies. */
export const charUses = ["given", "foreign", "place", "body"] as const;

/** Set in the values of the table of characters, since 0 means absent. */
export const MEMBER: number = 1 << 12;

/** What a dictionary word is; bits, since a word can be several things. */
export const wordClasses = {
  person: 1,
  place: 2,
  organization: 4,
  proper: 8,
  common: 16,
  foreign: 32,
  surname: 64,
  division: 128,
} as const;

export const MAX_WORD = 7;
const JOINED = 37;
const EDGE = 0;
// What the joint features of `join` rest on, in its order: all is told of the token itself.
const JOINED_KINDS: readonly number[] = [
  16, 16, 16, 16, 0, 16, 32, 16, 16, 48, 48, 32, 32, 32, 32, 32, 32, 32, 32, 48, 48, 0, 0, 0, 48,
  32, 16, 16, 0, 32, 0, 32, 32, 32, 32, 0, 0,
];
// Log2 × 8 of the dictionary's total, and the price of a character that no word holds.
const TOTAL = 208;
const UNKNOWN = 260;

interface Units {
  ids: WordIds;
  hash: number[];
  form: number[];
  known: number[];
  /** As `charUses`, 0 for what is no Chinese character. */
  uses: number[];
  own: (readonly (readonly number[])[])[];
}

/** Features of Chinese characters: themselves, their n-grams, and the dictionary words they fall in. */
export function createChineseEncoder(tables: ChineseTables, training = false): Encoder {
  let units = freshUnits();
  const window = newWindow();
  const cutter = createCutter(tables);

  function unitOf(text: string, start: number, end: number, kind: number): number {
    const number = kind === kinds.number;
    const known = number ? units.ids.find("0", 0, 1) : units.ids.find(text, start, end);
    if (known >= 0) return known;
    const key = number ? "0" : text.slice(start, end);
    const id = units.hash.length;
    units.ids.add(detached(key), id);
    describe(units, key, kind, tables);
    return id;
  }

  return {
    joined: JOINED,
    size: () => units.hash.length,
    own: (unit, slot) => units.own[unit]![slot]!,
    release(unit) {
      if (!training) units.own[unit] = RELEASED;
    },
    kinds: () => [],
    joinedKinds: JOINED_KINDS,
    forget() {
      units = freshUnits();
    },
    encode(text, tokens, from, to, hasty) {
      const n = to - from;
      fit(window, n, JOINED);
      const ids = window.units;
      for (let k = 0; k < REACH; k++) ids[k] = ids[n + REACH + k] = EDGE;
      for (let t = 0; t < n; t++) {
        const k = from + t;
        ids[t + REACH] = unitOf(text, tokens.starts[k]!, tokens.ends[k]!, tokens.kinds[k]!);
      }
      window.dull.fill(0, 0, n);
      if (hasty) findDull(units, ids, n, window.dull);
      join(units, window, cutter(text, tokens, from, n), endingsAhead(units, ids, n));
      return window;
    },
  };
}

function freshUnits(): Units {
  const units: Units = {
    ids: createWordIds(),
    hash: [1],
    form: [9],
    known: [0],
    uses: [0],
    own: [],
  };
  units.own.push(slotted([mix(1, 99)], 1));
  return units;
}

function describe(units: Units, key: string, kind: number, tables: ChineseTables): void {
  const hash = hashText(settled(key, kind, tables.simple)) | 0;
  const form = kind === kinds.word && /^\p{Lu}/u.test(key) ? 8 : kind;
  const known = lookUp(tables.words, hash) >>> 8;
  const uses = kind === kinds.han ? lookUp(tables.chars, hash) & (MEMBER - 1) : 0;
  const features = [mix(hash, 1), mix(known * 16 + form, 2), mix(form, 3)];
  charUses.forEach((_, k) => features.push(mix(((uses >>> (3 * k)) & 7) * 16 + form, 4 + k)));
  units.hash.push(hash);
  units.form.push(form);
  units.known.push(known);
  units.uses.push(uses);
  units.own.push(slotted(features, features.length));
}

// Traditional characters as simplified ones, and marks of full width and dots between names in one form each.
function settled(key: string, kind: number, simple: Uint16Array): string {
  if (kind === kinds.han) return String.fromCharCode(simplified(simple, key.charCodeAt(0)));
  return kind === kinds.mark ? key.normalize("NFKC").replace(/[‧・•]/g, "·") : key.toLowerCase();
}

/** The simplified form of a character by its code, as `ChineseTables.simple` has it. */
export function simplified(simple: Uint16Array, code: number): number {
  const form = code < FIRST_HAN ? 0 : (simple[code - FIRST_HAN] ?? 0);
  return form === 0 ? code : form;
}

function slotted(features: readonly number[], far: number): number[][] {
  return Array.from({ length: SLOTS }, (_, slot) =>
    features
      .slice(0, slot === REACH ? features.length : far)
      .map((feature) => mix(feature, 1000 + slot)),
  );
}

/** The cut of a window into words, three numbers a token. */
interface Cut {
  /** Where in its word a token is: 0 single, 1 first, 2 middle, 3 last; plus 4 × word length. */
  place: Int32Array;
  word: Int32Array;
  fact: Int32Array;
  /** Classes of the longest word that starts, ends at a token, with its length above them. */
  starts: Int32Array;
  ends: Int32Array;
  wordStart: Int32Array;
  wordEnd: Int32Array;
}

function createCutter({
  words,
  simple,
}: ChineseTables): (text: string, tokens: Tokens, from: number, n: number) => Cut {
  let room = 0;
  let cost = new Int32Array(0);
  let step = new Int32Array(0);
  const cut = {} as Cut;
  return (text, tokens, from, n) => {
    if (n + 1 > room) {
      room = 2 * n + 64;
      cost = new Int32Array(room);
      step = new Int32Array(room);
      cut.place = new Int32Array(room);
      cut.word = new Int32Array(room);
      cut.fact = new Int32Array(room);
      cut.starts = new Int32Array(room);
      cut.ends = new Int32Array(room);
      cut.wordStart = new Int32Array(room);
      cut.wordEnd = new Int32Array(room);
    }
    cut.starts.fill(0, 0, n);
    cut.ends.fill(0, 0, n);
    // Best path of a unigram model, from the right: cost[t] is the price of the tokens from t on.
    cost[n] = 0;
    for (let t = n - 1; t >= 0; t--) {
      cost[t] = cost[t + 1]! + UNKNOWN;
      step[t] = 1;
      if (tokens.kinds[from + t] !== kinds.han) continue;
      const start = tokens.starts[from + t]!;
      let hash = HASH_START;
      for (let length = 1; length <= MAX_WORD && t + length <= n; length++) {
        const end = start + length;
        // Han tokens are one unit long; a gap or another kind of token ends the look-up.
        if (tokens.ends[from + t + length - 1] !== end) break;
        hash = hashStep(hash, simplified(simple, text.charCodeAt(end - 1)));
        const entry = lookUp(words, scramble(hash));
        if (entry === 0) continue;
        const price = cost[t + length]! + TOTAL - (entry & 0xff);
        if (price < cost[t]!) {
          cost[t] = price;
          step[t] = length;
        }
        if (length > 1) {
          const mark = ((entry >>> 8) & 0xff) | (length << 8);
          cut.starts[t] = mark;
          const last = t + length - 1;
          if (cut.ends[last]! >>> 8 <= length) cut.ends[last] = mark;
        }
      }
    }
    for (let t = 0; t < n;) {
      const length = step[t]!;
      const start = tokens.starts[from + t]!;
      const end = tokens.ends[from + t + length - 1]!;
      let sum = HASH_START;
      for (let i = start; i < end; i++) sum = hashStep(sum, simplified(simple, text.charCodeAt(i)));
      const hash = scramble(sum);
      const fact = lookUp(words, hash) >>> 8;
      for (let k = 0; k < length; k++) {
        const where = length === 1 ? 0 : k === 0 ? 1 : k === length - 1 ? 3 : 2;
        cut.place[t + k] = where + 4 * length;
        cut.word[t + k] = hash;
        cut.fact[t + k] = fact;
        cut.wordStart[t + k] = t;
        cut.wordEnd[t + k] = t + length;
      }
      t += length;
    }
    return cut;
  };
}

// Characters that often end a place or an organisation, in a settled order.
const ENDINGS = Array.from(
  "省市县区镇乡村州国岛山河江湖海洋路街道线站港桥寺庙宫门园楼馆院校学所局部厅处署会社团队军党派店厂行司报台网组协联盟心场城堡屯湾峡谷岭原",
);
const endingOf = new Map(ENDINGS.map((char, i) => [hashText(char) | 0, i + 1]));
const AHEAD = 8;
const STOPS = new Set(Array.from("，。；！？、,!?;", (mark) => hashText(mark) | 0));

/** The nearest such character after each token within AHEAD tokens of one run of letters, and how far: 8 × which + distance. */
function endingsAhead(units: Units, ids: Int32Array, n: number): Int32Array {
  const ahead = new Int32Array(n);
  let which = 0;
  let where = 0;
  for (let t = n - 1; t >= 0; t--) {
    const unit = ids[t + REACH]!;
    ahead[t] = which > 0 && where - t < AHEAD ? which * 8 + where - t : 0;
    if (units.form[unit] === kinds.mark) which = 0;
    const ending = endingOf.get(units.hash[unit]!);
    if (ending !== undefined) [which, where] = [ending, t];
  }
  return ahead;
}

// Commas and stops stand in no name.
function findDull({ hash }: Units, ids: Int32Array, n: number, dull: Uint8Array): void {
  for (let t = 0; t < n; t++) dull[t] = Number(STOPS.has(hash[ids[t + REACH]!]!));
}

function join(
  units: Units,
  { joint, dull, units: ids, n }: EncodedWindow,
  cut: Cut,
  endings: Int32Array,
): void {
  const { hash, form, known, uses } = units;
  for (let t = 0; t < n; t++) {
    if (dull[t] === 1) continue;
    const c = t + REACH;
    const h2 = hash[ids[c - 2]!]!;
    const h1 = hash[ids[c - 1]!]!;
    const h0 = hash[ids[c]!]!;
    const n1 = hash[ids[c + 1]!]!;
    const n2 = hash[ids[c + 2]!]!;
    const before = cut.wordStart[t]! - 1;
    const after = cut.wordEnd[t]!;
    const place = cut.place[t]!;
    const word = cut.word[t]!;
    const fact = cut.fact[t]!;
    const wordBefore = before < 0 ? 1 : cut.word[before]!;
    const wordAfter = after >= n ? 1 : cut.word[after]!;
    const factBefore = before < 0 ? 999 : cut.fact[before]! + 256 * (cut.place[before]! >>> 2);
    const factAfter = after >= n ? 999 : cut.fact[after]! + 256 * (cut.place[after]! >>> 2);
    const twoBefore = before < 0 ? -1 : cut.wordStart[before]! - 1;
    const twoAfter = after >= n ? n : cut.wordEnd[after]!;
    const wordTwoBefore = twoBefore < 0 ? 1 : cut.word[twoBefore]!;
    const wordTwoAfter = twoAfter >= n ? 1 : cut.word[twoAfter]!;
    const ahead = endings[t]!;
    const k1 = known[ids[c - 1]!]!;
    const k0 = known[ids[c]!]!;
    const j1 = known[ids[c + 1]!]!;
    const u2 = uses[ids[c - 2]!]!;
    const u1 = uses[ids[c - 1]!]!;
    const u0 = uses[ids[c]!]!;
    const v1 = uses[ids[c + 1]!]!;
    const v2 = uses[ids[c + 2]!]!;
    const surnameBefore = k1 & wordClasses.surname;
    const surnameHere = k0 & wordClasses.surname;
    const forms = (form[ids[c - 1]!]! * 16 + form[ids[c]!]!) * 16 + form[ids[c + 1]!]!;
    let at = t * JOINED;
    joint[at++] = mix(mix(h2, h1), 2000);
    joint[at++] = mix(mix(h1, h0), 2001);
    joint[at++] = mix(mix(h0, n1), 2002);
    joint[at++] = mix(mix(n1, n2), 2003);
    joint[at++] = mix(forms, 2008);
    joint[at++] = mix(mix(word, place), 2009);
    joint[at++] = mix(fact * 64 + place, 2010);
    joint[at++] = mix(mix(wordBefore, place & 3), 2011);
    joint[at++] = mix(mix(wordAfter, place & 3), 2012);
    joint[at++] = mix(mix(wordBefore, fact * 64 + place), 2013);
    joint[at++] = mix(mix(wordAfter, fact * 64 + place), 2014);
    joint[at++] = mix(mix(factBefore, fact * 64 + place), 2015);
    joint[at++] = mix(mix(factAfter, fact * 64 + place), 2016);
    joint[at++] = mix(mix(mix(factBefore, factAfter), fact * 64 + place), 2017);
    joint[at++] = mix(cut.starts[t]!, 2018);
    joint[at++] = mix(cut.ends[t]!, 2019);
    joint[at++] = mix(mix(cut.starts[t]!, cut.ends[t]!), 2020);
    joint[at++] = mix(mix(cut.starts[t]!, cut.place[t]!), 2021);
    joint[at++] = mix((k1 * 256 + k0) * 256 + j1, 2022);
    joint[at++] = mix(mix(h1, k0 * 64 + place), 2023);
    joint[at++] = mix(mix(h0, k1 * 64 + place), 2024);
    joint[at++] = mix(mix(h0, place), 2025);
    joint[at++] = mix(mix(h1, place), 2026);
    joint[at++] = mix(mix(n1, place), 2027);
    joint[at++] = mix(mix(wordBefore, mix(fact, factAfter)), 2028);
    joint[at++] = mix(mix(h0, mix(place, factBefore)), 2029);
    joint[at++] = mix(mix(wordTwoBefore, wordBefore), 2030);
    joint[at++] = mix(mix(wordAfter, wordTwoAfter), 2031);
    joint[at++] = mix(mix(ahead, place), 2032);
    joint[at++] = mix(mix(ahead, mix(fact, factBefore)), 2033);
    joint[at++] = mix(mix(ahead >>> 3, h0), 2034);
    joint[at++] = mix(mix(hash[ids[cut.wordEnd[t]! - 1 + REACH]!]!, mix(place, factBefore)), 2036);
    // Given names after a family name, and runs of characters that foreign names are written with.
    joint[at++] = mix(mix((u0 & 7) * 8 + (v1 & 7), surnameBefore), 2037);
    joint[at++] = mix(mix((v1 & 7) * 8 + (v2 & 7), surnameHere), 2038);
    joint[at++] = mix(
      mix((u1 & 7) * 8 + (u0 & 7), known[ids[c - 2]!]! & wordClasses.surname),
      2039,
    );
    joint[at++] = mix(
      ((((u1 >>> 3) & 7) * 8 + ((u0 >>> 3) & 7)) * 8 + ((v1 >>> 3) & 7)) * 64 + place,
      2040,
    );
    joint[at] = mix(
      (((((u2 >>> 3) & 7) * 8 + ((u1 >>> 3) & 7)) * 8 + ((u0 >>> 3) & 7)) * 8 + ((v1 >>> 3) & 7)) *
        8 +
        ((v2 >>> 3) & 7),
      2041,
    );
  }
}
