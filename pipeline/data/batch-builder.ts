import type { Batch, Cell } from "../core/types.ts";

/** Collects rows until a batch is full. */
export interface BatchBuilder {
  /** The columns being filled; a caller pushes one cell to each and then calls `added`. */
  readonly cells: Cell[][];
  /** `characters` is about what the added rows hold; without it rows alone fill a batch. */
  added(rows?: number, characters?: number): void;
  /** Full batches that have not been taken yet. */
  full(): Batch[];
  /** The last batch, which may be short; undefined where no row is left. */
  rest(): Batch | undefined;
}

/** Characters after which a batch is full though rows are missing, so that long texts do not pile up. */
const BATCH_CHARACTERS = 1 << 21;

/**
 * Builds batches with these columns in this order, of exactly `rows` rows (but the last) or, where
 * the caller counts characters, of as many as make two million of them.
 */
export function batchBuilder(names: readonly string[], rows: number): BatchBuilder {
  const cells: Cell[][] = names.map(() => []);
  let count = 0;
  let held = 0;
  let done: Batch[] = [];
  const take = (n: number) => {
    let from = 0;
    for (; from + n <= count; from += n) {
      const part = (column: Cell[]) =>
        n === column.length ? column : column.slice(from, from + n);
      done.push(batchOf(names, n, cells.map(part)));
    }
    for (let i = 0; i < cells.length; i++) cells[i] = from === count ? [] : cells[i]!.slice(from);
    count -= from;
    held = 0;
  };
  return {
    cells,
    added(more = 1, characters = 0) {
      count += more;
      held += characters;
      if (count >= rows) take(rows);
      else if (held >= BATCH_CHARACTERS) take(count);
    },
    full() {
      const batches = done;
      done = [];
      return batches;
    },
    rest() {
      if (count > 0) take(count);
      return done.shift();
    },
  };
}

/** A batch of columns in the order of their names. */
export function batchOf(
  names: readonly string[],
  rows: number,
  columns: readonly (readonly Cell[])[],
): Batch {
  return { rows, columns: Object.fromEntries(names.map((name, i) => [name, columns[i]!])) };
}
