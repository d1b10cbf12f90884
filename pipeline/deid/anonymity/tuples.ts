import { PipelineError } from "../../core/error.ts";
import type { Partial } from "../../core/partial.ts";
import type { Batch, Cell } from "../../core/types.ts";

/**
 * A table as distinct tuples of dictionary codes with their counts. Order carries no meaning.
 * `count` counts the rows to be released; `population` counts the rows of the population table that
 * share the tuple and equals `count` where there is none.
 */
export interface Tuples {
  readonly columns: readonly Column[];
  /** Distinct tuples. */
  readonly size: number;
  readonly count: Uint32Array;
  readonly population: Uint32Array;
  /** Rows released. */
  readonly rows: number;
}
export interface Column {
  readonly name: string;
  /** The dictionary: code to value; a missing cell is "". */
  readonly values: readonly string[];
  /** The code in each tuple. */
  readonly codes: Uint32Array;
}

/** The text of a cell in a dictionary: missing is "". */
export function textOf(cell: Cell): string {
  return cell === null ? "" : typeof cell === "string" ? cell : String(cell);
}

const INITIAL = 1024;
/** Distinct tuples that are held at most: some 2 GiB with nine columns, and as much again to search. */
const TUPLE_LIMIT = 2 ** 24;

/**
 * Counts distinct tuples of the named columns in one pass, in memory that grows with the distinct
 * tuples and not with the rows: an open-addressing table over typed arrays. Above a limit it throws
 * `source`, before memory runs out.
 */
export class TupleCounter {
  readonly #names: readonly string[];
  readonly #dictionaries: readonly Map<Cell, number>[];
  readonly #values: readonly string[][];
  readonly #limit: number;
  #keys: Uint32Array;
  #count: Uint32Array;
  #slots: Int32Array;
  #size = 0;
  #rows = 0;

  /** With `other`, values keep the codes that they have there, and new ones are shared. */
  constructor(names: readonly string[], other?: TupleCounter, limit = TUPLE_LIMIT) {
    this.#names = names;
    this.#limit = limit;
    this.#dictionaries = other === undefined ? names.map(() => new Map()) : other.#dictionaries;
    this.#values = other === undefined ? names.map(() => []) : other.#values;
    this.#keys = new Uint32Array(INITIAL * names.length);
    this.#count = new Uint32Array(INITIAL);
    this.#slots = new Int32Array(INITIAL * 2);
  }

  /** Distinct tuples held. */
  get size(): number {
    return this.#size;
  }

