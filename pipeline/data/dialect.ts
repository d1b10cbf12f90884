import type { ColumnType } from "../core/types.ts";
import { missingTest, typeOfText, widerType } from "./cell-type.ts";
import type { Dialect, ReaderSettings } from "./contract.ts";
import { csvSplitter, fieldText, type CsvSyntax } from "./csv-records.ts";

const DELIMITERS = [",", "\t", ";", "|"];
/** What a person writes over a column: words, no address, no date, not only digits. */
const NAME_LIKE = /^[\p{L}_#$%][\p{L}\p{M}\p{N}_ .\-/()%#$?:&']{0,63}$/u;

/**
 * The dialect of the first lines of a CSV file. The delimiter is the one that cuts most records into
 * the same number (above one) of fields. `first` has the rows found with it, header included.
 */
export function detectDialect(
  head: string,
  newline: "\n" | "\r",
  settings: ReaderSettings,
): { readonly dialect: Dialect; readonly syntax: CsvSyntax } {
  const quote = settings.quote;
  const delimiter = settings.delimiter ?? bestDelimiter(head, newline, quote);
  const spaced = settings.trim ?? spaceFollows(head, delimiter, newline);
  const syntax: CsvSyntax = { delimiter, quote, newline, trim: spaced };
  const rows = splitRows(head, syntax);
  const header =
    settings.names !== undefined
      ? false
      : settings.header === "auto"
        ? looksLikeHeader(rows, settings.missing)
        : settings.header;
  return { dialect: { delimiter, quote, header, trim: spaced }, syntax };
}

/** The fields of the records that end in a text. */
export function splitRows(text: string, syntax: CsvSyntax): string[][] {
  const rows: string[][] = [];
  const splitter = csvSplitter("", syntax, 0, {
    record(record) {
      rows.push(
        Array.from({ length: record.fields }, (_, i) => fieldText(record, i, syntax.quote)),
      );
    },
    bad: () => undefined,
  });
  splitter.push({ text });
  // The head is cut anywhere: its last record counts only if it is the only one.
  if (rows.length === 0) splitter.end();
  return rows;
}

function bestDelimiter(head: string, newline: "\n" | "\r", quote: string): string {
  let best = ",";
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const rows = splitRows(head, { delimiter, quote, newline, trim: true });
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
    for (const [fields, times] of counts) {
      // Agreement first; among delimiters that agree, more fields.
      const score = fields < 2 ? 0 : (times / rows.length) ** 4 * (1 + Math.log(fields));
      if (score > bestScore) [best, bestScore] = [delimiter, score];
    }
  }
  return best;
}

function spaceFollows(head: string, delimiter: string, newline: string): boolean {
  const lines = head.split(newline).slice(0, 200);
  let followed = 0;
  let others = 0;
  for (const line of lines.length > 1 ? lines.slice(0, -1) : lines) {
    for (let i = line.indexOf(delimiter); i >= 0; i = line.indexOf(delimiter, i + 1)) {
      if (line[i + 1] === " ") followed++;
      else others++;
    }
  }
  // Commas inside quoted text are followed by spaces too; a table without the habit has others.
  return followed > 0 && others * 50 <= followed;
}

function looksLikeHeader(
  rows: readonly (readonly string[])[],
  missing: readonly string[],
): boolean {
  const [first, ...body] = rows;
  if (first === undefined) return true;
  const named = first.filter((name) => name.trim() !== "");
  if (named.length === 0 || named.length < first.length - 1) return false;
  if (!named.every((name) => NAME_LIKE.test(name.trim()))) return false;
  const types = typesOf(body, first.length, missing);
  if (types.some((type) => type !== "text" && type !== "empty")) return true;
  // All is text: a header does not come back as a value of its own column.
  return !body.some((row) => row.some((cell, i) => cell !== "" && cell === first[i]));
}

function typesOf(
  rows: readonly (readonly string[])[],
  columns: number,
  missing: readonly string[],
): ColumnType[] {
  const isMissing = missingTest(missing);
  const types = Array.from({ length: columns }, (): ColumnType => "empty");
  for (const row of rows) {
    if (row.length !== columns) continue;
    row.forEach((cell, i) => {
      const text = cell.trim();
      if (isMissing(text, 0, text.length)) return;
      types[i] = widerType(types[i]!, typeOfText(text));
    });
  }
  return types;
}
