import { isAscii, isUtf8 } from "node:buffer";
import { PipelineError } from "../core/error.ts";
import { MAX_RECORD_BYTES, type Encoding } from "./contract.ts";
import { binaryKind } from "./magic.ts";

/** Whole lines of text. `invalid` has the bytes of a line that is not text in its encoding. */
export interface TextBlock {
  readonly text: string;
  readonly invalid?: Buffer;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * The encoding of the first bytes of a text file: its byte order mark, else UTF-8, unless most of
 * its lines are not and the bytes are plainly UTF-16 or Chinese in GB18030. Throws `source` for a
 * binary file.
 */
export function detectEncoding(head: Buffer, name: string): Encoding {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return "utf-8";
  if (startsWith(head, 0xff, 0xfe)) return "utf-16le";
  if (startsWith(head, 0xfe, 0xff)) return "utf-16be";
  if (startsWith(head, 0x84, 0x31, 0x95, 0x33)) return "gb18030";
  const kind = binaryKind(head);
  if (kind !== undefined) throw new PipelineError("source", `${name} is ${kind}, not text`);
  if (head.includes(0)) {
    const wide = wideEncoding(head);
    if (wide === undefined) {
      throw new PipelineError("source", `${name} is a binary file: it holds NUL bytes`);
    }
    return wide;
  }
  return mostLinesAreUtf8(head) || !looksChinese(head) ? "utf-8" : "gb18030";
}

/** The line end of the first bytes: LF, or CR where there is no LF at all. */
export function newlineOf(text: string): "\n" | "\r" {
  return !text.includes("\n") && text.includes("\r") ? "\r" : "\n";
}

/**
 * Decodes bytes in blocks that end at line ends. A block that is not valid is decoded line by line,
 * so that one bad byte spoils one line. The byte order mark goes. Throws `source` for a line longer
 * than `MAX_RECORD_BYTES`.
 */
export async function* textBlocks(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
  name: string,
  newline: "\n" | "\r" = "\n",
): AsyncGenerator<TextBlock> {
  const end = newline === "\n" ? LF : CR;
  let kept: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of chunks) {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    const cut = lastLineEnd(bytes, encoding, end, kept.length);
    kept = bytes.subarray(cut);
    if (kept.length > MAX_RECORD_BYTES) {
      throw new PipelineError("source", `${name} has a line longer than 16 MiB`);
    }
    if (cut === 0) continue;
    yield* decodeLines(bytes.subarray(0, cut), encoding, end, first);
    first = false;
  }
  if (kept.length > 0) yield* decodeLines(kept, encoding, end, first);
}

function* decodeLines(
  bytes: Buffer,
  encoding: Encoding,
  end: number,
  first: boolean,
): Generator<TextBlock> {
  const text = decode(bytes, encoding);
  if (text !== undefined) {
    const clean = first ? withoutMark(text) : text;
    if (clean !== "") yield { text: clean };
    return;
  }
  const lossy = new TextDecoder(encoding, { ignoreBOM: true });
  let start = 0;
  while (start < bytes.length) {
    const stop = nextLineEnd(bytes, encoding, end, start);
    const line = bytes.subarray(start, stop);
    const decoded = decode(line, encoding);
    const shown = decoded ?? lossy.decode(line);
    const clean = first && start === 0 ? withoutMark(shown) : shown;
    if (decoded === undefined) yield { text: clean, invalid: line };
    else if (clean !== "") yield { text: clean };
    start = stop;
  }
}

function decode(bytes: Buffer, encoding: Encoding): string | undefined {
  if (encoding === "utf-8") {
    // One-byte strings are both smaller and faster to scan.
    if (isAscii(bytes)) return bytes.toString("latin1");
    return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  }
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

// In UTF-8 and GB18030 a byte below 0x30 is never part of a longer character, so a line end can be
// searched as a byte; in UTF-16 it is a pair at an even place.
function lastLineEnd(bytes: Buffer, encoding: Encoding, end: number, from: number): number {
  if (!isWide(encoding)) return bytes.lastIndexOf(end) + 1;
  const low = encoding === "utf-16le" ? 0 : 1;
  for (let i = (bytes.length & ~1) - 2; i >= Math.max(0, (from & ~1) - 2); i -= 2) {
    if (bytes[i + low] === end && bytes[i + 1 - low] === 0) return i + 2;
  }
  return 0;
}

function nextLineEnd(bytes: Buffer, encoding: Encoding, end: number, from: number): number {
  if (!isWide(encoding)) {
    const at = bytes.indexOf(end, from);
    return at < 0 ? bytes.length : at + 1;
  }
  const low = encoding === "utf-16le" ? 0 : 1;
  for (let i = from; i + 1 < bytes.length; i += 2) {
    if (bytes[i + low] === end && bytes[i + 1 - low] === 0) return i + 2;
  }
  return bytes.length;
}

function isWide(encoding: Encoding): boolean {
  return encoding === "utf-16le" || encoding === "utf-16be";
}

function startsWith(bytes: Buffer, ...start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** UTF-16 without a mark: line ends, commas and digits leave NULs at even or at odd places only. */
function wideEncoding(head: Buffer): Encoding | undefined {
  const nuls = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) nuls[i & 1]!++;
  const encoding = nuls[0] === 0 ? "utf-16le" : nuls[1] === 0 ? "utf-16be" : undefined;
  if (encoding === undefined) return undefined;
  const whole = head.subarray(0, lastLineEnd(head, encoding, LF, 0) || head.length & ~1);
  // A few stray NULs are no encoding: at least one character in ten has one in UTF-16 tables.
  return nuls[0]! + nuls[1]! >= head.length / 20 && decode(whole, encoding) !== undefined
    ? encoding
    : undefined;
}

function mostLinesAreUtf8(head: Buffer): boolean {
  // The head may end inside a character: its last line does not count unless it is the only one.
  const whole = head.lastIndexOf(LF) + 1;
  const bytes = whole > 0 ? head.subarray(0, whole) : head;
  if (isUtf8(bytes)) return true;
  let valid = 0;
  let invalid = 0;
  for (let start = 0; start < bytes.length;) {
    const stop = nextLineEnd(bytes, "utf-8", LF, start);
    const line = bytes.subarray(start, stop);
    if (!isAscii(line)) {
      if (isUtf8(line)) valid++;
      else invalid++;
    }
    start = stop;
  }
  return valid >= invalid;
}

/** Nine in ten of its longer characters are the pairs of GB 2312, which Latin-1 text never shows. */
function looksChinese(head: Buffer): boolean {
  let pairs = 0;
  let others = 0;
  for (let i = 0; i < head.length; i++) {
    const byte = head[i]!;
    if (byte < 0x80) continue;
    const next = head[i + 1] ?? 0;
    if (byte >= 0xa1 && byte <= 0xf7 && next >= 0xa1) pairs++;
    else others++;
    i++;
  }
  return pairs > 0 && pairs >= 9 * others;
}
