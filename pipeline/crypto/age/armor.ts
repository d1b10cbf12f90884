import { PipelineError } from "../../core/error.ts";

const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";
const COLUMNS = 64;

/** An age file as text (RFC 7468, strict): padded base64 in lines of 64 columns between two markers. */
export async function* encodeArmor(file: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield Buffer.from(`${BEGIN}\n`);
  const bytesPerLine = (COLUMNS / 4) * 3;
  let held = Buffer.alloc(0);
  for await (const piece of file) {
    held = Buffer.concat([held, piece]);
    const whole = held.length - (held.length % bytesPerLine);
    if (whole > 0) yield lines(held.subarray(0, whole));
    held = Buffer.from(held.subarray(whole));
  }
  yield Buffer.concat([lines(held), Buffer.from(`${END}\n`)]);
}

/**
 * The bytes inside an armored file. White space may stand before and after, lines may end in CRLF;
 * anything else that `encodeArmor` does not write throws `format`.
 */
export async function* decodeArmor(text: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const decoder = new Decoder();
  for await (const line of splitLines(text)) {
    const bytes = decoder.line(line);
    if (bytes.length > 0) yield bytes;
  }
  decoder.end();
}

/** Whether a file that begins with these bytes is armored. */
export function isArmored(start: Uint8Array): boolean {
  return Buffer.from(start).toString("latin1").trimStart().startsWith("-----BEGIN AGE");
}

class Decoder {
  #state: "before" | "inside" | "short" | "after" = "before";

  line(line: string): Uint8Array {
    switch (this.#state) {
      case "before":
        if (line === BEGIN) this.#state = "inside";
        else if (line.trim() !== "") fail("there is text before its first line");
        return new Uint8Array(0);
      case "inside":
        if (line === END) this.#state = "after";
        else return this.#body(line);
        return new Uint8Array(0);
      case "short":
        if (line !== END) fail("a short line is not the last one");
        this.#state = "after";
        return new Uint8Array(0);
      case "after":
        if (line.trim() !== "") fail("there is text after its last line");
        return new Uint8Array(0);
    }
  }

  end(): void {
    if (this.#state !== "after") fail("its last line is missing");
  }

  #body(line: string): Uint8Array {
    const bytes = Buffer.from(line, "base64");
    if (line === "" || line.length > COLUMNS || bytes.toString("base64") !== line) {
      fail("a line is not canonical base64 of at most 64 columns");
    }
    // Padding ends the data even on a line of full length.
    if (line.length < COLUMNS || line.endsWith("=")) this.#state = "short";
    return bytes;
  }
}

async function* splitLines(text: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  // The longest line inside is the first marker; more white space than this is refused outside.
  const longest = 1024;
  let held = "";
  for await (const piece of text) {
    held += Buffer.from(piece).toString("latin1");
    const parts = held.split("\n");
    held = parts.pop() ?? "";
    for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
    if (held.length > longest) fail("a line is too long");
  }
  if (held !== "") yield held;
}

function lines(bytes: Buffer): Buffer {
  const text = bytes.toString("base64");
  return Buffer.from(text.replace(/.{1,64}/g, "$&\n"));
}

function fail(why: string): never {
  throw new PipelineError("format", `cannot read the file as age armor: ${why}`);
}
