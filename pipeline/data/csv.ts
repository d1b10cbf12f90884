import { PipelineError } from "../core/error.ts";
import type { Batch, ColumnType } from "../core/types.ts";
import { batchBuilder } from "./batch-builder.ts";
import { cellReader, missingTest, typeOfText, widerType } from "./cell-type.ts";
import { columnNames } from "./column-names.ts";
import {
  SAMPLE_ROWS,
  type BadRow,
  type Dialect,
  type Encoding,
  type Opened,
  type ReaderSettings,
  type Run,
} from "./contract.ts";
import {
  csvSplitter,
  fieldText,
  recordBytes,
  type CsvRecord,
  type CsvSink,
  type CsvSyntax,
} from "./csv-records.ts";
import { detectDialect, splitRows } from "./dialect.ts";
import { detectEncoding, newlineOf, textBlocks } from "./encoding.ts";
import { headOf, type Input } from "./input.ts";

const HEAD_BYTES = 256 * 1024;
const SAMPLE_CHARACTERS = 16 * 1024 * 1024;

/** One file of a CSV source. Encoding and line end are its own; the dialect is that of the first. */
interface CsvFile {
  readonly input: Input;
  readonly encoding: Encoding;
  readonly syntax: CsvSyntax;
}

/**
 * CSV files with the same columns in the same order. Types are those of the first 10,000 rows; a
 * record with another number of fields is a bad row.
 */
export async function openCsv(inputs: readonly Input[], settings: ReaderSettings): Promise<Opened> {
  const files: CsvFile[] = [];
  let dialect: Dialect | undefined;
  let names: string[] | undefined;
  for (const input of inputs) {
    const { encoding, text } = await textHead(input, settings);
    const newline = newlineOf(text);
    dialect ??= detectDialect(text, newline, settings).dialect;
    const syntax: CsvSyntax = { ...dialect, newline };
    files.push({ input, encoding, syntax });
    const own = namesOf(input, text, syntax, dialect, settings);
    names ??= own;
    assertSameColumns(names, own, input.name, inputs[0]!.name);
  }
  const { header } = dialect!;
  const types = await sampleTypes(files, names!, header, settings);
  return {
    encoding: files[0]!.encoding,
    dialect: dialect!,
    columns: names!.map((name, i) => ({ name, type: types[i]! })),
    read: (run) => readCsv(files, names!, types, header, settings, run),
  };
}

async function textHead(
  input: Input,
  settings: ReaderSettings,
): Promise<{ readonly encoding: Encoding; readonly text: string }> {
  const head = await headOf(input, HEAD_BYTES);
  if (head.length === 0) throw new PipelineError("source", `${input.name} is empty`);
  const encoding =
    settings.encoding === "auto" ? detectEncoding(head, input.name) : settings.encoding;
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  if (text.includes("\0")) {
    throw new PipelineError("source", `${input.name} is a binary file: it holds NUL characters`);
  }
  if (text.trim() === "") throw new PipelineError("source", `${input.name} holds no rows`);
  return { encoding, text };
}

function namesOf(
  input: Input,
  head: string,
  syntax: CsvSyntax,
  dialect: Dialect,
  settings: ReaderSettings,
): string[] {
  const rows = splitRows(head, syntax);
  if (rows.length === 0) {
    throw new PipelineError("row", `${input.name}, line 1: a quote is opened and never closed`);
  }
  if (dialect.header) return columnNames(rows[0]!, input.name);
  const fields = commonLength(rows);
  if (settings.names === undefined) {
    return columnNames(new Array<string>(fields).fill(""), input.name);
  }
  if (settings.names.length !== fields) {
    throw new PipelineError(
      "source",
      `${input.name} has ${fields} columns, but ${settings.names.length} names are given`,
    );
  }
  return columnNames(settings.names, input.name);
}

