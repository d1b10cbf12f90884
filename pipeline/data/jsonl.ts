import { PipelineError } from "../core/error.ts";
import type { Batch, Cell, ColumnType } from "../core/types.ts";
import { batchBuilder } from "./batch-builder.ts";
import { missingTest, typeOfCell, widerType } from "./cell-type.ts";
import { columnNames } from "./column-names.ts";
import {
  SAMPLE_ROWS,
  type Encoding,
  type Opened,
  type ReaderSettings,
  type Run,
} from "./contract.ts";
import { detectEncoding, textBlocks, type TextBlock } from "./encoding.ts";
import { headOf, type Input } from "./input.ts";

const HEAD_BYTES = 256 * 1024;
const SAMPLE_CHARACTERS = 16 * 1024 * 1024;

interface JsonlFile {
  readonly input: Input;
  readonly encoding: Encoding;
}

/**
 * JSON Lines: one object a line, blank lines left out. The columns are the keys of the first 10,000
 * rows, in the order of their first appearance; a key that is new after them makes a bad row. A key
 * that is absent is missing. Objects and lists become their JSON text, integers beyond 2^53 their
 * decimal text.
 */
export async function openJsonl(
  inputs: readonly Input[],
  settings: ReaderSettings,
): Promise<Opened> {
  const files: JsonlFile[] = [];
  for (const input of inputs) {
    const head = await headOf(input, HEAD_BYTES);
    if (head.length === 0) throw new PipelineError("source", `${input.name} is empty`);
    const encoding =
      settings.encoding === "auto" ? detectEncoding(head, input.name) : settings.encoding;
    files.push({ input, encoding });
  }
  const types = await sampleTypes(files, settings);
  const names = columnNames([...types.keys()], inputs[0]!.name);
  const keys = [...types.keys()];
  return {
    encoding: files[0]!.encoding,
    columns: names.map((name, i) => ({ name, type: types.get(keys[i]!)! })),
    read: (run) => readJsonl(files, keys, names, settings, run),
  };
}

async function sampleTypes(
  files: readonly JsonlFile[],
  settings: ReaderSettings,
): Promise<Map<string, ColumnType>> {
  const types = new Map<string, ColumnType>();
  const toCell = cellOf(settings);
  let rows = 0;
  let bad = 0;
  let characters = 0;
  sampling: for (const { input, encoding } of files) {
    for await (const block of textBlocks(input.open(), encoding, input.name)) {
      for (const line of linesOf(block)) {
        if (rows >= SAMPLE_ROWS) break sampling;
        if (line.text === "" && line.invalid === undefined) continue;
        const object = line.invalid === undefined ? parseObject(line) : line.reason;
        if (typeof object === "string") {
          bad++;
          continue;
        }
        rows++;
        for (const key of Object.keys(object)) {
          types.set(key, widerType(types.get(key) ?? "empty", typeOfCell(toCell(object[key]))));
        }
      }
      characters += block.text.length;
      if (characters >= SAMPLE_CHARACTERS) break sampling;
    }
  }
  if (rows === 0) {
    const name = files[0]!.input.name;
    throw new PipelineError(
      "source",
      bad === 0 ? `${name} holds no rows` : `${name} is not JSON Lines: no line is a JSON object`,
    );
  }
  if (types.size === 0) {
    throw new PipelineError(
      "source",
      `${files[0]!.input.name} has no columns: its objects are empty`,
    );
  }
  return types;
}

async function* readJsonl(
  files: readonly JsonlFile[],
  keys: readonly string[],
  names: readonly string[],
  settings: ReaderSettings,
  run: Run,
): AsyncGenerator<Batch> {
  const builder = batchBuilder(names, run.batchRows);
  const known = new Set(keys);
  const toCell = cellOf(settings);
  for (const { input, encoding } of files) {
    let number = 0;
    for await (const block of textBlocks(input.open(run.tally(input.name)), encoding, input.name)) {
      for (const line of linesOf(block)) {
        number++;
        if (line.text === "" && line.invalid === undefined) continue;
        const object = line.invalid === undefined ? parseObject(line) : line.reason;
        const reason = typeof object === "string" ? object : unknownKey(object, known);
        if (reason !== undefined) {
          const bytes = line.invalid ?? Buffer.from(line.text);
          await run.bad({ file: input.name, line: number, reason, bytes });
          continue;
        }
        const row = object as Record<string, unknown>;
        for (let i = 0; i < keys.length; i++) {
          builder.cells[i]!.push(Object.hasOwn(row, keys[i]!) ? toCell(row[keys[i]!]) : null);
        }
        builder.added(1, line.text.length);
      }
      yield* builder.full();
    }
  }
  const rest = builder.rest();
  if (rest !== undefined) yield rest;
}

interface Line {
  readonly text: string;
  readonly invalid?: Buffer;
  readonly reason: string;
  /** Whether a line of its block has a number that a double may not hold. */
  readonly long: boolean;
}

/** Sixteen digits in a row may be an integer beyond 2^53. */
const LONG_NUMBER = /\d{16}/;

/** The lines of a block; a blank one is "", so that a caller may count it. */
function* linesOf({ text, invalid }: TextBlock): Generator<Line> {
  const reason = "it is not valid text in the encoding of the file";
  if (invalid !== undefined) {
    yield { text, invalid, reason, long: false };
    return;
  }
  const long = LONG_NUMBER.test(text);
  for (let start = 0; start < text.length;) {
    const at = text.indexOf("\n", start);
    const stop = at < 0 ? text.length : at;
    yield { text: text.slice(start, stop).trim(), reason, long };
    start = stop + 1;
  }
}

/** The object on a line, or why there is none. */
function parseObject({ text: line, long }: Line): Record<string, unknown> | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is not valid JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return "it is not a JSON object";
  }
  if (long && LONG_NUMBER.test(line))
    return JSON.parse(withQuotedIntegers(line)) as Record<string, unknown>;
  return value as Record<string, unknown>;
}

/** Puts integers beyond 2^53 in quotes; strings are passed over whole. */
function withQuotedIntegers(line: string): string {
  return line.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

function unknownKey(
  object: Record<string, unknown>,
  known: ReadonlySet<string>,
): string | undefined {
  for (const key in object) {
    if (!known.has(key)) return "it has a key that none of the first rows has";
  }
  return undefined;
}

function cellOf(settings: ReaderSettings): (value: unknown) => Cell {
  const isMissing = missingTest(settings.missing);
  return (value) => {
    if (value === null || value === undefined) return null;
    if (typeof value === "string") {
      const trimmed = value.trim();
      if (isMissing(trimmed, 0, trimmed.length)) return null;
      return settings.trim === true ? trimmed : value;
    }
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    return typeof value === "boolean" ? value : JSON.stringify(value);
  };
}
