import { isAscii } from "node:buffer";
import { PipelineError } from "../core/error.ts";
import type { Batch, Cell } from "../core/types.ts";
import { batchOf } from "./batch-builder.ts";

/** Every so many rows the index has an entry. */
const INDEX_EVERY = 1024;
const CHUNK_CHARACTERS = 128 * 1024;
const BATCH_ROWS = 4096;
const LF = 0x0a;

/** Where rows start in a payload: `offsets[i]` is the byte of row `i * every`. */
export interface RowIndex {
  readonly every: number;
  readonly rows: number;
  readonly bytes: number;
  readonly offsets: readonly number[];
}

/** Filled while a payload is written; `build` is called after its end. */
export interface RowIndexBuilder {
  /** `rows` more rows in `bytes` bytes; every 1,024th row starts a call of its own. */
  add(rows: number, bytes: number): void;
  build(): RowIndex;
}

/** An index with no rows yet. */
export function rowIndexBuilder(): RowIndexBuilder {
  const offsets: number[] = [];
  let rows = 0;
  let bytes = 0;
  return {
    add(moreRows, moreBytes) {
      if (rows % INDEX_EVERY === 0) offsets.push(bytes);
      rows += moreRows;
      bytes += moreBytes;
    },
    build: () => ({ every: INDEX_EVERY, rows, bytes, offsets: [...offsets] }),
  };
}

/**
 * Writes rows as UTF-8 JSON Lines: one object per row, its members in the order of the columns, a
 * line feed after each. The bytes depend on the rows alone, not on how they were batched.
 */
export async function* encodeRows(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  index?: RowIndexBuilder,
): AsyncGenerator<Uint8Array> {
  let names: string[] | undefined;
  let prefixes: string[] = [];
  let text = "";
  let rows = 0; // in `text`
  let total = 0;
  const flush = () => {
    const bytes = Buffer.from(text);
    index?.add(rows, bytes.length);
    text = "";
    rows = 0;
    return bytes;
  };
  for await (const batch of batches) {
    const own = Object.keys(batch.columns);
    if (names === undefined) {
      names = own;
      prefixes = names.map((name, i) => `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`);
    } else if (names.length !== own.length || names.some((name, i) => name !== own[i])) {
      throw new PipelineError(
        "internal",
        "cannot write batches with different columns to one shard",
      );
    }
    const columns = names.map((name) => batch.columns[name]!);
    for (let row = 0; row < batch.rows; row++) {
      let line = columns.length === 0 ? "{" : "";
      for (let i = 0; i < columns.length; i++) line += prefixes[i]! + cellText(columns[i]![row]!);
      text += line + "}\n";
      rows++;
      total++;
      if (text.length >= CHUNK_CHARACTERS || total % INDEX_EVERY === 0) yield flush();
    }
  }
  if (rows > 0) yield flush();
}

/** Reads what `encodeRows` wrote; the chunks may be cut anywhere. Batches have `batchRows` rows. */
export async function* decodeRows(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  batchRows: number = BATCH_ROWS,
): AsyncGenerator<Batch> {
  yield* decodeRange(bytes, 0, Number.POSITIVE_INFINITY, batchRows);
}

/** The bytes that hold rows `from` to `to`: read them and give `skip` and `take` to `decodeRange`. */
export function byteRange(
  index: RowIndex,
  from: number,
  to: number,
): { readonly start: number; readonly end: number; readonly skip: number; readonly take: number } {
  const stop = Math.min(to, index.rows);
  const first = Math.min(Math.max(0, from), stop);
  if (first === stop) return { start: 0, end: 0, skip: 0, take: 0 };
  const entry = Math.floor(first / index.every);
  return {
    start: index.offsets[entry]!,
    end: index.offsets[Math.ceil(stop / index.every)] ?? index.bytes,
    skip: first - entry * index.every,
    take: stop - first,
  };
}

