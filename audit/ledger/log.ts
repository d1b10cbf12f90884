import { canonicalJson, type Json } from "../../pipeline/core/canonical-json.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { withSignatureLines } from "./cosignature.ts";
import { inTransaction, openDatabase, openIfSetUp, type Database } from "./database.ts";
import { Frontier } from "./frontier.ts";
import { readLatest, requireExtension, writeLatest, type Latest } from "./latest.ts";
import { recall, remember } from "./memory.ts";
import { consistencyProof, inclusionProof, leafHash } from "./merkle.ts";
import {
  encodeVerifierKey,
  openNote,
  parseVerifierKey,
  signNote,
  type NoteSigner,
} from "./note.ts";
import { writeProof } from "./proof.ts";
import { ledgerSchema, sizeReader, storedNodes } from "./tree-store.ts";
import type { WitnessRequest } from "./witness.ts";

// Entry bundles of C2SP tlog-tiles give the length of an entry in 16 bits.
const MAX_LEAF_BYTES = 65_535;

/** `checkpoints` is a folder; `origin` names the log in its checkpoints and never changes. */
export interface LedgerOptions {
  readonly database: string;
  readonly checkpoints: string;
  readonly origin: string;
  /** Needed by `checkpoint` alone. */
  readonly signer?: NoteSigner;
  /** A folder outside the workspace in which the largest tree ever signed is remembered. */
  readonly memory?: string;
}

/** One event. `leaf` is its canonical JSON, the bytes that the tree is over. */
export interface LedgerEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
}

/** An append-only log of events under a Merkle tree. Several processes may have one open at once. */
export interface Ledger {
  /** Appends all events or none; they are on the disk when it returns. */
  append(events: readonly Json[]): readonly LedgerEntry[];
  /** Number of events. */
  readonly size: number;
  /** RFC 6962 root over all events, 32 bytes. */
  root(): Uint8Array;
  /**
   * Signs the present root, writes it to `latest.note` and `<size>.note`, and returns the note. Throws
   * `integrity` when the stored tree does not extend the latest checkpoint on disk.
   */
  checkpoint(): string;
  /** A C2SP tlog-proof that the event at `index` is under the latest checkpoint. */
  prove(index: number): string;
  /** What a witness that saw the tree of `old` events needs in order to cosign the latest checkpoint. */
  requestFrom(old: number): WitnessRequest;
  /** Adds the signature lines of witnesses to the latest checkpoint, and returns its note. */
  attach(lines: string): string;
  /** Where the newest event equal to this one stands, for a writer that may have been killed after it. */
  indexOf(event: Json): number | undefined;
  /** Throws `usage` when there is no such event. */
  event(index: number): LedgerEntry;
  /** The events at `from` and after, in order. Nothing may be appended here while they are read. */
  events(from?: number): IterableIterator<LedgerEntry>;
  close(): void;
}