  /** Every tuple with its count, whose codes are good until the next call; then none is held. */
  takeOut(each: (codes: Uint32Array, count: number) => void): void {
    const width = this.#names.length;
    for (let i = 0; i < this.#size; i++) {
      each(this.#keys.subarray(i * width, i * width + width), this.#count[i]!);
    }
    this.#slots.fill(0);
    this.#size = 0;
    this.#rows = 0;
  }

  /** Adds tuples as words: the codes of one and its count, then those of the next. */
  addWords(words: Uint32Array): void {
    const width = this.#names.length;
    for (let at = 0; at < words.length; at += width + 1) {
      this.#insert(words, at, words[at + width]!);
    }
  }

  /** Counts the rows of a batch. Throws `source` where a column is absent. */
  add(batch: Batch): void {
    const cells = this.#names.map((name) => {
      const column = Object.hasOwn(batch.columns, name) ? batch.columns[name] : undefined;
      if (column === undefined) {
        throw new PipelineError("source", `there is no column ${name}`, {
          hint: `the columns are ${Object.keys(batch.columns).join(", ")}`,
        });
      }
      return column;
    });
    const width = cells.length;
    const codes = new Uint32Array(batch.rows * width);
    for (let c = 0; c < width; c++) this.#encode(cells[c]!, c, codes, width);
    for (let row = 0; row < batch.rows; row++) this.#insert(codes, row * width, 1);
  }

  /** Adds every tuple of another counter of the same columns. */
  merge(other: TupleCounter): void {
    const width = this.#names.length;
    const maps = other.#values.map((values, c) => values.map((value) => this.#code(value, c)));
    const key = new Uint32Array(width);
    for (let i = 0; i < other.#size; i++) {
      for (let c = 0; c < width; c++) key[c] = maps[c]![other.#keys[i * width + c]!]!;
      this.#insert(key, 0, other.#count[i]!);
    }
  }

  tuples(): Tuples {
    const width = this.#names.length;
    const columns = this.#names.map((name, c): Column => {
      const codes = new Uint32Array(this.#size);
      for (let i = 0; i < codes.length; i++) codes[i] = this.#keys[i * width + c]!;
      return { name, values: this.#values[c]!, codes };
    });
    const count = this.#count.slice(0, this.#size);
    return { columns, size: this.#size, count, population: count, rows: this.#rows };
  }

  #encode(cells: readonly Cell[], c: number, codes: Uint32Array, width: number): void {
    const dictionary = this.#dictionaries[c]!;
    let last: Cell | undefined;
    let lastCode = 0;
    for (let row = 0, at = c; row < cells.length; row++, at += width) {
      const cell = cells[row]!;
      if (cell !== last) {
        lastCode = dictionary.get(cell) ?? this.#code(cell, c);
        last = cell;
      }
      codes[at] = lastCode;
    }
  }

  #code(cell: Cell, c: number): number {
    const dictionary = this.#dictionaries[c]!;
    const text = textOf(cell);
    let code = dictionary.get(text);
    if (code === undefined) {
      code = this.#values[c]!.push(text) - 1;
      dictionary.set(text, code);
    }
    // A number and its text are one value; the second key saves the conversion next time.
    if (cell !== text) dictionary.set(cell, code);
    return code;
  }

  #insert(codes: Uint32Array, at: number, times: number): void {
    const width = this.#names.length;
    const mask = this.#slots.length - 1;
    let slot = hashOf(codes, at, width) & mask;
    this.#rows += times;
    for (;;) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) break;
      let c = 0;
      for (let k = entry * width; c < width && this.#keys[k + c] === codes[at + c];) c++;
      if (c === width) {
        this.#count[entry]! += times;
        return;
      }
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#limit) {
      throw new PipelineError(
        "source",
        `there are more than ${this.#limit.toLocaleString("en")} different combinations of ${this.#names.join(", ")}, which memory holds together`,
        {
          hint: "round, generalise or drop columns by their operators first; `probity anonymity check` counts on disk",
        },
      );
    }
    if (this.#size === this.#count.length) {
      this.#grow();
      this.#rows -= times;
      this.#insert(codes, at, times);
      return;
    }
    for (let c = 0, k = this.#size * width; c < width; c++) this.#keys[k + c] = codes[at + c]!;
    this.#count[this.#size] = times;
    this.#slots[slot] = ++this.#size;
  }

  #grow(): void {
    const width = this.#names.length;
    const capacity = this.#count.length * 2;
    this.#keys = grown(this.#keys, capacity * width);
    this.#count = grown(this.#count, capacity);
    this.#slots = new Int32Array(capacity * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#size; i++) {
      let slot = hashOf(this.#keys, i * width, width) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = i + 1;
    }
  }
}

/** Counting of tuples as evidence that merges; the order of merging changes codes, not counts. */
export function tuplePartial(names: readonly string[]): Partial<TupleCounter, Batch> {
  return {
    empty: () => new TupleCounter(names),
    observe: (state, batch) => {
      state.add(batch);
      return state;
    },
    merge: (state, other) => {
      state.merge(other);
      return state;
    },
  };
}

/** The tuples in which no named column is missing, and the rows that were left out for it. */
export function withoutMissing(
  tuples: Tuples,
  names: readonly string[],
): { readonly tuples: Tuples; readonly missing: number } {
  const columns = tuples.columns.filter(({ name }) => names.includes(name));
  const gaps = columns.map(({ values }) => values.indexOf(""));
  const kept: number[] = [];
  let missing = 0;
  for (let i = 0; i < tuples.size; i++) {
    if (columns.some(({ codes }, c) => codes[i] === gaps[c])) missing += tuples.count[i]!;
    else kept.push(i);
  }
  if (missing === 0) return { tuples, missing };
  const pick = (from: Uint32Array): Uint32Array => Uint32Array.from(kept, (i) => from[i]!);
  const count = pick(tuples.count);
  return {
    missing,
    tuples: {
      columns: tuples.columns.map((column) => ({ ...column, codes: pick(column.codes) })),
      size: kept.length,
      count,
      population: tuples.population === tuples.count ? count : pick(tuples.population),
      rows: tuples.rows - missing,
    },
  };
}

function hashOf(codes: Uint32Array, at: number, width: number): number {
  let h = 0x811c9dc5;
  for (let c = 0; c < width; c++) {
    h = Math.imul(h ^ codes[at + c]!, 0x9e3779b1);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

function grown(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(length);
  next.set(array);
  return next;
}
