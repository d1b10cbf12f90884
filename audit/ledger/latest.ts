import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "../../pipeline/core/digest.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import { parseCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { readTextFile, writeFileAtomically } from "./files.ts";
import { treeRoot, type NodeReader } from "./merkle.ts";
import { parseNote } from "./note.ts";

/** The newest checkpoint on disk, as its note and what it says. */
export interface Latest {
  readonly note: string;
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** Reads latest.note; undefined when there is no checkpoint. Throws `integrity` when it was set back. */
export function readLatest(folder: string, origin: string): Latest | undefined {
  const note = readTextFile(join(folder, "latest.note"));
  const largest = largestNote(folder);
  if (note === undefined) {
    if (largest === undefined) return undefined;
    throw new PipelineError("integrity", `latest.note is missing beside ${largest}.note`);
  }
  const { text } = parseNote(note);
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== origin) {
    throw new PipelineError(
      "integrity",
      `the latest checkpoint is of ${checkpoint.origin}, not of this ledger, ${origin}`,
    );
  }
  if (largest !== undefined && largest > checkpoint.size) {
    throw new PipelineError(
      "integrity",
      `latest.note is over ${checkpoint.size} events, older than ${largest}.note`,
      { hint: "an older one was put back: run probity ledger verify" },
    );
  }
  return { note, text, checkpoint };
}

/**
 * Writes a checkpoint as the latest one and under its size. In this order, because a crash between the
 * two must not look like an older checkpoint put back.
 */
export function writeLatest(folder: string, size: number, note: string): void {
  writeFileAtomically(join(folder, "latest.note"), note);
  writeFileAtomically(join(folder, `${size}.note`), note);
}

/** Throws `integrity` unless the stored tree of `size` events extends `former`, which `whose` was. */
export function requireExtension(
  read: NodeReader,
  size: number,
  former: Checkpoint,
  whose: "signed over" | "seen before",
): void {
  if (former.size > size) {
    const claim =
      whose === "signed over"
        ? `a checkpoint was signed over ${former.size}`
        : `${former.size} were seen before`;
    throw new PipelineError("integrity", `the ledger has ${size} events, but ${claim}`, {
      hint: "an older copy was put back or its end was cut off: run probity ledger verify",
    });
  }
  if (!equalBytes(treeRoot(read, former.size), former.root)) {
    const claim = whose === "signed over" ? "of the latest checkpoint" : "seen before";
    throw new PipelineError(
      "integrity",
      `the first ${former.size} events of the ledger are not those ${claim}`,
      { hint: "its history was rewritten: run probity ledger verify" },
    );
  }
}

function largestNote(folder: string): number | undefined {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const sizes = names.flatMap((name) => /^(\d{1,15})\.note$/.exec(name)?.[1] ?? []).map(Number);
  return sizes.length === 0 ? undefined : sizes.reduce((a, b) => Math.max(a, b));
}
