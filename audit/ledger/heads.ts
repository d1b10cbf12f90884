import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../../pipeline/core/error.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Database } from "./database.ts";
import { readTextFile } from "./files.ts";
import { openNote, parseNote, type VerifierKey } from "./note.ts";
import type { TrustedKey } from "./trust.ts";

const MAX_ATTEMPTS = 4;

/** A checkpoint that was found, and where. Nothing in it is verified yet. */
export interface Head {
  /** "40.note" for a file of the folder, "the database" for a row, else the path of a copy. */
  readonly source: string;
  readonly note: string;
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Heads, and what is wrong with each note that is none. */
export interface Heads {
  readonly heads: readonly Head[];
  readonly refused: readonly string[];
}

type Note = readonly [source: string, note: string];

/**
 * Begins a read transaction on the database, and returns all checkpoints of the folder, of the database
 * as it then is, and of copies kept elsewhere. A writer may sign one meanwhile: its file precedes its
 * row, and its events precede both, so files are read first, and again when a row has no file yet.
 */
export function snapshotHeads(folder: string, db: Database, copies: readonly string[]): Heads {
  for (let attempt = 1; ; attempt++) {
    const files = notesIn(folder);
    db.exec("BEGIN");
    const rows = db
      .prepare<[], [string, number]>("SELECT note, size FROM checkpoint ORDER BY size")
      .raw()
      .all();
    const newest = rows.at(-1)?.[1];
    const isBehind = newest !== undefined && !files.some(([name]) => name === `${newest}.note`);
    if (isBehind && attempt < MAX_ATTEMPTS) {
      db.exec("COMMIT");
      continue;
    }
    const stored = rows.map(([note]): Note => ["the database", note]);
    const elsewhere = copies.map((path): Note => [path, readTextFile(path) ?? ""]);
    return settle([...files, ...stored, ...elsewhere], headOf);
  }
}

function notesIn(folder: string): Note[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith(".note") && !name.startsWith("."))
    .map((name) => [name, readTextFile(join(folder, name)) ?? ""]);
}

function headOf([source, note]: Note): Head {
  const { text } = parseNote(note);
  const head = { source, note, text, ...parseCheckpoint(text) };
  const named = /^(\d+)\.note$/.exec(source)?.[1];
  if (named !== undefined && Number(named) !== head.size) {
    throw new PipelineError("integrity", `it is over ${head.size} events, put in place of another`);
  }
  return head;
}

/** The heads that a key signed at a size for which it is trusted. */
export function authenticate(heads: readonly Head[], keys: readonly TrustedKey[]): Heads {
  const known = keys.map(({ key }) => key);
  // A checkpoint is found in several places; its signature is verified once.
  const verified = new Set<string>();
  return settle(
    heads.map((head) => [head.source, head] as const),
    ([, head]) => {
      if (!verified.has(head.note)) requireSigner(head, keys, known);
      verified.add(head.note);
      return head;
    },
  );
}

function requireSigner(
  head: Head,
  keys: readonly TrustedKey[],
  known: readonly VerifierKey[],
): void {
  const { signers } = openNote(head.note, known);
  const mayHave = keys.filter(({ key }) => signers.includes(key));
  if (mayHave.some(({ from, to }) => head.size >= from && head.size <= to)) return;
  const { key, to } = mayHave[0]!;
  throw new PipelineError(
    "integrity",
    `the key ${key.name}+${key.id} may not sign over ${head.size} events, only up to ${to}`,
  );
}

function settle<T extends readonly [string, unknown]>(
  found: readonly T[],
  read: (one: T) => Head,
): Heads {
  const heads: Head[] = [];
  const refused: string[] = [];
  for (const one of found) {
    try {
      heads.push(read(one));
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      refused.push(`checkpoint ${one[0]} cannot be trusted: ${error.message}`);
    }
  }
  return { heads, refused };
}
