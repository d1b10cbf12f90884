import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Batch, Cell } from "../../../pipeline/core/types.ts";
import {
  byteRange,
  decodeRange,
  decodeRows,
  encodeRows,
  rowIndexBuilder,
} from "../../../pipeline/data/rows.ts";
import {
  mapColumns,
  rebatch,
  selectColumns,
  sliceBatch,
  takeRows,
} from "../../../pipeline/data/transform.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const batch: Batch = {
  rows: 3,
  columns: { a: [1, -0.5, null], b: ['"\\\n\u2028', "张\ud800", "😀"], c: [true, false, null] },
};
const numbered = (rows: number): Batch => ({
  rows,
  columns: {
    i: Array.from({ length: rows }, (_, i) => i),
    t: Array.from({ length: rows }, (_, i) => `r${i} é`),
  },
});

describe("rows", () => {
  it("are lines of JSON", async () => {
    const bytes = Buffer.concat(await all(encodeRows([batch])));
    const lines = bytes.toString("utf8").trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [0, 1, 2].map((i) => ({
        a: batch.columns.a![i],
        b: batch.columns.b![i],
        c: batch.columns.c![i],
      })),
    );
    assert.deepEqual(await all(decodeRows([bytes])), [batch]);
  });

  it("come back from any cut of the bytes, in batches of the size asked", async () => {
    const cell = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 9 }),
        async (cells, size, cut) => {
          const input: Batch = {
            rows: cells.length,
            columns: { x: cells.map(([x]) => x), "y\n": cells.map(([, y]) => y) },
          };
          const bytes = Buffer.concat(await all(encodeRows(rebatch([input], cut))));
          assert.deepEqual(bytes, Buffer.concat(await all(encodeRows([input]))));
          const parts: Buffer[] = [];
          for (let i = 0; i < bytes.length; i += cut) parts.push(bytes.subarray(i, i + cut));
          const output = await all(decodeRows(parts, size));
          const joined = (name: string) =>
            output.flatMap((part): readonly Cell[] => part.columns[name]!);
          assert.deepEqual(joined("x"), input.columns.x);
          assert.deepEqual(joined("y\n"), input.columns["y\n"]);
          assert.ok(output.slice(0, -1).every((part) => part.rows === size));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are found through the index", async () => {
    const index = rowIndexBuilder();
    const bytes = Buffer.concat(await all(encodeRows(rebatch([numbered(5000)], 300), index)));
    const built = index.build();
    assert.deepEqual([built.rows, built.bytes, built.offsets.length], [5000, bytes.length, 5]);
    for (const [from, to] of [
      [0, 5000],
      [0, 1],
      [1023, 1025],
      [1024, 2048],
      [4999, 5000],
      [4096, 9999],
      [7, 7],
      [6000, 7000],
    ] as const) {
      const { start, end, skip, take } = byteRange(built, from, to);
      const found = await all(decodeRange([bytes.subarray(start, end)], skip, take, 700));
      const places = found.flatMap((part) => part.columns.i ?? []);
      const expected = Array.from({ length: 5000 }, (_, i) => i).slice(from, to);
      assert.deepEqual(places, expected, `${from} to ${to}`);
    }
    const { start, end } = byteRange(built, 1024, 2048);
    assert.equal(bytes.subarray(start, end).toString().split("\n").length, 1025);
  });

  it("are refused when cut short, damaged or not finite, without quoting a cell", async () => {
    const bytes = Buffer.concat(await all(encodeRows([batch])));
    await assert.rejects(all(decodeRows([bytes.subarray(0, -3)])), { code: "format" });
    const damaged = Buffer.from('{"a":"secret\n');
    await assert.rejects(all(decodeRows([damaged])), (error: Error) => {
      return !JSON.stringify([error.message, error.cause ?? null]).includes("secret");
    });
    const nan: Batch = { rows: 1, columns: { a: [Number.NaN] } };
    await assert.rejects(all(encodeRows([nan])), { code: "internal" });
    const other: Batch = { rows: 1, columns: { b: [1] } };
    await assert.rejects(all(encodeRows([{ rows: 1, columns: { a: [1] } }, other])), {
      code: "internal",
    });
  });
});

describe("batches", () => {
  it("are sliced, picked and mapped", () => {
    assert.deepEqual(sliceBatch(batch, 1, 9).columns.a, [-0.5, null]);
    assert.deepEqual(takeRows(batch, [2, 0, 2]), {
      rows: 3,
      columns: { a: [null, 1, null], b: ["😀", '"\\\n\u2028', "😀"], c: [null, true, null] },
    });
    assert.deepEqual(Object.keys(selectColumns(batch, ["c", "a"]).columns), ["c", "a"]);
    assert.deepEqual(mapColumns(batch, (column) => column.map(() => 0)).columns.b, [0, 0, 0]);
  });
});
