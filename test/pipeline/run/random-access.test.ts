import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { PipelineError } from "../../../pipeline/core/error.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import type { Batch, Dataset, Digest } from "../../../pipeline/core/types.ts";
import { inspectFile } from "../../../pipeline/crypto/age/file.ts";
import { CHUNK, chunkStart, PAYLOAD_SALT } from "../../../pipeline/crypto/age/stream.ts";
import { createKeyring, type Keyring } from "../../../pipeline/crypto/keyring.ts";
import { inMemory } from "../../../pipeline/crypto/shard.ts";
import {
  readManifest,
  sealedDataset,
  sealedStore,
  shardRecords,
  writeManifest,
  type DatasetManifest,
} from "../../../pipeline/run/store.ts";
import { blocksOfSplit, rowsOfSplit } from "../../../pipeline/stages/parts/split.ts";
import { featurePartial, fitTransforms } from "../../../pipeline/train/features.ts";
import { openRows } from "../../../pipeline/train/row-window.ts";

const BLOCK = 2048;
const shares = { held_out: 0.2, validation: 0.1 };
const random = seededRandom("random access");
const columns = [{ name: "number", type: "integer" }] as const;
const label = { column: "even", favourable: "yes" };

async function* rowsFrom(first: number, rows: number): AsyncIterable<Batch> {
  const number = Array.from({ length: rows }, (_, i) => first + i);
  const even = number.map((n) => (n % 2 === 0 ? "yes" : "no"));
  // About eighty bytes a row: the first shard has eleven chunks.
  yield await Promise.resolve({ rows, columns: { number, even, note: number.map(padding) } });
}

function padding(n: number): string {
  return String(n).padStart(40, "x");
}

async function numbersOf(batches: AsyncIterable<Batch>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { columns } of batches) found.push(...(columns.number ?? []));
  return found;
}

