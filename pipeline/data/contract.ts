import type { Readable } from "node:stream";
import type { Batch, ColumnType, Digest } from "../core/types.ts";

export type SourceFormat = "csv" | "jsonl" | "parquet" | "text";
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "gb18030";

/** How to read a source; what is left out is found from the first bytes and recorded. */
export interface SourceOptions {
  readonly format?: "auto" | SourceFormat;
  readonly header?: boolean | "auto";
  /** Column names of a file without header; with them, no header line is looked for. */
  readonly names?: readonly string[];
  readonly delimiter?: string;
  /** One character, or "" where the file quotes nothing; default `"`. */
  readonly quote?: string;
  readonly encoding?: "auto" | Encoding;
  /** Cell texts that mean missing, compared after trimming; default `[""]`. */
  readonly missing?: readonly string[];
  /** Whether white space around a CSV cell goes; default: if a space follows every delimiter. */
  readonly trim?: boolean;
  readonly onBadRow?: "stop" | "quarantine";
  /** Rows of every batch but the last; default 4096, for text 256. */
  readonly batchRows?: number;
  readonly stdin?: Readable;
  /** The folder a walk may not leave through symbolic links; default the folder given. */
  readonly within?: string;
}

/**
 * A record that cannot be read as a row. `line` is its first line, from 1 (in Parquet its row).
 * `bytes` are the file's own where they are not text, else the UTF-8 of the record.
 */
export interface BadRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  readonly trim: boolean;
}

export interface ReadOptions {
  readonly onBadRow?: (bad: BadRow) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** Something opened: its columns and types are known, its rows are still to be read. */
export interface Source {
  readonly name: string;
  readonly format: SourceFormat;
  readonly encoding: string;
  readonly dialect?: Dialect;
  readonly columns: readonly Column[];
  /** Whether `read` may be called more than once; standard input can be read once. */
  readonly rereadable: boolean;
  read(options?: ReadOptions): AsyncIterable<Batch>;
  /** What the last `read` saw; valid once it has ended. */
  summary(): SourceSummary;
}

/**
 * `sha256` is of the bytes as stored (before decompression); of a folder, of the canonical JSON
 * list of `[name, sha256]` of its files.
 */
export interface SourceSummary {
  readonly sha256: Digest;
  readonly bytes: number;
  readonly rows: number;
  readonly quarantined: number;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: Digest;
  }[];
}

/** What a format reader is given while it reads: where bytes are counted and bad rows go. */
export interface Run {
  readonly batchRows: number;
  /** Called with each file as it is opened, for its digest. */
  readonly tally: (name: string) => Tally;
  /** Throws where the run stops at bad rows. */
  readonly bad: (bad: BadRow) => void | Promise<void>;
}

/** Sees the stored bytes of one file pass by. */
export interface Tally {
  add(bytes: Uint8Array): void;
}

/** What a format reader found in the first rows. */
export interface Opened {
  readonly encoding: string;
  readonly dialect?: Dialect;
  readonly columns: readonly Column[];
  read(run: Run): AsyncIterable<Batch>;
}

/** The settings a format reader needs, with defaults filled in. */
export interface ReaderSettings {
  readonly header: boolean | "auto";
  readonly names: readonly string[] | undefined;
  readonly delimiter: string | undefined;
  readonly quote: string;
  readonly encoding: "auto" | Encoding;
  readonly missing: readonly string[];
  readonly trim: boolean | undefined;
}

/** Rows from which types, header and keys are found. */
export const SAMPLE_ROWS = 10_000;
/** Bytes of one record or line above which a source is refused: an unclosed quote, or no text. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;