/** Rows `skip` to `skip + take` of bytes that start at a row. */
export async function* decodeRange(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  skip: number,
  take: number,
  batchRows: number = BATCH_ROWS,
): AsyncGenerator<Batch> {
  if (take <= 0) return;
  const rows = new RowCollector(skip, take, batchRows);
  let kept: Buffer[] = [];
  for await (const part of bytes) {
    const chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    const end = chunk.lastIndexOf(LF);
    if (end < 0) {
      kept.push(chunk);
      continue;
    }
    rows.add(Buffer.concat([...kept, chunk.subarray(0, end)]));
    kept = end + 1 < chunk.length ? [Buffer.from(chunk.subarray(end + 1))] : [];
    yield* rows.full();
    if (rows.done) break;
  }
  if (kept.length > 0 && !rows.done) {
    throw new PipelineError("format", "a shard ends in the middle of a row");
  }
  yield* rows.rest();
}

/** Turns lines into columns. */
class RowCollector {
  #keys: string[] = []; // as they were parsed, before `mended`
  #names: string[] = [];
  #columns: Cell[][] = [];
  #count = 0;
  #skip: number;
  #left: number;
  readonly #batchRows: number;

  constructor(skip: number, take: number, batchRows: number) {
    this.#skip = skip;
    this.#left = take;
    this.#batchRows = batchRows;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  /**
   * Takes whole lines, the last without its line feed. A parser takes one-byte text at twice the
   * speed. Outside ASCII it leaves the bytes of UTF-8 as characters up to 0xff, which `encodeRows`
   * never writes as escapes: they are put right cell by cell.
   */
  add(lines: Buffer): void {
    const ascii = isAscii(lines);
    const text = lines.toString("latin1");
    for (let start = 0; start < text.length && this.#left > 0;) {
      const at = text.indexOf("\n", start);
      const end = at < 0 ? text.length : at;
      if (this.#skip > 0) this.#skip--;
      else this.#addRow(text.slice(start, end), ascii);
      start = end + 1;
    }
  }

  #addRow(line: string, ascii: boolean): void {
    const row = parseRow(line);
    if (this.#keys.length === 0) {
      this.#keys = Object.keys(row);
      this.#names = this.#keys.map(mended);
      this.#columns = this.#keys.map(() => []);
    }
    const keys = this.#keys;
    const columns = this.#columns;
    if (ascii || !BYTES.test(line)) {
      for (let i = 0; i < keys.length; i++) columns[i]!.push(row[keys[i]!]!);
    } else {
      for (let i = 0; i < keys.length; i++) {
        const cell = row[keys[i]!]!;
        columns[i]!.push(typeof cell === "string" ? mended(cell) : cell);
      }
    }
    this.#left--;
    this.#count++;
  }

  *full(): Generator<Batch> {
    let from = 0;
    for (; from + this.#batchRows <= this.#count; from += this.#batchRows) {
      yield this.#slice(from, from + this.#batchRows);
    }
    if (from === 0) return;
    this.#columns = this.#columns.map((column) => column.slice(from));
    this.#count -= from;
  }

  *rest(): Generator<Batch> {
    yield* this.full();
    if (this.#count > 0) yield this.#slice(0, this.#count);
    this.#count = 0;
  }

  #slice(from: number, to: number): Batch {
    const columns = this.#columns.map((column) => column.slice(from, to));
    return batchOf(this.#names, to - from, columns);
  }
}

/** Turns the bytes of UTF-8 in a text back into characters; a lone surrogate beside them stays. */
function mended(text: string): string {
  if (!BYTES.test(text)) return text;
  return WIDE.test(text)
    ? text.replace(EVERY_BYTES, (bytes) => Buffer.from(bytes, "latin1").toString("utf8"))
    : Buffer.from(text, "latin1").toString("utf8");
}

const BYTES = /[\x80-\xff]/;
const EVERY_BYTES = /[\x80-\xff]+/g;
const WIDE = /[\u0100-\uffff]/;

function parseRow(text: string): Record<string, Cell> {
  try {
    return JSON.parse(text) as Record<string, Cell>;
  } catch (cause) {
    // The cause would quote the text, and so the cells.
    throw new PipelineError("format", "a shard does not hold rows as JSON Lines", {
      hint: cause instanceof SyntaxError ? "it was written by another program" : "it is too large",
    });
  }
}

/** Text that JSON writes as it is: no quote, backslash, control character or surrogate. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function cellText(cell: Cell): string {
  if (typeof cell === "string") return PLAIN.test(cell) ? `"${cell}"` : JSON.stringify(cell);
  if (typeof cell === "number" && !Number.isFinite(cell)) {
    throw new PipelineError("internal", "cannot write a number that is not finite");
  }
  return String(cell);
}
