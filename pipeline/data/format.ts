import { PipelineError } from "../core/error.ts";
import type { ReaderSettings, SourceFormat } from "./contract.ts";
import { detectDialect, splitRows } from "./dialect.ts";
import { detectEncoding, newlineOf } from "./encoding.ts";
import { headOf, type Input } from "./input.ts";
import { isParquet } from "./magic.ts";

const extensions: Readonly<Record<string, SourceFormat>> = {
  csv: "csv",
  tsv: "csv",
  tab: "csv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
  pq: "parquet",
  txt: "text",
  text: "text",
  md: "text",
};
const HEAD_BYTES = 64 * 1024;

/**
 * The one format of all inputs: as asked, else by the ends of their names, else by the first bytes.
 * Throws `source` where files differ, or where one is by its name of another format than asked.
 */
export async function formatOf(
  inputs: readonly Input[],
  asked: "auto" | SourceFormat,
  settings: ReaderSettings,
): Promise<SourceFormat> {
  let format = asked;
  for (const input of inputs) {
    const own =
      byName(input.name) ?? (format === "auto" ? await byContent(input, settings) : format);
    if (format === "auto") format = own;
    // A single file may have any name, if the caller says what it is.
    if (own !== format && inputs.length > 1) {
      throw new PipelineError(
        "source",
        `${input.name} is a ${own} file among ${format} files; a source has one format`,
      );
    }
  }
  return format as SourceFormat;
}

function byName(name: string): SourceFormat | undefined {
  const match = /\.([a-z]+)(?:\.gz)?$/i.exec(name);
  return match === null ? undefined : extensions[match[1]!.toLowerCase()];
}

async function byContent(input: Input, settings: ReaderSettings): Promise<SourceFormat> {
  const head = await headOf(input, HEAD_BYTES);
  if (isParquet(head)) return "parquet";
  const encoding =
    settings.encoding === "auto" ? detectEncoding(head, input.name) : settings.encoding;
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  const newline = newlineOf(text);
  const first = text.split(newline).find((line) => line.trim() !== "");
  if (first?.trim().startsWith("{") === true) return "jsonl";
  const { syntax } = detectDialect(text, newline, settings);
  const rows = splitRows(text, syntax).filter((row) => row.length > 1 || row[0] !== "");
  const width = rows[0]?.length ?? 0;
  const table = width > 1 && rows.every((row) => row.length === width);
  return table || settings.names !== undefined || settings.delimiter !== undefined ? "csv" : "text";
}
