import type { Batch } from "../core/types.ts";
import { batchBuilder } from "./batch-builder.ts";
import type { Encoding, Opened, ReaderSettings, Run } from "./contract.ts";
import { detectEncoding, newlineOf, textBlocks } from "./encoding.ts";
import { headOf, type Input } from "./input.ts";

const HEAD_BYTES = 64 * 1024;
/** The longest row, in UTF-16 units. */
const ROW_CHARACTERS = 64 * 1024;

/**
 * Text files as rows of `file` and `text`. A file of at most 65,536 UTF-16 units is one row. A longer
 * one is cut after the last blank line that leaves a row of at most that length, else after the last
 * line end, else between two characters. Nothing is left out: the rows of a file, one after the
 * other, are its text. A line that is not valid text is a bad row. An empty file has a missing text.
 */
export async function openText(
  inputs: readonly Input[],
  settings: ReaderSettings,
): Promise<Opened> {
  const encodings: Encoding[] = [];
  const newlines: ("\n" | "\r")[] = [];
  for (const input of inputs) {
    const head = await headOf(input, HEAD_BYTES);
    const encoding =
      settings.encoding === "auto" ? detectEncoding(head, input.name) : settings.encoding;
    encodings.push(encoding);
    newlines.push(newlineOf(new TextDecoder(encoding).decode(head)));
  }
  return {
    encoding: encodings[0]!,
    columns: [
      { name: "file", type: "text" },
      { name: "text", type: "text" },
    ],
    read: (run) => readText(inputs, encodings, newlines, run),
  };
}

async function* readText(
  inputs: readonly Input[],
  encodings: readonly Encoding[],
  newlines: readonly ("\n" | "\r")[],
  run: Run,
): AsyncGenerator<Batch> {
  const builder = batchBuilder(["file", "text"], run.batchRows);
  const add = (file: string, text: string | null) => {
    builder.cells[0]!.push(file);
    builder.cells[1]!.push(text);
    builder.added(1, text?.length);
  };
  for (const [i, input] of inputs.entries()) {
    const newline = newlines[i]!;
    let kept = "";
    let line = 1;
    let bad = 0;
    let cut = false;
    const chunks = input.open(run.tally(input.name));
    for await (const { text, invalid } of textBlocks(chunks, encodings[i]!, input.name, newline)) {
      const first = line;
      line += countOf(text, newline);
      if (invalid !== undefined) {
        const reason = "it is not valid text in the encoding of the file";
        await run.bad({ file: input.name, line: first, reason, bytes: invalid });
        bad++;
        continue;
      }
      kept += text;
      for (; kept.length > ROW_CHARACTERS; cut = true) {
        const end = rowEnd(kept, newline);
        add(input.name, kept.slice(0, end));
        kept = kept.slice(end);
      }
      yield* builder.full();
    }
    if (kept !== "" || (!cut && bad === 0)) add(input.name, kept === "" ? null : kept);
  }
  yield* builder.full();
  const rest = builder.rest();
  if (rest !== undefined) yield rest;
}

/** Where to cut a text that is longer than a row. */
function rowEnd(text: string, newline: string): number {
  const window = text.slice(0, ROW_CHARACTERS);
  const blank = Math.max(endOf(window, newline + newline), endOf(window, "\n\r\n"));
  if (blank > 0) return blank;
  const line = endOf(window, newline);
  if (line > 0) return line;
  const last = window.charCodeAt(ROW_CHARACTERS - 1);
  return last >= 0xd800 && last <= 0xdbff ? ROW_CHARACTERS - 1 : ROW_CHARACTERS;
}

function endOf(text: string, part: string): number {
  const at = text.lastIndexOf(part);
  return at < 0 ? 0 : at + part.length;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let i = text.indexOf(part); i >= 0; i = text.indexOf(part, i + 1)) count++;
  return count;
}
