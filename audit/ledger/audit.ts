import { findAnchors, type AnchorTrust } from "./anchors.ts";
import { openForReading, withSqliteErrors, type Database } from "./database.ts";
import { Frontier } from "./frontier.ts";
import { authenticate, snapshotHeads, type Head } from "./heads.ts";
import { fits, judgeHeads, judgeMemory, largest } from "./judge.ts";
import { recall, remember } from "./memory.ts";
import { encodeVerifierKey, parseVerifierKey, type VerifierKey } from "./note.ts";
import { scanEvents } from "./scan.ts";
import { ledgerSchema } from "./tree-store.ts";
import { trustFrom } from "./trust.ts";
import type { LedgerProblem, LedgerVerdict } from "./verdict.ts";

/** `checkpoints` is the folder of notes. */
export interface LedgerAudit extends AnchorTrust {
  readonly database: string;
  readonly checkpoints: string;
  /** The verifier key of the ledger: any one of those that it had, for rotations are followed. */
  readonly publicKey?: string;
  /** A folder of the reader's own, in which the largest tree ever seen is remembered. */
  readonly memory?: string;
}

/**
 * Reads all events once, computes the tree anew, and holds it against the stored tree and every
 * checkpoint. Memory does not grow with the number of events.
 */
export function verifyLedger(options: LedgerAudit): LedgerVerdict {
  const key = options.publicKey === undefined ? undefined : parseVerifierKey(options.publicKey);
  const db = openForReading(options.database, ledgerSchema);
  try {
    return withSqliteErrors(`read the ledger ${options.database}`, () => audit(db, options, key));
  } finally {
    db.close();
  }
}

/**
 * All signing keys that a ledger had, oldest first, as verifier keys, by following its rotations from
 * the one that is known: for a report that was signed under an earlier or a later key. Take it from a
 * ledger that `verifyLedger` passed.
 */
export function keysOfLedger(database: string, publicKey: string): readonly string[] {
  const known = parseVerifierKey(publicKey);
  const db = openForReading(database, ledgerSchema);
  try {
    return withSqliteErrors(`read the ledger ${database}`, () => {
      const { keyEvents } = scanEvents(db, new Frontier(), new Map());
      const keys = trustFrom(known, originOf(db), keyEvents);
      return keys.map(({ key }) => encodeVerifierKey(key.name, key.publicKey));
    });
  } finally {
    db.close();
  }
}

function audit(db: Database, options: LedgerAudit, key: VerifierKey | undefined): LedgerVerdict {
  // One snapshot: events that others append meanwhile belong to the next check.
  const found = snapshotHeads(options.checkpoints, db, options.copies ?? []);
  const origin = originOf(db);
  const seen = options.memory === undefined ? undefined : recall(options.memory, origin);
  const roots = rootsAt([...found.heads.map((head) => head.size), ...(seen ? [seen.size] : [])]);
  const frontier = new Frontier();
  const scan = scanEvents(db, frontier, roots);
  const trusted =
    key === undefined
      ? { heads: found.heads, refused: [] }
      : authenticate(found.heads, trustFrom(key, origin, scan.keyEvents));
  const { heads } = trusted;
  const { size, cutOff } = scan;
  const judged = judgeHeads({ heads, roots, origin, read: frontier.size, size, cutOff });
  const fitting = heads.filter((head) => fits(head, roots));
  const { anchors, refused } = findAnchors(fitting, options.checkpoints, options);
  const problems: LedgerProblem[] = [
    ...found.refused.map((message) => ({ fault: "checkpoint" as const, message })),
    ...trusted.refused.map((message) => ({ fault: "checkpoint" as const, message })),
    ...scan.problems,
    ...judged.problems,
    ...(seen === undefined ? [] : judgeMemory(seen, roots, size)),
    ...refused.map((message) => ({ fault: "anchor" as const, message })),
  ];
  const signed = Math.min(judged.signed, scan.intact);
  const anchored = Math.min(signed, largest(anchors));
  const root = frontier.root();
  if (options.memory !== undefined && key !== undefined && problems.length === 0) {
    remember(options.memory, { origin, size: frontier.size, root });
  }
  return {
    ok: problems.length === 0,
    origin,
    size: frontier.size,
    root: Buffer.from(root).toString("hex"),
    anchored: { from: 0, to: anchored },
    signed: { from: anchored, to: signed },
    unsigned: { from: signed, to: frontier.size },
    authenticated: key !== undefined,
    checkpoints: distinct(heads),
    anchors,
    problems,
  };
}

// The sizes at which a root is wanted; the scan fills them in.
function rootsAt(sizes: readonly number[]): Map<number, Uint8Array | undefined> {
  return new Map(sizes.map((size) => [size, undefined]));
}

function originOf(db: Database): string {
  const origin = db.prepare("SELECT value FROM setting WHERE name = 'origin'").pluck().get();
  return typeof origin === "string" ? origin : "";
}

// The same checkpoint stands in its file, in latest.note and in the database.
function distinct(heads: readonly Head[]): number {
  return new Set(heads.map(({ size, root }) => `${size} ${Buffer.from(root).toString("hex")}`))
    .size;
}
