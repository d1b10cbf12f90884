import type { Random } from "../core/types.ts";
import type { Transforms } from "./features.ts";
import { encodeLabelled, joinRows, minibatches, order } from "./rows.ts";
import type { LabelledRows, LabelSpec, Minibatch, WeightedBatch } from "./rows.ts";

// Rows held at once: with 50 columns about 200 MB of encoded rows.
const WINDOW_ROWS = 1_000_000;

/** Rows cut into blocks of which any can be decrypted on its own; in order they are the stream. */
export interface RowBlocks {
  readonly count: number;
  read(block: number): AsyncIterable<WeightedBatch>;
}

/** What is trained on. */
export interface StreamedRows {
  readonly label: LabelSpec;
  /** All rows, the same each time. */
  train(): AsyncIterable<WeightedBatch>;
  /** The same rows by blocks, where they can be had. */
  readonly blocks?: () => RowBlocks;
}

/** A stream of rows that can be read again in minibatches, in a new order each time. */
export interface RowSource {
  /** In the order of the stream without `random`. */
  minibatches(size: number, random?: Random): AsyncIterable<Minibatch>;
  /** All rows, where they fit in memory. */
  readonly kept?: LabelledRows;
}

/**
 * Encodes the training rows. If there are at most `window` they are decrypted and encoded once and
 * kept, and a shuffle is of all rows. Otherwise memory stays flat: a pass that shuffles takes the
 * blocks in a new order, each decrypted when its turn comes, and shuffles the rows of a window of them
 * (CorgiPile; Xu et al. 2022, doi:10.1145/3514221.3526150). Without blocks it reads the stream and
 * shuffles within windows.
 */
export async function openRows(
  data: StreamedRows,
  transforms: Transforms,
  rows: number,
  window: number = WINDOW_ROWS,
): Promise<RowSource> {
  const blocks = rows > window ? data.blocks?.() : undefined;
  if (rows > window) return { minibatches: streamed };
  const parts: LabelledRows[] = [];
  for await (const batch of data.train()) {
    parts.push(encodeLabelled(transforms, data.label, batch));
  }
  const kept = joinRows(parts);
  return { kept, minibatches: (size, random) => fromKept(kept, size, random) };

  async function* streamed(size: number, random?: Random): AsyncGenerator<Minibatch> {
    let parts: LabelledRows[] = [];
    let held = 0;
    const stream = blocks && random ? shuffledBlocks(blocks, random) : data.train();
    for await (const batch of stream) {
      parts.push(encodeLabelled(transforms, data.label, batch));
      held += batch.batch.rows;
      if (held < window) continue;
      yield* minibatches(transforms, joinRows(parts), order(held, random), size);
      parts = [];
      held = 0;
    }
    if (held > 0) yield* minibatches(transforms, joinRows(parts), order(held, random), size);
  }

  async function* fromKept(
    rows: LabelledRows,
    size: number,
    random?: Random,
  ): AsyncGenerator<Minibatch> {
    for (const batch of minibatches(transforms, rows, order(rows.rows, random), size)) {
      yield await Promise.resolve(batch);
    }
  }
}

async function* shuffledBlocks(blocks: RowBlocks, random: Random): AsyncGenerator<WeightedBatch> {
  for (const block of order(blocks.count, random.fork("blocks"))) yield* blocks.read(block);
}
