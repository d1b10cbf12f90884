import { equalBytes, hmacSha256 } from "../../core/digest.ts";
import { PipelineError } from "../../core/error.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { hkdf, noSalt } from "../hkdf.ts";

/** Bytes of the longest header that is read or written. */
export const MAX_HEADER = 16 * 1024;

/** One wrapped file key: `args[0]` is its type. Arguments are visible ASCII without spaces. */
export interface Stanza {
  readonly args: readonly [string, ...string[]];
  readonly body: Uint8Array;
}

/** The header of an age v1 file (C2SP age, "The age file format"), before its payload. */
export interface Header {
  readonly stanzas: readonly Stanza[];
  /** HMAC-SHA-256 over everything up to and including `---`. */
  readonly mac: Uint8Array;
}

const VERSION = "age-encryption.org/v1";
const COLUMNS = 64;

/**
 * Parses the header at the start of `bytes` and tells how long it is. Accepts exactly what
 * `serializeHeader` writes, so parsing and writing again gives the same bytes. Throws `format`.
 * `bytes` are attacker-controlled: nothing is computed from them but lengths.
 */
export function parseHeader(bytes: Uint8Array): {
  readonly header: Header;
  readonly length: number;
} {
  const lines = new Lines(bytes);
  const version = lines.next();
  if (version !== VERSION) fail("it does not begin with the line of an age v1 file");
  const stanzas: Stanza[] = [];
  for (;;) {
    const line = lines.next();
    if (line.startsWith("--- ")) {
      const mac = decodeBase64(line.slice(4));
      if (mac?.length !== 32) fail("its MAC is not 32 bytes of canonical base64");
      if (stanzas.length === 0) fail("it has no stanza");
      return { header: { stanzas, mac }, length: lines.at };
    }
    if (!line.startsWith("-> ")) fail("a line is neither a stanza nor the MAC");
    stanzas.push({ args: parseArguments(line.slice(3)), body: parseBody(lines) });
  }
}

/** The bytes of a header whose MAC is made with this file key. Throws `format` beyond 16 KiB. */
export function serializeHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): Uint8Array {
  const text = upToMac(stanzas);
  const bytes = Buffer.from(`${text} ${encodeBase64(macOf(text, fileKey))}\n`);
  if (bytes.length > MAX_HEADER) {
    throw new PipelineError("format", `cannot write a header of ${bytes.length} bytes`, {
      hint: `a header has at most ${MAX_HEADER} bytes: use fewer recipients`,
    });
  }
  return bytes;
}

/**
 * Throws `integrity` unless the header's MAC was made with this file key. The MAC key is derived by
 * HKDF and HMAC-SHA-256, so it also commits to the file key: no header has two.
 */
export function checkMac(header: Header, fileKey: Uint8Array): void {
  if (!equalBytes(macOf(upToMac(header.stanzas), fileKey), header.mac)) {
    throw new PipelineError("integrity", "the header of the encrypted file was changed");
  }
}

function macOf(text: string, fileKey: Uint8Array): Uint8Array {
  return hmacSha256(hkdf(fileKey, noSalt, "header", 32), text);
}

function upToMac(stanzas: readonly Stanza[]): string {
  const parts = stanzas.map(({ args, body }) => {
    const text = encodeBase64(body);
    let folded = "";
    // The last line is shorter than a full one, even if that leaves it empty.
    for (let i = 0; i <= text.length; i += COLUMNS) folded += `${text.slice(i, i + COLUMNS)}\n`;
    return `-> ${args.join(" ")}\n${folded}`;
  });
  return `${VERSION}\n${parts.join("")}---`;
}

function parseArguments(text: string): Stanza["args"] {
  const [type, ...rest] = text.split(" ");
  const visible = /^[\x21-\x7e]+$/;
  if (type === undefined || ![type, ...rest].every((arg) => visible.test(arg))) {
    fail("a stanza's arguments are not visible characters with single spaces between");
  }
  return [type, ...rest];
}

function parseBody(lines: Lines): Uint8Array {
  const parts: Uint8Array[] = [];
  for (;;) {
    const line = lines.next();
    const bytes = decodeBase64(line);
    if (bytes === undefined || line.length > COLUMNS) {
      fail("a stanza's body is not canonical base64 in lines of 64 columns");
    }
    parts.push(bytes);
    if (line.length < COLUMNS) return Buffer.concat(parts);
  }
}

class Lines {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0 || end >= MAX_HEADER) fail("its header does not end within 16 KiB");
    const line = Buffer.from(this.#bytes.subarray(this.at, end)).toString("latin1");
    this.at = end + 1;
    return line;
  }
}

function fail(why: string): never {
  throw new PipelineError("format", `cannot read the file as age v1: ${why}`);
}
