import { uniform } from "../../core/random.ts";
import type { Batch, Cell, Dataset, Random } from "../../core/types.ts";

export type Split = "train" | "validation" | "held-out";

export interface SplitShares {
  readonly held_out: number;
  /** Share of the rows that are not held out. */
  readonly validation: number;
}

/**
 * The rows of one split of a dataset, in order. Each row's split is drawn from the seeded stream at
 * its place, so the splits are disjoint, cover all rows, and are the same in every pass and run.
 */
export async function* rowsOfSplit(
  dataset: Dataset,
  split: Split,
  shares: SplitShares,
  random: Random,
): AsyncIterable<Batch> {
  const draws = random.fork("split");
  for (const shard of dataset.shards) {
    for await (const batch of shard.open()) {
      const kept: number[] = [];
      for (let row = 0; row < batch.rows; row++)
        if (drawSplit(draws, shares) === split) kept.push(row);
      if (kept.length > 0) yield selectRows(batch, kept);
    }
  }
}

/** Rows that are decrypted together when a split is read by blocks; a few chunks of a shard. */
const BLOCK_ROWS = 8192;

/** The rows of one split by blocks, of which any can be read on its own. */
export interface SplitBlocks {
  /** How many rows of the split each block has, one or more; in order they are the whole split. */
  readonly rows: readonly number[];
  /** The rows of one block, decrypting only the chunks that hold it. */
  read(block: number): AsyncIterable<Batch>;
}

/**
 * The rows of `rowsOfSplit`, cut into blocks of up to `blockRows` rows of the dataset. Which rows are
 * in the split is drawn here, without opening anything; that takes one bit for each row of the dataset.
 */
export function blocksOfSplit(
  dataset: Dataset,
  split: Split,
  shares: SplitShares,
  random: Random,
  blockRows: number = BLOCK_ROWS,
): SplitBlocks {
  const draws = random.fork("split");
  const blocks = dataset.shards.flatMap((shard) => {
    const own = [];
    for (let from = 0; from < shard.rows; from += blockRows) {
      const to = Math.min(shard.rows, from + blockRows);
      own.push({ shard, from, to, ...drawBlock(to - from, split, shares, draws) });
    }
    return own.filter(({ count }) => count > 0);
  });
  return {
    rows: blocks.map(({ count }) => count),
    async *read(number) {
      const { shard, from, to, taken } = blocks[number]!;
      let at = 0;
      for await (const batch of shard.open({ from, to })) {
        const kept: number[] = [];
        for (let row = 0; row < batch.rows; row++, at++)
          if ((taken[at >> 3]! >> (at & 7)) & 1) kept.push(row);
        if (kept.length > 0) yield selectRows(batch, kept);
      }
    },
  };
}

/** Draws the next `rows` rows: a bit for each that is in the split, and how many are. */
function drawBlock(
  rows: number,
  split: Split,
  shares: SplitShares,
  draws: Random,
): { readonly taken: Uint8Array; readonly count: number } {
  const taken = new Uint8Array(Math.ceil(rows / 8));
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (drawSplit(draws, shares) !== split) continue;
    taken[row >> 3]! |= 1 << (row & 7);
    count++;
  }
  return { taken, count };
}

/** Texts are split in blocks of about so many characters, so that one long document is in every split. */
const BLOCK_CHARACTERS = 2000;

/** The blocks of one split of a text column, cut at line ends; drawn as `rowsOfSplit` draws rows. */
export async function* textsOfSplit(
  dataset: Dataset,
  column: string,
  split: Split,
  shares: SplitShares,
  random: Random,
): AsyncIterable<string> {
  const draws = random.fork("split");
  for (const shard of dataset.shards) {
    for await (const batch of shard.open()) {
      for (const cell of batch.columns[column] ?? []) {
        if (typeof cell !== "string") continue;
        for (const block of blocksOf(cell)) {
          if (drawSplit(draws, shares) === split) yield block;
        }
      }
    }
  }
}

function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  for (let from = 0; from < text.length;) {
    const line = text.indexOf("\n", from + BLOCK_CHARACTERS);
    const to = line < 0 ? text.length : line + 1;
    blocks.push(text.slice(from, to));
    from = to;
  }
  return blocks;
}

/** The split of the next row. */
export function drawSplit(draws: Random, shares: SplitShares): Split {
  const first = uniform(draws);
  const second = uniform(draws);
  if (first < shares.held_out) return "held-out";
  return second < shares.validation ? "validation" : "train";
}

/** Some rows of a batch, in the order given. */
export function selectRows(batch: Batch, rows: readonly number[]): Batch {
  const columns: Record<string, readonly Cell[]> = {};
  for (const [name, cells] of Object.entries(batch.columns))
    columns[name] = rows.map((row) => cells[row] ?? null);
  return { rows: rows.length, columns };
}
