import { isUtf8 } from "node:buffer";
import { open, stat } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { AsyncBuffer, Compressors, FileMetaData, ParquetParsers, SchemaTree } from "hyparquet";
import { PipelineError } from "../core/error.ts";
import type { Batch } from "../core/types.ts";
import { batchBuilder } from "./batch-builder.ts";
import { columnNames } from "./column-names.ts";
import type { Column, Opened, Run, Tally } from "./contract.ts";
import { wholeOf, type Input } from "./input.ts";
import { parquetColumn, withoutDecimals, type ParquetColumn } from "./parquet-column.ts";

/** Parquet from a pipe or inside gzip has to be held whole. */
const MAX_IN_MEMORY = 512 * 1024 * 1024;

/**
 * Parquet files with the same columns, read by row group and column. Types are those of the schema.
 * Dates and times become ISO 8601 text (with `Z` where the file says UTC), integers beyond 2^53 and
 * decimals that a double cannot print become decimal text, NaN is missing, nested values are JSON.
 */
export async function openParquet(inputs: readonly Input[]): Promise<Opened> {
  let columns: ParquetColumn[] | undefined;
  let names: string[] | undefined;
  let rows = 0;
  for (const input of inputs) {
    const own = await withFile(input, undefined, async (file) => {
      const metadata = await metadataOf(file, input.name);
      rows += Number(metadata.num_rows);
      const { parquetSchema } = await import("hyparquet");
      return parquetSchema(metadata).children.map((tree: SchemaTree) => parquetColumn(tree));
    });
    const ownNames = columnNames(
      own.map((column) => column.key),
      input.name,
    );
    columns ??= own;
    names ??= ownNames;
    const known = names;
    if (known.length !== ownNames.length || known.some((name, i) => name !== ownNames[i])) {
      throw new PipelineError("source", `${input.name} has other columns than ${inputs[0]!.name}`);
    }
  }
  if (names!.length === 0 || rows === 0) {
    throw new PipelineError("source", `${inputs[0]!.name} holds no rows`);
  }
  const described: Column[] = names!.map((name, i) => ({ name, type: columns![i]!.type }));
  return {
    encoding: "binary",
    columns: described,
    read: (run) => readParquet(inputs, names!, run),
  };
}

async function* readParquet(
  inputs: readonly Input[],
  names: readonly string[],
  run: Run,
): AsyncGenerator<Batch> {
  const builder = batchBuilder(names, run.batchRows);
  for (const input of inputs) {
    const before = await stampOf(input);
    const { file, close } = await openFile(input, run.tally(input.name));
    try {
      const { parquetScan, parquetSchema } = await import("hyparquet");
      const metadata = await metadataOf(file, input.name);
      const columns = parquetSchema(metadata).children.map((tree) => parquetColumn(tree));
      const options = {
        file,
        metadata: withoutDecimals(metadata),
        compressors: await allCompressors(),
        parsers,
        utf8: false,
      };
      let rowStart = 0;
      for (const group of metadata.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows);
        // A scan caches the columns it has read, so it lives no longer than its row group.
        const scan = await understood(parquetScan(options), input.name);
        for (const [i, column] of columns.entries()) {
          if (rowEnd === rowStart) break;
          const range = { column: column.key, rowStart, rowEnd };
          const data: ArrayLike<unknown> = await understood(scan.readColumn(range), input.name);
          const cells = builder.cells[i]!;
          for (const value of Array.from(data)) cells.push(column.cell(value));
        }
        builder.added(rowEnd - rowStart);
        yield* builder.full();
        rowStart = rowEnd;
      }
    } finally {
      await close();
    }
    if ((await stampOf(input)) !== before) {
      throw new PipelineError("source", `${input.name} changed while it was read`);
    }
  }
  const rest = builder.rest();
  if (rest !== undefined) yield rest;
}

