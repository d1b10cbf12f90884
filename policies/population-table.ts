import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { PipelineError } from "../pipeline/core/error.ts";
import type { Digest } from "../pipeline/core/types.ts";
import type { PolicyFile } from "./source-map.ts";

/** The table of everybody whom a table was drawn from: where it lies, and its bytes' SHA-256. */
export interface PopulationTable {
  readonly path: string;
  readonly sha256: Digest;
}

const PATH = ["deidentify", "anonymity", "population_table"];

/** Finds the population table beside the policy that names it. Throws `policy` where it cannot be read. */
export function readPopulationTable(
  name: unknown,
  files: readonly PolicyFile[],
  folder: string,
): PopulationTable | undefined {
  if (typeof name !== "string") return undefined;
  const owner = files.find((f) => f.has(PATH));
  const path = resolve(owner === undefined ? folder : dirname(owner.file), name);
  try {
    return { path, sha256: digestOfFile(path) };
  } catch (cause) {
    throw new PipelineError("policy", `${PATH.join(".")}: cannot read ${path}`, { cause });
  }
}

/** Piece by piece: a population is larger than the table drawn from it. */
function digestOfFile(path: string): Digest {
  const file = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const piece = new Uint8Array(1 << 20);
    for (;;) {
      const bytes = readSync(file, piece);
      if (bytes === 0) return hash.digest("hex") as Digest;
      hash.update(piece.subarray(0, bytes));
    }
  } finally {
    closeSync(file);
  }
}
