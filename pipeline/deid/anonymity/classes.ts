import type { CodedHierarchy } from "./hierarchy.ts";
import type { Tuples } from "./tuples.ts";

/** Equivalence classes of one node of the lattice. Arrays are as long as `size` or longer. */
export interface Classes {
  readonly size: number;
  /** The class of each tuple. */
  readonly of: Uint32Array;
  /** One tuple of each class. */
  readonly first: Uint32Array;
  readonly count: Uint32Array;
  readonly population: Uint32Array;
}

/**
 * Groups tuples by their generalised values. The codes of a tuple are packed into as few 32-bit
 * words as they need, so that one class costs one or two comparisons. Buffers are reused: a result
 * holds until the next call.
 */
export class Grouper {
  readonly #tuples: Tuples;
  readonly #joints: readonly Joint[];
  readonly #words: readonly Uint32Array[];
  readonly #slots: Int32Array;
  readonly #of: Uint32Array;
  readonly #first: Uint32Array;
  /** The first two words of each class, side by side for the cache. */
  readonly #key0: Uint32Array;
  readonly #key1: Uint32Array;
  readonly #count: Uint32Array;
  readonly #population: Uint32Array;

  /** `quasi[i]` are the codes that `hierarchies[i]` generalises. */
  constructor(
    tuples: Tuples,
    quasi: readonly Uint32Array[],
    hierarchies: readonly CodedHierarchy[],
  ) {
    this.#tuples = tuples;
    const { size } = tuples;
    const { word, shift, words } = layout(hierarchies);
    const packed = hierarchies.map(({ codes }, c) =>
      codes.map((level) => Uint32Array.from(level, (code) => (code << shift[c]!) >>> 0)),
    );
    this.#joints = jointsOf(quasi, packed, word, size);
    this.#words = Array.from({ length: words }, () => new Uint32Array(size));
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, size) * 2)));
    this.#of = new Uint32Array(size);
    this.#first = new Uint32Array(size);
    this.#key0 = new Uint32Array(size);
    this.#key1 = new Uint32Array(size);
    this.#count = new Uint32Array(size);
    this.#population = new Uint32Array(tuples.population === tuples.count ? 0 : size);
  }

  group(levels: readonly number[]): Classes {
    this.#pack(levels);
    const { size, count, population } = this.#tuples;
    const [of, first, counts, populations] = [this.#of, this.#first, this.#count, this.#population];
    const slots = this.#slots.fill(0);
    const mask = slots.length - 1;
    const words = this.#words;
    const w0 = words[0] ?? new Uint32Array(size);
    const w1 = words[1] ?? w0;
    const rest = words.slice(2);
    const few = rest.length === 0;
    const apart = population !== count;
    const key0 = this.#key0;
    const key1 = this.#key1;
    let classes = 0;
    for (let i = 0; i < size; i++) {
      const a = w0[i]!;
      const b = w1[i]!;
      let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
      if (!few) for (const word of rest) h = Math.imul(h ^ word[i]!, 0xc2b2ae35);
      h ^= h >>> 15;
      let slot = (Math.imul(h, 0x2c1b3c6d) >>> 7) & mask;
      let id: number;
      for (;;) {
        id = slots[slot]! - 1;
        if (id < 0) break;
        if (key0[id] === a && key1[id] === b && (few || sameIn(rest, first[id]!, i))) break;
        slot = (slot + 1) & mask;
      }
      if (id < 0) {
        id = classes++;
        slots[slot] = classes;
        first[id] = i;
        key0[id] = a;
        key1[id] = b;
        counts[id] = 0;
        populations[id] = 0;
      }
      of[i] = id;
      counts[id]! += count[i]!;
      if (apart) populations[id]! += population[i]!;
    }
    return { size: classes, of, first, count: counts, population: apart ? populations : counts };
  }

  #pack(levels: readonly number[]): void {
    const begun = this.#words.map(() => false);
    for (const joint of this.#joints) {
      const target = this.#words[joint.word]!;
      const table = tableOf(joint, levels);
      if (begun[joint.word] === true) merge(target, table, joint.codes);
      else fill(target, table, joint.codes);
      begun[joint.word] = true;
    }
  }
}

/** Columns of one word whose values are looked up together, which saves passes over the tuples. */
interface Joint {
  readonly word: number;
  readonly columns: readonly number[];
  /** By column, level and value: the bits of the word. */
  readonly packed: readonly (readonly Uint32Array[])[];
  /** The joint value of each tuple, the first column counting most. */
  readonly codes: Uint32Array | Uint16Array;
}

/** Joint values whose table is made anew for each node: it has to be small beside the tuples. */
const JOINT_LIMIT = 4096;

function jointsOf(
  quasi: readonly Uint32Array[],
  packed: readonly (readonly Uint32Array[])[],
  word: readonly number[],
  size: number,
): Joint[] {
  const limit = Math.min(JOINT_LIMIT, size / 4);
  const valuesOf = (c: number): number => packed[c]![0]?.length ?? 0;
  const sets: { readonly columns: number[]; values: number }[] = [];
  quasi.forEach((_, c) => {
    const values = valuesOf(c);
    const fit = sets.find((s) => word[s.columns[0]!] === word[c] && s.values * values <= limit);
    if (fit === undefined) sets.push({ columns: [c], values });
    else {
      fit.columns.push(c);
      fit.values *= values;
    }
  });
  return sets.map(({ columns }) => {
    let codes: Uint32Array | Uint16Array = quasi[columns[0]!]!;
    if (columns.length > 1) {
      codes = new Uint16Array(size);
      for (const c of columns) {
        const [more, values] = [quasi[c]!, valuesOf(c)];
        for (let i = 0; i < size; i++) codes[i] = codes[i]! * values + more[i]!;
      }
    }
    return { word: word[columns[0]!]!, columns, packed: columns.map((c) => packed[c]!), codes };
  });
}

/** The bits of every joint value at the levels of a node. */
function tableOf({ columns, packed }: Joint, levels: readonly number[]): Uint32Array {
  let table = packed[0]![levels[columns[0]!]!]!;
  for (let k = 1; k < columns.length; k++) {
    const own = packed[k]![levels[columns[k]!]!]!;
    const next = new Uint32Array(table.length * own.length);
    for (let i = 0, at = 0; i < table.length; i++) {
      const bits = table[i]!;
      for (const other of own) next[at++] = bits | other;
    }
    table = next;
  }
  return table;
}

function fill(target: Uint32Array, table: Uint32Array, codes: Uint32Array | Uint16Array): void {
  for (let i = 0; i < target.length; i++) target[i] = table[codes[i]!]!;
}

function merge(target: Uint32Array, table: Uint32Array, codes: Uint32Array | Uint16Array): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! | table[codes[i]!]!;
}

function sameIn(words: readonly Uint32Array[], a: number, b: number): boolean {
  for (const word of words) if (word[a] !== word[b]) return false;
  return true;
}

/** Which word holds each column, and how far to the left. */
function layout(hierarchies: readonly CodedHierarchy[]): {
  readonly word: readonly number[];
  readonly shift: readonly number[];
  readonly words: number;
} {
  const word: number[] = [];
  const shift: number[] = [];
  const used: number[] = [];
  for (const { labels } of hierarchies) {
    const bits = Math.ceil(Math.log2(Math.max(2, ...labels.map((level) => level.length))));
    let w = used.findIndex((taken) => taken + bits <= 32);
    if (w < 0) w = used.push(0) - 1;
    word.push(w);
    shift.push(used[w]!);
    used[w]! += bits;
  }
  return { word, shift, words: used.length };
}