async function withFile<T>(
  input: Input,
  tally: Tally | undefined,
  use: (file: AsyncBuffer) => Promise<T>,
): Promise<T> {
  const { file, close } = await openFile(input, tally);
  try {
    return await use(file);
  } finally {
    await close();
  }
}

async function openFile(
  input: Input,
  tally: Tally | undefined,
): Promise<{ readonly file: AsyncBuffer; readonly close: () => Promise<void> }> {
  if (input.path === undefined || input.gzip) {
    const bytes = await wholeOf(input, tally, MAX_IN_MEMORY);
    const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const file = {
      byteLength: whole.byteLength,
      slice: (start: number, end?: number) => whole.slice(start, end) as ArrayBuffer,
    };
    return { file, close: () => Promise.resolve() };
  }
  // The digest is of the whole file, of which the columns are read in another order.
  if (tally !== undefined) await drain(input.open(tally));
  const handle = await open(input.path, "r");
  const { size } = await handle.stat();
  const file: AsyncBuffer = {
    byteLength: size,
    async slice(start, end = size) {
      const from = start < 0 ? Math.max(0, size + start) : start;
      const bytes = new ArrayBuffer(Math.max(0, Math.min(end, size) - from));
      for (let at = 0; at < bytes.byteLength;) {
        const view = new Uint8Array(bytes, at);
        const { bytesRead } = await handle.read(view, 0, view.length, from + at);
        if (bytesRead === 0) throw new Error("the file ends early");
        at += bytesRead;
      }
      return bytes;
    },
  };
  return { file, close: () => handle.close() };
}

async function drain(chunks: AsyncIterable<Buffer>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function metadataOf(file: AsyncBuffer, name: string): Promise<FileMetaData> {
  const { parquetMetadataAsync } = await import("hyparquet");
  return understood(parquetMetadataAsync(file, { geoparquet: false }), name);
}

async function understood<T>(result: Promise<T>, name: string): Promise<T> {
  return result.catch((cause: unknown) => {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError("source", `cannot read ${name} as Parquet: it is damaged or unusual`, {
      cause,
    });
  });
}

async function stampOf(input: Input): Promise<string> {
  if (input.path === undefined) return "";
  const facts = await stat(input.path, { bigint: true });
  return `${String(facts.size)} ${String(facts.mtimeNs)}`;
}

async function allCompressors(): Promise<Compressors> {
  const { compressors } = await import("hyparquet-compressors");
  const native: Compressors = {
    GZIP: (bytes) => gunzipSync(bytes),
    BROTLI: (bytes) => brotliDecompressSync(bytes),
  };
  return { ...compressors, ...native };
}

const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis) => isoOf(millis, 1000n, 3),
  timestampFromMicroseconds: (micros) => isoOf(micros, 1_000_000n, 6),
  timestampFromNanoseconds: (nanos) => isoOf(nanos, 1_000_000_000n, 9),
  dateFromDays: (days) => isoDate(days),
  stringFromBytes: (bytes) => text(bytes),
  jsonFromBytes: (bytes) => text(bytes),
};

function isoDate(days: number | null | undefined): string | null {
  return days === null || days === undefined
    ? null
    : new Date(days * 86_400_000).toISOString().replace(/T.*/, "");
}

/** Date and time to the second, and the fraction where there is one. */
function isoOf(
  count: bigint | number | null | undefined,
  perSecond: bigint,
  digits: number,
): string | null {
  if (count === null || count === undefined) return null;
  const units = BigInt(count);
  const fraction = ((units % perSecond) + perSecond) % perSecond;
  const seconds = (units - fraction) / perSecond;
  const whole = new Date(Number(seconds) * 1000).toISOString().replace(/\.000Z$/, "");
  if (fraction === 0n) return whole;
  return `${whole}.${String(fraction).padStart(digits, "0").replace(/0+$/, "")}`;
}

function text(bytes: Uint8Array | null | undefined): string | null {
  if (bytes === null || bytes === undefined) return null;
  if (!isUtf8(bytes)) {
    throw new PipelineError("source", "a text column holds bytes that are not UTF-8");
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