/** Opens a ledger, and makes it when it is absent. */
export function openLedger(options: LedgerOptions): Ledger {
  const db = openDatabase(options.database, ledgerSchema);
  try {
    return new StoredLedger(db, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The name of the log in a database, undefined when there is none yet. */
export function originOf(database: string): string | undefined {
  const db = openIfSetUp(database, ledgerSchema);
  if (db === undefined) return undefined;
  try {
    const origin = db.prepare("SELECT value FROM setting WHERE name = 'origin'").pluck().get();
    return typeof origin === "string" ? origin : undefined;
  } finally {
    db.close();
  }
}

class StoredLedger implements Ledger {
  readonly #db: Database;
  readonly #options: LedgerOptions;
  readonly #read;
  readonly #size;
  readonly #insert;
  #frontier = new Frontier();

  constructor(db: Database, options: LedgerOptions) {
    this.#db = db;
    this.#options = options;
    this.#read = storedNodes(db);
    this.#size = sizeReader(db);
    this.#insert = {
      event: db.prepare("INSERT INTO event (position, leaf, hash) VALUES (?, ?, ?)"),
      node: db.prepare("INSERT INTO node (hash) VALUES (?)"),
    };
    claimOrigin(db, options.origin);
  }

  get size(): number {
    return this.#size();
  }

  append(events: readonly Json[]): readonly LedgerEntry[] {
    const leaves = events.map(leafOf);
    let frontier = this.#frontier;
    const entries = inTransaction(this.#db, () => {
      frontier = this.#current();
      // If the commit fails, the grown frontier is not that of the stored tree.
      this.#frontier = new Frontier();
      return leaves.map((leaf) => this.#appendLeaf(frontier, leaf));
    });
    this.#frontier = frontier;
    return entries;
  }

  root(): Uint8Array {
    return this.#current().root();
  }

  checkpoint(): string {
    const { signer, origin, memory } = this.#options;
    if (signer === undefined) {
      throw new PipelineError("key", "cannot sign a checkpoint of the ledger: its key is not open");
    }
    // The write lock keeps two processes from signing, and latest.note from going back.
    return inTransaction(this.#db, () => {
      const { size } = this;
      const root = this.root();
      const latest = this.#latest();
      if (latest?.checkpoint.size === size && isSignedBy(latest.note, signer)) return latest.note;
      const checkpoint = { origin, size, root };
      const note = signNote(writeCheckpoint(checkpoint), [signer]);
      this.#keep(size, note);
      if (memory !== undefined) remember(memory, checkpoint);
      return note;
    });
  }

  prove(index: number): string {
    const latest = this.#latest();
    this.event(index);
    if (latest === undefined || index >= latest.checkpoint.size) {
      throw new PipelineError(
        "usage",
        `cannot prove event ${index}: no checkpoint is over it yet`,
        {
          hint: "sign a checkpoint first: probity ledger checkpoint",
        },
      );
    }
    const hashes = inclusionProof(this.#read, index, latest.checkpoint.size);
    return writeProof({ index, hashes, checkpoint: latest.note });
  }

  requestFrom(old: number): WitnessRequest {
    const { note, checkpoint } = this.#mustHaveLatest();
    const { size } = checkpoint;
    if (old > size) {
      throw new PipelineError("integrity", `a witness saw ${old} events, but ${size} are signed`, {
        hint: "events were cut off: run probity ledger verify",
      });
    }
    const proof = old === 0 || old === size ? [] : consistencyProof(this.#read, old, size);
    return { old, proof, note };
  }

  attach(lines: string): string {
    return inTransaction(this.#db, () => {
      const { note, checkpoint } = this.#mustHaveLatest();
      const cosigned = withSignatureLines(note, lines);
      this.#keep(checkpoint.size, cosigned);
      return cosigned;
    });
  }

  indexOf(event: Json): number | undefined {
    // From the end on, where an event that was just written is found at once.
    const index = this.#db
      .prepare("SELECT position FROM event WHERE hash = ? ORDER BY position DESC LIMIT 1")
      .pluck()
      .get(leafHash(leafOf(event)));
    return typeof index === "number" ? index : undefined;
  }

  event(index: number): LedgerEntry {
    const leaf = this.#db.prepare("SELECT leaf FROM event WHERE position = ?").pluck().get(index);
    if (!(leaf instanceof Uint8Array)) {
      throw new PipelineError("usage", `the ledger has no event ${index}: it has ${this.size}`);
    }
    return { index, leaf };
  }

  *events(from = 0): IterableIterator<LedgerEntry> {
    const rows = this.#db
      .prepare<[number], [number, Uint8Array]>(
        "SELECT position, leaf FROM event WHERE position >= ? ORDER BY position",
      )
      .raw()
      .iterate(from);
    for (const [index, leaf] of rows) yield { index, leaf };
  }

  close(): void {
    this.#db.close();
  }

  // The frontier in memory holds as long as no other process has appended.
  #current(): Frontier {
    const { size } = this;
    if (this.#frontier.size !== size) this.#frontier = Frontier.of(this.#read, size);
    return this.#frontier;
  }

  #appendLeaf(frontier: Frontier, leaf: Uint8Array): LedgerEntry {
    const index = frontier.size;
    const hash = leafHash(leaf);
    this.#insert.event.run(index, leaf, hash);
    // SQLite numbers them from 1 on, which is `nodeId`.
    for (const node of frontier.push(hash)) this.#insert.node.run(node);
    return { index, leaf };
  }

  // The newest checkpoint on disk, after a check that the stored tree extends it and all that was seen.
  #latest(): Latest | undefined {
    const { checkpoints, origin, memory } = this.#options;
    const latest = readLatest(checkpoints, origin);
    const { size } = this;
    if (latest !== undefined) requireExtension(this.#read, size, latest.checkpoint, "signed over");
    const seen = memory === undefined ? undefined : recall(memory, origin);
    if (seen !== undefined) requireExtension(this.#read, size, seen, "seen before");
    return latest;
  }

  #mustHaveLatest(): Latest {
    const latest = this.#latest();
    if (latest !== undefined) return latest;
    throw new PipelineError("usage", "the ledger has no checkpoint yet", {
      hint: "sign one first: probity ledger checkpoint",
    });
  }

  // Files first: what the database says was signed is then always on the disk as well.
  #keep(size: number, note: string): void {
    writeLatest(this.#options.checkpoints, size, note);
    this.#db
      .prepare("INSERT OR REPLACE INTO checkpoint (size, note) VALUES (?, ?)")
      .run(size, note);
  }
}

function leafOf(event: Json): Buffer {
  const leaf = Buffer.from(canonicalJson(event));
  if (leaf.length > MAX_LEAF_BYTES) {
    throw new PipelineError("internal", `cannot log an event of ${leaf.length} bytes`, {
      hint: `an event has at most ${MAX_LEAF_BYTES} bytes; log the digest of a larger document`,
    });
  }
  return leaf;
}

function claimOrigin(db: Database, origin: string): void {
  writeCheckpoint({ origin, size: 0, root: new Uint8Array(32) });
  const read = db.prepare("SELECT value FROM setting WHERE name = 'origin'").pluck();
  if (read.get() === undefined) {
    inTransaction(db, () =>
      db.prepare("INSERT OR IGNORE INTO setting (name, value) VALUES ('origin', ?)").run(origin),
    );
  }
  const stored = read.get();
  if (stored !== origin) {
    throw new PipelineError(
      "workspace",
      `this is the ledger of ${String(stored)}, not of ${origin}`,
    );
  }
}

function isSignedBy(note: string, signer: NoteSigner): boolean {
  const key = parseVerifierKey(encodeVerifierKey(signer.name, signer.publicKey));
  try {
    openNote(note, [key]);
    return true;
  } catch {
    return false;
  }
}
