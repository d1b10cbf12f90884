import { PipelineError } from "../../pipeline/core/error.ts";
import type { Database, Schema } from "./database.ts";
import type { NodeReader } from "./merkle.ts";

/**
 * `event` holds the leaves with their hashes, `node` the hashes of full subtrees above them. A node's
 * id is its place in the order of completion, so both tables only ever grow at their end.
 */
export const ledgerSchema: Schema = {
  title: "the ledger",
  applicationId: 0x50424c47, // "PBLG"
  migrations: [
    `CREATE TABLE event (position INTEGER PRIMARY KEY, leaf BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
     CREATE TABLE node (id INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
     CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
     CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  ],
};

/**
 * Place of an inner node in the order in which nodes are completed, from 1. n leaves complete n less
 * the number of one bits of n; of those that its last leaf completes, the ones above it come after it.
 */
export function nodeId(level: number, index: number): number {
  const leaves = (index + 1) * 2 ** level;
  let above = 0;
  for (let n = index + 1; n % 2 === 0; n /= 2) above++;
  return completedNodes(leaves) - above;
}

/** Number of full subtrees of two or more leaves in a tree of `size` leaves. */
export function completedNodes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return size - ones;
}

/** Reads stored hashes; throws `integrity` where one is missing. */
export function storedNodes(db: Database): NodeReader {
  const leaf = db.prepare("SELECT hash FROM event WHERE position = ?").pluck();
  const node = db.prepare("SELECT hash FROM node WHERE id = ?").pluck();
  return (level, index) => {
    const hash = level === 0 ? leaf.get(index) : node.get(nodeId(level, index));
    if (!(hash instanceof Uint8Array) || hash.length !== 32) {
      throw new PipelineError("integrity", `the ledger has lost node ${index} of level ${level}`);
    }
    return hash;
  };
}

/** Counts the events, by the last position. */
export function sizeReader(db: Database): () => number {
  const last = db.prepare("SELECT coalesce(max(position) + 1, 0) FROM event").pluck();
  return () => Number(last.get());
}
