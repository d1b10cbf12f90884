import { join } from "node:path";
import { canonicalJson, type Json } from "../../pipeline/core/canonical-json.ts";
import { equalBytes } from "../../pipeline/core/digest.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import { parseCheckpoint, writeCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { inTransaction, openDatabase, type Database } from "./database.ts";
import { readTextFile, writeFileAtomically } from "./files.ts";
import { Frontier } from "./frontier.ts";
import { inclusionProof, leafHash, treeRoot } from "./merkle.ts";
import {
  encodeVerifierKey,
  openNote,
  parseVerifierKey,
  signNote,
  type NoteSigner,
} from "./note.ts";
import { writeProof } from "./proof.ts";
import { ledgerSchema, storedNodes, sizeReader } from "./tree-store.ts";

// Entry bundles of C2SP tlog-tiles give the length of an entry in 16 bits.
const MAX_LEAF_BYTES = 65_535;

/** `checkpoints` is a folder; `origin` names the log in its checkpoints and never changes. */
export interface LedgerOptions {
  readonly database: string;
  readonly checkpoints: string;
  readonly origin: string;
  /** Needed by `checkpoint` alone. */
  readonly signer?: NoteSigner;
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
   * Signs the present root, writes it to `<size>.note` and `latest.note`, and returns the note. Throws
   * `integrity` when the stored tree does not extend the latest checkpoint on disk.
   */
  checkpoint(): string;
  /** A C2SP tlog-proof that the event at `index` is under the latest checkpoint. */
  prove(index: number): string;
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
    const { signer, origin, checkpoints } = this.#options;
    if (signer === undefined) {
      throw new PipelineError("key", "cannot sign a checkpoint of the ledger: its key is not open");
    }
    // The write lock keeps two processes from signing, and latest.note from going back.
    return inTransaction(this.#db, () => {
      const { size } = this;
      const root = this.root();
      const latest = this.#latest();
      if (latest?.checkpoint.size === size && isSignedBy(latest.note, signer)) return latest.note;
      const note = signNote(writeCheckpoint({ origin, size, root }), [signer]);
      writeFileAtomically(join(checkpoints, `${size}.note`), note);
      writeFileAtomically(join(checkpoints, "latest.note"), note);
      this.#db
        .prepare("INSERT OR REPLACE INTO checkpoint (size, note) VALUES (?, ?)")
        .run(size, note);
      return note;
    });
  }

  prove(index: number): string {
    const latest = this.#latest();
    if (latest === undefined || index >= latest.checkpoint.size) {
      this.event(index);
      throw new PipelineError(
        "usage",
        `cannot prove event ${index}: no checkpoint is over it yet`,
        {
          hint: "sign a checkpoint first: probity ledger checkpoint",
        },
      );
    }
    this.event(index);
    const hashes = inclusionProof(this.#read, index, latest.checkpoint.size);
    return writeProof({ index, hashes, checkpoint: latest.note });
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

  // The newest checkpoint on disk, after a check that the stored tree extends it.
  #latest(): { note: string; checkpoint: Checkpoint } | undefined {
    const { checkpoints, origin } = this.#options;
    const note = readTextFile(join(checkpoints, "latest.note"));
    if (note === undefined) return undefined;
    const checkpoint = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
    const { size } = this;
    if (checkpoint.origin !== origin) {
      throw new PipelineError(
        "integrity",
        `the latest checkpoint is of ${checkpoint.origin}, not of this ledger, ${origin}`,
      );
    }
    if (checkpoint.size > size) {
      throw new PipelineError(
        "integrity",
        `the ledger has ${size} events, but a checkpoint was signed over ${checkpoint.size}`,
        { hint: "an older copy was put back or its end was cut off: run probity ledger verify" },
      );
    }
    if (!equalBytes(treeRoot(this.#read, checkpoint.size), checkpoint.root)) {
      throw new PipelineError(
        "integrity",
        `the first ${checkpoint.size} events of the ledger are not those of the latest checkpoint`,
        { hint: "its history was rewritten: run probity ledger verify" },
      );
    }
    return { note, checkpoint };
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
