import { join } from "node:path";
import { canonicalJson } from "../../pipeline/core/canonical-json.ts";
import { equalBytes, isDigest, sha256 } from "../../pipeline/core/digest.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { readTextFile, writeFileAtomically } from "./files.ts";

/**
 * The largest tree of a log that was ever seen, kept in a folder that whoever can change the log
 * should not be able to change: of another user, on another machine. Undefined when none was seen.
 */
export function recall(folder: string, origin: string): Checkpoint | undefined {
  const path = fileOf(folder, origin);
  const text = readTextFile(path);
  if (text === undefined) return undefined;
  const { origin: of, size, root } = parse(text, path);
  const isWhole = of === origin && Number.isSafeInteger(size) && isDigest(String(root));
  if (!isWhole) throw damaged(path);
  return { origin, size: Number(size), root: Buffer.from(String(root), "hex") };
}

/** Remembers a tree. The caller has checked that it extends the one that was remembered before. */
export function remember(folder: string, { origin, size, root }: Checkpoint): void {
  const before = recall(folder, origin);
  if (before?.size === size && equalBytes(before.root, root)) return;
  const hex = Buffer.from(root).toString("hex");
  writeFileAtomically(fileOf(folder, origin), `${canonicalJson({ origin, root: hex, size })}\n`);
}

function fileOf(folder: string, origin: string): string {
  return join(folder, `${sha256(origin).slice(0, 16)}.json`);
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause?: unknown): PipelineError {
  return new PipelineError(
    "integrity",
    `the memory of the largest tree seen, ${path}, is damaged`,
    {
      cause,
      hint: "compare the ledger with a checkpoint kept elsewhere, then remove the file",
    },
  );
}