function commonLength(rows: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function assertSameColumns(
  expected: readonly string[],
  found: readonly string[],
  name: string,
  first: string,
): void {
  if (expected.length === found.length && expected.every((column, i) => column === found[i]))
    return;
  throw new PipelineError("source", `${name} has other columns than ${first}`, {
    hint: `expected ${expected.join(", ")}`,
  });
}

async function sampleTypes(
  files: readonly CsvFile[],
  names: readonly string[],
  header: boolean,
  settings: ReaderSettings,
): Promise<ColumnType[]> {
  const types = names.map((): ColumnType => "empty");
  const isMissing = missingTest(settings.missing);
  let rows = 0;
  let bad = 0;
  let characters = 0;
  for (const { input, encoding, syntax } of files) {
    const splitter = csvSplitter(
      input.name,
      syntax,
      names.length,
      afterHeader(header, {
        record(record) {
          if (record.fields !== names.length) bad++;
          else if (rows++ < SAMPLE_ROWS) {
            for (let i = 0; i < names.length; i++) {
              const raw = fieldText(record, i, syntax.quote);
              const trimmed = raw.trim();
              if (isMissing(trimmed, 0, trimmed.length) || types[i] === "text") continue;
              types[i] = widerType(types[i]!, typeOfText(syntax.trim ? trimmed : raw));
            }
          }
        },
        bad: () => bad++,
      }),
    );
    for await (const block of textBlocks(input.open(), encoding, input.name, syntax.newline)) {
      splitter.push(block);
      characters += block.text.length;
      if (rows >= SAMPLE_ROWS || characters >= SAMPLE_CHARACTERS) return types;
    }
    splitter.end();
  }
  if (rows + bad === 0) throw new PipelineError("source", `${files[0]!.input.name} holds no rows`);
  return types;
}

/** The first record is the header, not a row. */
function afterHeader(header: boolean, sink: CsvSink): CsvSink {
  let seen = !header;
  return {
    record(record) {
      if (seen) sink.record(record);
      seen = true;
    },
    bad(record) {
      seen = true;
      sink.bad(record);
    },
  };
}

async function* readCsv(
  files: readonly CsvFile[],
  names: readonly string[],
  types: readonly ColumnType[],
  header: boolean,
  settings: ReaderSettings,
  run: Run,
): AsyncGenerator<Batch> {
  const builder = batchBuilder(names, run.batchRows);
  let bad: BadRow[] = [];
  for (const { input, encoding, syntax } of files) {
    const readers = types.map((type) =>
      cellReader(type, { missing: settings.missing, trim: syntax.trim }),
    );
    const addRow = (record: CsvRecord) => {
      if (record.fields !== names.length) {
        const reason = `expected ${names.length} fields, found ${record.fields}`;
        const bytes = recordBytes(record, syntax);
        bad.push({ file: input.name, line: record.line, reason, bytes });
        return;
      }
      const { text, starts, ends, doubled } = record;
      for (let i = 0; i < readers.length; i++) {
        if (doubled[i] === 1) {
          const cell = fieldText(record, i, syntax.quote);
          builder.cells[i]!.push(readers[i]!(cell, 0, cell.length));
        } else {
          builder.cells[i]!.push(readers[i]!(text, starts[i]!, ends[i]!));
        }
      }
      builder.added(1, ends[record.fields - 1]! - starts[0]!);
    };
    const splitter = csvSplitter(
      input.name,
      syntax,
      names.length,
      afterHeader(header, {
        record: addRow,
        bad: (record) => bad.push({ file: input.name, ...record }),
      }),
    );
    const flush = async function* () {
      for (const row of bad) await run.bad(row);
      bad = [];
      yield* builder.full();
    };
    const chunks = input.open(run.tally(input.name));
    for await (const block of textBlocks(chunks, encoding, input.name, syntax.newline)) {
      splitter.push(block);
      yield* flush();
    }
    splitter.end();
    yield* flush();
  }
  const rest = builder.rest();
  if (rest !== undefined) yield rest;
}
