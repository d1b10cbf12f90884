import { PipelineError } from "../core/error.ts";
import type { Batch, Cell } from "../core/types.ts";
import { batchOf } from "./batch-builder.ts";

/** Every so many rows the index has an entry. */
export const INDEX_EVERY = 1024;
const CHUNK_CHARACTERS = 128 * 1024;
const BATCH_ROWS = 4096;
const LF = 0x0a;
const COMMA = 0x2c;

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
  #names: string[] | undefined;
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

  /** Takes a copy of whole lines, without the last line feed, and changes it. */
  add(lines: Buffer): void {
    // No line feed stands inside a row, as JSON escapes them: so the lines are a list.
    for (let at = lines.indexOf(LF); at >= 0; at = lines.indexOf(LF, at + 1)) lines[at] = COMMA;
    const rows = parseRows(`[${lines.toString("utf8")}]`);
    const first = Math.min(this.#skip, rows.length);
    const last = Math.min(rows.length, first + this.#left);
    this.#skip -= first;
    this.#left -= last - first;
    if (first === last) return;
    this.#names ??= Object.keys(rows[first]!);
    if (this.#columns.length === 0) this.#columns = this.#names.map(() => []);
    for (const [i, name] of this.#names.entries()) {
      const column = this.#columns[i]!;
      for (let row = first; row < last; row++) column.push(rows[row]![name]!);
    }
    this.#count += last - first;
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
    return batchOf(this.#names!, to - from, columns);
  }
}

function parseRows(text: string): Record<string, Cell>[] {
  try {
    return JSON.parse(text) as Record<string, Cell>[];
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
