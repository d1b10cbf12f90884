import type { Batch, Cell } from "../../core/types.ts";

/** Batches of any size, taken or skipped by a number of rows: shard borders need not be batch borders. */
export class RowStream {
  /** Rows taken or skipped so far. */
  taken = 0;
  readonly #batches: AsyncIterator<Batch>;
  #rest: Batch | undefined;

  constructor(batches: AsyncIterable<Batch>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Whether a row is left. */
  async hasMore(): Promise<boolean> {
    while (this.#rest === undefined || this.#rest.rows === 0) {
      const next = await this.#batches.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }

  /** The next `rows` rows, or as many as are left. */
  async *take(rows: number): AsyncIterable<Batch> {
    for (let left = rows; left > 0 && (await this.hasMore());) {
      const batch = this.#rest!;
      const head = slice(batch, 0, left);
      this.#rest = head.rows === batch.rows ? undefined : slice(batch, left, batch.rows);
      this.taken += head.rows;
      left -= head.rows;
      yield head;
    }
  }

  /** Passes over the next `rows` rows and says how many there were. */
  async skip(rows: number): Promise<number> {
    let passed = 0;
    for await (const batch of this.take(rows)) passed += batch.rows;
    return passed;
  }
}

function slice(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to >= batch.rows) return batch;
  const columns: Record<string, readonly Cell[]> = {};
  for (const [name, cells] of Object.entries(batch.columns)) columns[name] = cells.slice(from, to);
  return { rows: Math.min(to, batch.rows) - from, columns };
}
