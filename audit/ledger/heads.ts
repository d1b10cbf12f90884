import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../../pipeline/core/error.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Database } from "./database.ts";
import { readTextFile } from "./files.ts";
import { openNote, parseNote, type VerifierKey } from "./note.ts";

/** A checkpoint that was found, and where. */
export interface Head {
  /** "40.note" for a file, "the database" for a row. */
  readonly source: string;
  readonly note: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The trusted keys that signed it; empty when no key was given. */
  readonly signers: readonly VerifierKey[];
}

/** Reads one note as a checkpoint signed by one of `keys`; with no keys, signatures are not looked at. */
export function readHead(source: string, note: string, keys: readonly VerifierKey[]): Head {
  const { text, signers } =
    keys.length === 0 ? { ...parseNote(note), signers: [] } : openNote(note, keys);
  return { source, note, ...parseCheckpoint(text), signers };
}

/** All checkpoints of a folder and of the database; `refused` says what is wrong with each other file. */
export function collectHeads(
  folder: string,
  db: Database,
  keys: readonly VerifierKey[],
): { readonly heads: readonly Head[]; readonly refused: readonly string[] } {
  const heads: Head[] = [];
  const refused: string[] = [];
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names
    .filter((name) => name.endsWith(".note") && !name.startsWith("."))
    .map((name): [string, string] => [name, readTextFile(join(folder, name)) ?? ""]);
  const rows = db
    .prepare<[], [string]>("SELECT note FROM checkpoint ORDER BY size")
    .raw()
    .all()
    .map(([note]): [string, string] => ["the database", note]);
  for (const [source, note] of [...files, ...rows]) {
    try {
      const head = readHead(source, note, keys);
      heads.push(head);
      const named = /^(\d+)\.note$/.exec(source)?.[1];
      if (named !== undefined && Number(named) !== head.size) {
        refused.push(
          `checkpoint ${source} is over ${head.size} events: it was put in place of another`,
        );
      }
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      refused.push(`checkpoint ${source} cannot be trusted: ${error.message}`);
    }
  }
  return { heads, refused };
}