describe("a sealed dataset read by place", () => {
  const folder = mkdtempSync(join(tmpdir(), "probity-random-"));
  let keyring: Keyring;
  let manifest: DatasetManifest;
  let dataset: Dataset;
  before(async () => {
    keyring = await createKeyring("d", [{ kind: "keyfile", key: randomBytes(32) }]);
    const store = sealedStore(folder, "d", keyring, "fast");
    await store.put(0, rowsFrom(0, 9000), () => null);
    await store.put(1, rowsFrom(9000, 5000), () => null);
    await writeManifest(folder, keyring, {
      id: "d",
      digest: "00".repeat(32) as Digest,
      source: "11".repeat(32) as Digest,
      roles: {},
      shards: await shardRecords(folder, keyring),
      evidence: [],
    });
    manifest = (await readManifest(folder, keyring))!;
    dataset = sealedDataset(folder, manifest, keyring);
  });
  after(() => {
    keyring.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs `work` once for each chunk of the first shard with a bit of it flipped: which were needed. */
  const needed = async (work: () => Promise<unknown>): Promise<number[]> => {
    const path = join(folder, "shards/00000.age");
    const whole = readFileSync(path);
    const payload = (await inspectFile(inMemory(whole))).length + PAYLOAD_SALT;
    const found: number[] = [];
    for (let chunk = 0; payload + chunkStart(chunk) < whole.length; chunk++) {
      const changed = Buffer.from(whole);
      changed[payload + chunkStart(chunk) + 5]! ^= 1;
      writeFileSync(path, changed);
      try {
        await work();
      } catch (error) {
        assert.ok(error instanceof PipelineError && error.code === "integrity", String(error));
        assert.match(
          error.message,
          new RegExp(`^chunk ${chunk} of the encrypted file was changed`),
        );
        found.push(chunk);
      }
    }
    writeFileSync(path, whole);
    return found;
  };

  /** The chunks that hold a block's rows, and the last one, which shows that the file is whole. */
  const chunksOf = (from: number, to: number): number[] => {
    const { offsets, every, bytes } = manifest.shards[0]!.index;
    const start = offsets[from / every]!;
    const end = offsets[to / every] ?? bytes;
    const last = Math.ceil(bytes / CHUNK) - 1;
    const first = Math.floor(start / CHUNK);
    const held = Array.from({ length: Math.ceil(end / CHUNK) - first }, (_, i) => first + i);
    return [...new Set([...held, last])];
  };

  it("opens rows i to j by decrypting their chunks and the last one alone", async () => {
    const read = async (): Promise<void> => {
      const rows = await numbersOf(dataset.shards[0]!.open({ from: 4100, to: 5120 }));
      assert.deepEqual(
        rows,
        Array.from({ length: 1020 }, (_, i) => 4100 + i),
      );
    };
    const expected = chunksOf(4096, 5120);
    assert.ok(expected.length <= 4 && manifest.shards[0]!.index.bytes > 10 * CHUNK);
    assert.deepEqual(await needed(read), expected);
  });

  it("has blocks that are the split, each row once and in order", async () => {
    for (const split of ["train", "validation", "held-out"] as const) {
      const blocks = blocksOfSplit(dataset, split, shares, random, BLOCK);
      assert.equal(blocks.rows.length, 5 + 3);
      const read: unknown[] = [];
      for (const [i, count] of blocks.rows.entries()) {
        const numbers = await numbersOf(blocks.read(i));
        assert.equal(numbers.length, count);
        read.push(...numbers);
      }
      assert.deepEqual(read, await numbersOf(rowsOfSplit(dataset, split, shares, random)));
    }
  });

  it("gives training the blocks of a batch in a new order, and decrypts no other", async () => {
    const blocks = blocksOfSplit(dataset, "train", shares, random, BLOCK);
    const total = blocks.rows.reduce((sum, rows) => sum + rows, 0);
    const taken: number[] = [];
    const train = async function* () {
      for await (const batch of rowsOfSplit(dataset, "train", shares, random)) yield { batch };
    };
    const partial = featurePartial(columns);
    const state = partial.empty();
    for await (const { batch } of train()) partial.observe(state, batch);
    const transforms = fitTransforms(columns, state);
    const read = async function* (block: number) {
      taken.push(block);
      for await (const batch of blocks.read(block)) yield { batch };
    };
    const source = await openRows(
      { label, train, blocks: () => ({ count: blocks.rows.length, read }) },
      transforms,
      total,
      2000,
    );
    const epoch = async (name: string): Promise<string> => {
      taken.length = 0;
      let sum = 0;
      let rows = 0;
      for await (const batch of source.minibatches(500, random.fork(name))) {
        rows += batch.rows;
        for (const input of batch.inputs) sum += input;
      }
      assert.equal(rows, total);
      // Standardised numbers of every row, each once, add up to nothing.
      assert.ok(Math.abs(sum) < 0.01 * total, String(sum));
      assert.deepEqual(
        taken.toSorted((a, b) => a - b),
        blocks.rows.map((_, i) => i),
      );
      return taken.join(" ");
    };
    const first = await epoch("epoch 0");
    assert.equal(await epoch("epoch 0"), first);
    assert.notEqual(await epoch("epoch 1"), first);

    const order = first.split(" ").map(Number);
    const firstBatch = async (): Promise<void> => {
      taken.length = 0;
      for await (const batch of source.minibatches(500, random.fork("epoch 0"))) {
        assert.equal(batch.rows, 500);
        break;
      }
    };
    const changed = await needed(firstBatch);
    assert.deepEqual(taken, order.slice(0, taken.length));
    assert.ok(taken.length <= 2, "a window of 2,000 rows is at most two blocks");
    const own = taken
      .filter((block) => block < 5)
      .flatMap((block) => chunksOf(block * BLOCK, Math.min((block + 1) * BLOCK, 9000)));
    assert.deepEqual(
      changed,
      [...new Set(own)].toSorted((a, b) => a - b),
    );
  });
});
