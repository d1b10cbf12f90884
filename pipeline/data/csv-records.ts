import { PipelineError } from "../core/error.ts";
import { MAX_RECORD_BYTES } from "./contract.ts";
import type { TextBlock } from "./encoding.ts";

export interface CsvSyntax {
  readonly delimiter: string;
  /** One character, or "" where nothing is quoted. */
  readonly quote: string;
  readonly newline: "\n" | "\r";
  /** Whether white space before an opening and after a closing quote is skipped. */
  readonly trim: boolean;
}

/**
 * One record, valid until the sink returns. Field i is `text.slice(starts[i], ends[i])`, without its
 * quotes; where `doubled[i]` is 1 it still holds doubled quotes.
 */
export interface CsvRecord {
  text: string;
  fields: number;
  starts: Int32Array;
  ends: Int32Array;
  doubled: Uint8Array;
  /** Line it starts on, from 1. */
  line: number;
}

/** A record that is none: `bytes` as in `BadRow`. */
interface BadRecord {
  readonly line: number;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

export interface CsvSink {
  record(record: CsvRecord): void;
  bad(record: BadRecord): void;
}

export interface CsvSplitter {
  /** Reports the records that end in this block; the rest is kept for the next. */
  push(block: TextBlock): void;
  /** Reports what is left: a last line without line end, or a quote that was never closed. */
  end(): void;
}

const NONE = -1;
const TAB = 9;
const CR = 13;
const SPACE = 32;

/**
 * Splits text into records (RFC 4180, with any delimiter, quote and line end). Blank lines are no
 * records, but for files of one column, where they are an empty field. A quote inside an unquoted
 * field is a character like others; text after a closing quote makes a bad record. Throws `row` for
 * a record longer than `MAX_RECORD_BYTES`, which nobody could hold to its end.
 */
export function csvSplitter(
  file: string,
  syntax: CsvSyntax,
  columns: number,
  sink: CsvSink,
): CsvSplitter {
  const delimiter = syntax.delimiter.charCodeAt(0);
  const newline = syntax.newline.charCodeAt(0);
  const quote = syntax.quote === "" ? NONE : syntax.quote.charCodeAt(0);
  const record: CsvRecord = {
    text: "",
    fields: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    doubled: new Uint8Array(64),
    line: 1,
  };
  let kept = "";
  let pending: string[] = [];
  let pendingLength = 0;
  const spoils: Spoil[] = [];
  let line = 1;

  return {
    push({ text, invalid }) {
      const from = kept.length + pendingLength;
      if (invalid !== undefined) spoils.push({ from, to: from + text.length, bytes: invalid });
      pending.push(text);
      pendingLength += text.length;
      // A long record is read again from its start, but only once it has grown by half: linear time.
      if (pendingLength * 2 >= kept.length) split(false);
    },
    end() {
      split(true);
    },
  };

  function split(last: boolean): void {
    const text = kept === "" && pending.length === 1 ? pending[0]! : kept + pending.join("");
    pending = [];
    pendingLength = 0;
    let at = 0;
    while (at < text.length) {
      const next = readRecord(text, at, last);
      if (next < 0) break;
      at = next;
    }
    kept = text.slice(at);
    for (const spoil of spoils) {
      spoil.from -= at;
      spoil.to -= at;
    }
    if (kept.length > MAX_RECORD_BYTES) {
      throw new PipelineError("row", `${file}, line ${line}: the record is longer than 16 MiB`, {
        hint: "a quote may be opened there and never closed",
      });
    }
  }

  /** Reports the record at `at`; gives the place after it, or -1 where it does not end in this text. */
  function readRecord(text: string, at: number, last: boolean): number {
    const length = text.length;
    let fields = 0;
    let breaks = 0; // line ends inside quotes
    for (let p = at; ; p++) {
      if (syntax.trim) p = skipSpace(text, p);
      let start = p;
      let end: number;
      let doubled = 0;
      let code = p < length ? text.charCodeAt(p) : NONE;
      if (code === quote && code !== NONE) {
        start = p + 1;
        end = text.indexOf(syntax.quote, start);
        while (end >= 0 && text.charCodeAt(end + 1) === quote) {
          doubled = 1;
          end = text.indexOf(syntax.quote, end + 2);
        }
        if (!last && (end < 0 || end + 1 === length)) return NONE;
        if (end < 0) return fail(text, at, length, 0, "a quote is opened and never closed");
        breaks += occurrences(text, syntax.newline, start, end);
        p = end + 1;
        if (syntax.trim) p = skipSpace(text, p);
        code = p < length ? text.charCodeAt(p) : NONE;
        if (code === CR && newline !== CR) code = ++p < length ? text.charCodeAt(p) : NONE;
        if (code !== delimiter && code !== newline && code !== NONE) {
          const stop = text.indexOf(syntax.newline, p);
          if (stop < 0 && !last) return NONE;
          const next = stop < 0 ? length : stop + 1;
          return fail(text, at, next, breaks, "text follows a closing quote");
        }
      } else {
        while (code !== delimiter && code !== newline && code !== NONE) {
          code = ++p < length ? text.charCodeAt(p) : NONE;
        }
        end = p;
        if (code !== delimiter && end > start && text.charCodeAt(end - 1) === CR) end--;
      }
      if (code === NONE && !last) return NONE;
      if (fields === record.starts.length) grow(record);
      record.starts[fields] = start;
      record.ends[fields] = end;
      record.doubled[fields] = doubled;
      fields++;
      if (code === delimiter) continue;
      return report(text, at, Math.min(p + 1, length), fields, breaks);
    }
  }

  function report(text: string, at: number, next: number, fields: number, breaks: number): number {
    if (spoils.length > 0 && spoils[0]!.from < next) {
      return fail(text, at, next, breaks, "it is not valid text in the encoding of the file");
    }
    const blank = fields === 1 && columns !== 1 && record.starts[0] === record.ends[0];
    if (!blank) {
      record.text = text;
      record.fields = fields;
      record.line = line;
      sink.record(record);
    }
    line += 1 + breaks;
    return next;
  }

  function fail(text: string, at: number, next: number, breaks: number, reason: string): number {
    const parts: Buffer[] = [];
    let from = at;
    let used = 0;
    for (; used < spoils.length && spoils[used]!.from < next; used++) {
      const spoil = spoils[used]!;
      parts.push(Buffer.from(text.slice(from, spoil.from)), spoil.bytes);
      from = spoil.to;
    }
    spoils.splice(0, used);
    parts.push(Buffer.from(text.slice(from, next)));
    sink.bad({ line, reason, bytes: Buffer.concat(parts) });
    line += 1 + breaks;
    return next;
  }

  function skipSpace(text: string, from: number): number {
    let p = from;
    for (; p < text.length; p++) {
      const code = text.charCodeAt(p);
      if ((code !== SPACE && code !== TAB) || code === delimiter) break;
    }
    return p;
  }
}

/** A range of the text that stands for bytes that are no text. */
interface Spoil {
  from: number;
  to: number;
  readonly bytes: Buffer;
}

/** The text of a field, quotes undoubled. */
export function fieldText(record: CsvRecord, i: number, quote: string): string {
  const text = record.text.slice(record.starts[i], record.ends[i]);
  return record.doubled[i] === 1 ? text.replaceAll(quote + quote, quote) : text;
}

/** The record as it stands in the file, for quarantine: from its first field to its last. */
export function recordBytes(record: CsvRecord, syntax: CsvSyntax): Uint8Array {
  let from = record.starts[0]!;
  let to = record.ends[record.fields - 1]!;
  if (from > 0 && record.text[from - 1] === syntax.quote) from--;
  if (syntax.quote !== "" && record.text[to] === syntax.quote) to++;
  return Buffer.from(record.text.slice(from, to));
}

function occurrences(text: string, part: string, from: number, to: number): number {
  let count = 0;
  for (let i = text.indexOf(part, from); i >= 0 && i < to; i = text.indexOf(part, i + 1)) count++;
  return count;
}

function grow(record: CsvRecord): void {
  const size = record.starts.length * 2;
  const starts = new Int32Array(size);
  const ends = new Int32Array(size);
  const doubled = new Uint8Array(size);
  starts.set(record.starts);
  ends.set(record.ends);
  doubled.set(record.doubled);
  record.starts = starts;
  record.ends = ends;
  record.doubled = doubled;
}
