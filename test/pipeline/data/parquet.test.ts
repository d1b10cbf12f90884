import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { sha256 } from "../../../pipeline/core/digest.ts";
import type { Cell } from "../../../pipeline/core/types.ts";
import { openSource, type SourceOptions } from "../../../pipeline/data/source.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-parquet-"));
after(() => {
  rmSync(folder, { recursive: true });
});
const path = join(folder, "data.parquet");

const bytes = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: "id", data: [1n, 2n ** 60n, -5n, null] },
      { name: "count", data: [1, 2, -3, 4] },
      { name: "share", data: [0.5, Number.NaN, Number.POSITIVE_INFINITY, -0] },
      { name: "name", data: ["张", "", "x", null] },
      { name: "ok", data: [true, false, true, true] },
      { name: "price", data: [0.3, 1.1, -12345.67, 0] },
      { name: "day", data: [new Date("2024-02-29"), new Date(0), new Date("1969-12-31"), null] },
      {
        name: "at",
        data: [new Date("2024-02-29T10:00:00.250Z"), new Date(0), new Date(-1), null],
      },
      { name: "extra", data: [{ a: [1] }, { a: [] }, null, { b: "x" }] },
    ],
    schema: [
      { name: "root", num_children: 9 },
      { name: "id", type: "INT64", repetition_type: "OPTIONAL" },
      { name: "count", type: "INT32", repetition_type: "REQUIRED" },
      { name: "share", type: "DOUBLE", repetition_type: "REQUIRED" },
      { name: "name", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "ok", type: "BOOLEAN", repetition_type: "REQUIRED" },
      {
        name: "price",
        type: "INT64",
        converted_type: "DECIMAL",
        scale: 2,
        precision: 18,
        repetition_type: "REQUIRED",
      },
      { name: "day", type: "INT32", converted_type: "DATE", repetition_type: "OPTIONAL" },
      {
        name: "at",
        type: "INT64",
        converted_type: "TIMESTAMP_MILLIS",
        repetition_type: "OPTIONAL",
      },
      { name: "extra", type: "BYTE_ARRAY", converted_type: "JSON", repetition_type: "OPTIONAL" },
    ],
    rowGroupSize: 3,
  }),
);
writeFileSync(path, bytes);

const rows: Cell[][] = [
  [1, 1, 0.5, "张", true, 0.3, "2024-02-29", "2024-02-29T10:00:00.25Z", '{"a":[1]}'],
  [
    "1152921504606846976",
    2,
    null,
    "",
    false,
    1.1,
    "1970-01-01",
    "1970-01-01T00:00:00Z",
    '{"a":[]}',
  ],
  [-5, -3, "Infinity", "x", true, -12345.67, "1969-12-31", "1969-12-31T23:59:59.999Z", null],
  [null, 4, 0, null, true, 0, null, null, '{"b":"x"}'],
];

async function read(location: string, options: SourceOptions): Promise<[Cell[][], number[]]> {
  const source = await openSource(location, options);
  const found: Cell[][] = [];
  const sizes: number[] = [];
  for await (const batch of source.read()) {
    sizes.push(batch.rows);
    const columns = Object.values(batch.columns);
    for (let i = 0; i < batch.rows; i++) found.push(columns.map((column) => column[i] ?? null));
  }
  assert.equal(source.summary().rows, found.length);
  return [found, sizes];
}

describe("Parquet", () => {
  it("has the types of its schema", async () => {
    const { columns, format } = await openSource(path, {});
    assert.equal(format, "parquet");
    assert.deepEqual(
      columns.map(({ type }) => type),
      ["integer", "integer", "decimal", "text", "boolean", "decimal", "date", "date", "text"],
    );
  });

  it("is read across row groups in batches of one size", async () => {
    assert.deepEqual(await read(path, { batchRows: 2 }), [rows, [2, 2]]);
    assert.deepEqual(await read(path, { batchRows: 3 }), [rows, [3, 1]]);
  });

  it("is read from a pipe, from gzip and by its content", async () => {
    assert.deepEqual((await read("-", { stdin: Readable.from([bytes]) }))[0], rows);
    const packed = join(folder, "data.parquet.gz");
    writeFileSync(packed, gzipSync(bytes));
    assert.deepEqual((await read(packed, {}))[0], rows);
    const nameless = join(folder, "nameless");
    writeFileSync(nameless, bytes);
    assert.deepEqual((await read(nameless, {}))[0], rows);
  });

  it("has the digest of its file", async () => {
    const source = await openSource(path, {});
    for await (const batch of source.read()) assert.equal(batch.rows, 4);
    assert.equal(source.summary().sha256, sha256(readFileSync(path)));
    assert.equal(source.summary().bytes, bytes.length);
  });

  it("is refused with one clear error wherever it is cut", async () => {
    const damaged = join(folder, "cut.parquet");
    for (let length = 1; length < bytes.length; length += 97) {
      writeFileSync(damaged, bytes.subarray(0, length));
      await assert.rejects(read(damaged, {}), { code: "source" }, `cut at ${length}`);
    }
  });
});
