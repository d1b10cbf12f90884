import { createHash, type Hash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { digestOf } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch, Digest } from "../core/types.ts";
import type {
  Opened,
  ReaderSettings,
  ReadOptions,
  Run,
  Source,
  SourceFormat,
  SourceOptions,
  SourceSummary,
} from "./contract.ts";
import { openCsv } from "./csv.ts";
import { formatOf } from "./format.ts";
import { fileInput, reasonOf, streamInput, type Input } from "./input.ts";
import { openJsonl } from "./jsonl.ts";
import { openParquet } from "./parquet.ts";
import { openText } from "./text.ts";
import { assertInside, filesUnder } from "./walk.ts";

export type { BadRow, Source, SourceOptions } from "./contract.ts";

const BATCH_ROWS = 4096;

/**
 * Opens a file, a folder of files of one format, or standard input (`-`), any of them gzipped. Only
 * the first rows are read: format, encoding, dialect, column names and types are known afterwards and
 * stay as they are. Throws `source` for what cannot be used as asked.
 */
export async function openSource(location: string, options: SourceOptions): Promise<Source> {
  const settings = settingsOf(options);
  const { name, inputs, folder } = await inputsOf(location, options);
  const format = await formatOf(inputs, options.format ?? "auto", settings);
  const empty = inputs.find((input) => input.empty);
  // A corpus may hold an empty document; a table without even a header is a mistake.
  if (empty !== undefined && (format !== "text" || inputs.length === 1)) {
    throw new PipelineError("source", `${empty.name} is empty`);
  }
  const opened = await open[format](inputs, settings);
  const batchRows = options.batchRows ?? BATCH_ROWS;
  const rereadable = inputs.every((input) => input.path !== undefined);
  let summary: SourceSummary | undefined;
  let started = false;
  return {
    name,
    format,
    encoding: opened.encoding,
    ...(opened.dialect === undefined ? {} : { dialect: opened.dialect }),
    columns: opened.columns,
    rereadable,
    async *read(readOptions = {}) {
      if (started && !rereadable) {
        throw new PipelineError("internal", `${name} can be read only once`);
      }
      started = true;
      summary = undefined;
      const counts = new Counts(options.onBadRow ?? "stop", readOptions);
      for await (const batch of opened.read(counts.run(batchRows))) {
        counts.saw(batch);
        yield batch;
      }
      summary = counts.summary(folder);
    },
    summary() {
      if (summary === undefined) {
        throw new PipelineError("internal", `${name} has not been read to its end`);
      }
      return summary;
    },
  };
}

const open: Readonly<
  Record<SourceFormat, (inputs: readonly Input[], settings: ReaderSettings) => Promise<Opened>>
> = { csv: openCsv, jsonl: openJsonl, parquet: openParquet, text: openText };

function settingsOf(options: SourceOptions): ReaderSettings {
  const { delimiter, quote = '"', names } = options;
  if (delimiter?.length === 0 || (delimiter?.length ?? 1) > 1 || quote.length > 1) {
    throw new PipelineError("source", "a delimiter and a quote are one character each");
  }
  if (names !== undefined && options.header === true) {
    throw new PipelineError("source", "names are for a file without header");
  }
  const batchRows = options.batchRows ?? 1;
  if (!Number.isSafeInteger(batchRows) || batchRows < 1) {
    throw new PipelineError("source", "a batch has at least one row");
  }
  return {
    header: options.header ?? "auto",
    names,
    delimiter,
    quote,
    encoding: options.encoding ?? "auto",
    missing: options.missing ?? [""],
    trim: options.trim,
  };
}

async function inputsOf(
  location: string,
  options: SourceOptions,
): Promise<{ readonly name: string; readonly inputs: readonly Input[]; readonly folder: boolean }> {
  if (location === "-") {
    if (options.stdin === undefined) {
      throw new PipelineError("source", "there is no standard input to read from");
    }
    const name = "standard input";
    return { name, inputs: [await streamInput(options.stdin, name)], folder: false };
  }
  const facts = await stat(location).catch((cause: unknown) => {
    throw new PipelineError("source", `cannot read ${location}: ${reasonOf(cause)}`, { cause });
  });
  const name = basename(location);
  if (!facts.isDirectory()) {
    if (options.within !== undefined) await assertInside(location, options.within);
    return { name, inputs: [await fileInput(location, name)], folder: false };
  }
  const files = await filesUnder(location, options.within ?? location);
  const inputs: Input[] = [];
  for (const file of files) inputs.push(await fileInput(file.path, file.name));
  return { name, inputs, folder: true };
}

/** Counts what one reading of a source sees. */
class Counts {
  readonly #stop: boolean;
  readonly #options: ReadOptions;
  readonly #files: { name: string; hash: Hash; bytes: number }[] = [];
  #rows = 0;
  #quarantined = 0;

  constructor(onBadRow: "stop" | "quarantine", options: ReadOptions) {
    this.#stop = onBadRow === "stop";
    this.#options = options;
  }

  run(batchRows: number): Run {
    return {
      batchRows,
      tally: (name) => {
        const file = { name, hash: createHash("sha256"), bytes: 0 };
        this.#files.push(file);
        return {
          add: (bytes) => {
            this.#assertWanted();
            file.hash.update(bytes);
            file.bytes += bytes.length;
          },
        };
      },
      bad: async (bad) => {
        if (this.#stop) {
          throw new PipelineError("row", `${bad.file}, line ${bad.line}: ${bad.reason}`, {
            hint: "mend the row, or set dataset.on_bad_row to quarantine",
          });
        }
        this.#quarantined++;
        await this.#options.onBadRow?.(bad);
      },
    };
  }

  saw(batch: Batch): void {
    this.#assertWanted();
    this.#rows += batch.rows;
  }

  summary(folder: boolean): SourceSummary {
    const files = this.#files.map(({ name, hash, bytes }) => {
      return { name, bytes, sha256: hash.digest("hex") as Digest };
    });
    return {
      sha256: folder ? digestOf(files.map((file) => [file.name, file.sha256])) : files[0]!.sha256,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      rows: this.#rows,
      quarantined: this.#quarantined,
      files,
    };
  }

  #assertWanted(): void {
    if (this.#options.signal?.aborted === true) {
      throw new PipelineError("interrupted", "reading was interrupted");
    }
  }
}
