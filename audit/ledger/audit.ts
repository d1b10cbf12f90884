import { equalBytes } from "../../pipeline/core/digest.ts";
import { openForReading, withSqliteErrors, type Database } from "./database.ts";
import { Frontier } from "./frontier.ts";
import { collectHeads, type Head } from "./heads.ts";
import { judgeHeads } from "./judge.ts";
import { parseVerifierKey, type VerifierKey } from "./note.ts";
import { scanEvents } from "./scan.ts";
import { ledgerSchema } from "./tree-store.ts";
import type { LedgerProblem, LedgerVerdict } from "./verdict.ts";

/** `checkpoints` is the folder of notes, `publicKey` the verifier key of the ledger. */
export interface LedgerAudit {
  readonly database: string;
  readonly checkpoints: string;
  readonly publicKey?: string;
}

/**
 * Reads all events once, computes the tree anew, and holds it against the stored tree and every
 * checkpoint. Memory does not grow with the number of events.
 */
export function verifyLedger(options: LedgerAudit): LedgerVerdict {
  const keys = options.publicKey === undefined ? [] : [parseVerifierKey(options.publicKey)];
  const db = openForReading(options.database, ledgerSchema);
  try {
    return withSqliteErrors(`read the ledger ${options.database}`, () => audit(db, options, keys));
  } finally {
    db.close();
  }
}

function audit(db: Database, options: LedgerAudit, keys: readonly VerifierKey[]): LedgerVerdict {
  // One snapshot: events that others append meanwhile belong to the next check.
  db.exec("BEGIN");
  const { heads, refused } = collectHeads(options.checkpoints, db, keys);
  const problems: LedgerProblem[] = refused.map((message) => ({ fault: "checkpoint", message }));
  const roots = rootsAt(heads);
  const frontier = new Frontier();
  const scan = scanEvents(db, frontier, roots);
  problems.push(...scan.problems);
  const origin = originOf(db);
  const judged = judgeHeads({
    heads,
    roots,
    origin,
    read: frontier.size,
    size: scan.size,
    cutOff: scan.cutOff,
  });
  problems.push(...judged.problems);
  const trusted = Math.min(judged.signed, scan.intact);
  return {
    ok: problems.length === 0,
    origin,
    size: frontier.size,
    root: Buffer.from(frontier.root()).toString("hex"),
    anchored: { from: 0, to: 0 },
    signed: { from: 0, to: trusted },
    unsigned: { from: trusted, to: frontier.size },
    authenticated: keys.length > 0,
    checkpoints: heads.filter(isFirstOfItsNote).length,
    problems,
  };
}

// The sizes at which a root is wanted; the scan fills them in.
function rootsAt(heads: readonly Head[]): Map<number, Uint8Array | undefined> {
  const sizes = [...new Set(heads.map((head) => head.size))].sort((a, b) => a - b);
  return new Map(sizes.map((size) => [size, undefined]));
}

function originOf(db: Database): string {
  const origin = db.prepare("SELECT value FROM setting WHERE name = 'origin'").pluck().get();
  return typeof origin === "string" ? origin : "";
}

function isFirstOfItsNote(head: Head, index: number, heads: readonly Head[]): boolean {
  return (
    heads.findIndex((other) => other.size === head.size && equalBytes(other.root, head.root)) ===
    index
  );
}
