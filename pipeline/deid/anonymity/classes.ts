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
  readonly #quasi: readonly Uint32Array[];
  readonly #word: readonly number[];
  readonly #packed: readonly (readonly Uint32Array[])[];
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
    this.#quasi = quasi;
    const { word, shift, words } = layout(hierarchies);
    this.#word = word;
    this.#packed = hierarchies.map(({ codes }, c) =>
      codes.map((level) => Uint32Array.from(level, (code) => (code << shift[c]!) >>> 0)),
    );
    const { size } = tuples;
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
    this.#quasi.forEach((codes, c) => {
      const w = this.#word[c]!;
      const target = this.#words[w]!;
      const table = this.#packed[c]![levels[c]!]!;
      if (begun[w] === true) merge(target, table, codes);
      else fill(target, table, codes);
      begun[w] = true;
    });
  }
}

function fill(target: Uint32Array, table: Uint32Array, codes: Uint32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = table[codes[i]!]!;
}

function merge(target: Uint32Array, table: Uint32Array, codes: Uint32Array): void {
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
