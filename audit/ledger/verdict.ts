/** What is wrong, for scripts; the message says it for people. */
export type LedgerFault =
  | "changed" // an event does not give the hash stored for it
  | "missing" // a position without an event
  | "tree" // a stored inner node does not follow from the leaves
  | "truncated" // the end was cut off
  | "older-copy" // the database is from before a checkpoint
  | "rewritten" // another history than the one that was signed
  | "fork" // two histories signed by one key
  | "checkpoint" // a checkpoint that cannot be trusted
  | "anchor" // an anchor that cannot be trusted
  | "origin" // the database of another log
  | "damaged"; // SQLite cannot read the file

export interface LedgerProblem {
  readonly fault: LedgerFault;
  readonly message: string;
}

/** Events [from, to). */
export interface EventRange {
  readonly from: number;
  readonly to: number;
}

/** Something outside that vouches for the first `size` events: `time` is ISO 8601, where it has one. */
export interface Anchor {
  readonly kind: "witness" | "copy" | "timestamp";
  readonly by: string;
  readonly size: number;
  readonly time?: string;
}

/** What a ledger's check found. `ok` is that there is no problem; an unsigned tail is none. */
export interface LedgerVerdict {
  readonly ok: boolean;
  readonly origin: string;
  readonly size: number;
  /** Hex root over all events as they are now. */
  readonly root: string;
  /** Under a checkpoint that someone outside vouches for as well. */
  readonly anchored: EventRange;
  /** Under a checkpoint of the ledger's own key, but no anchor. */
  readonly signed: EventRange;
  /** Under no checkpoint. */
  readonly unsigned: EventRange;
  /** False when no public key was given, so that nothing shows who wrote the checkpoints. */
  readonly authenticated: boolean;
  /** Number of distinct checkpoints that were found. */
  readonly checkpoints: number;
  /** By size, smallest first. */
  readonly anchors: readonly Anchor[];
  readonly problems: readonly LedgerProblem[];
}
