import type { Batch, Cell } from "../core/types.ts";
import { batchBuilder, batchOf } from "./batch-builder.ts";

/** Rows `from` (inclusive) to `to` (exclusive) of a batch. */
export function sliceBatch(batch: Batch, from: number, to: number): Batch {
  const start = Math.min(Math.max(0, from), batch.rows);
  const end = Math.min(Math.max(start, to), batch.rows);
  return mapColumns(batch, (column) => column.slice(start, end), end - start);
}

/** The rows at these places, in this order; a place may come more than once. */
export function takeRows(batch: Batch, places: ArrayLike<number>): Batch {
  return mapColumns(
    batch,
    (column) => Array.from({ length: places.length }, (_, i) => column[places[i]!]!),
    places.length,
  );
}

/** These columns alone, in this order. */
export function selectColumns(batch: Batch, names: readonly string[]): Batch {
  return batchOf(
    names,
    batch.rows,
    names.map((name) => batch.columns[name]!),
  );
}

/** Every column through a function; `rows` where it changes their length. */
export function mapColumns(
  batch: Batch,
  map: (column: readonly Cell[], name: string) => readonly Cell[],
  rows: number = batch.rows,
): Batch {
  const names = Object.keys(batch.columns);
  return batchOf(
    names,
    rows,
    names.map((name) => map(batch.columns[name]!, name)),
  );
}

/** The same rows in batches of exactly `rows` rows, the last of which may be shorter. */
export async function* rebatch(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  rows: number,
): AsyncGenerator<Batch> {
  let names: string[] | undefined;
  let builder = batchBuilder([], rows);
  for await (const batch of batches) {
    if (names === undefined) {
      names = Object.keys(batch.columns);
      builder = batchBuilder(names, rows);
    }
    for (const [i, name] of names.entries()) {
      const target = builder.cells[i]!;
      for (const cell of batch.columns[name]!) target.push(cell);
    }
    builder.added(batch.rows);
    yield* builder.full();
  }
  const rest = builder.rest();
  if (rest !== undefined) yield rest;
}
