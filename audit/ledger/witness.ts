import { equalBytes } from "../../pipeline/core/digest.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import { recall, remember } from "./memory.ts";
import { verifyConsistency } from "./merkle.ts";
import { openNote, type NoteSigner, type VerifierKey } from "./note.ts";

/** What a log asks of a witness: the body of C2SP tlog-witness add-checkpoint. */
export interface WitnessRequest {
  /** Size of the tree that the witness saw last; 0 when it saw none. */
  readonly old: number;
  /** That the new tree extends the old one; empty when `old` is 0 or the size itself. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint, a signed note. */
  readonly note: string;
}

/** `state` is the witness's own folder; `ledgerKeys` are the keys that may sign the log. */
export interface Witness {
  readonly state: string;
  readonly signer: NoteSigner;
  readonly ledgerKeys: readonly VerifierKey[];
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The text of a request, to be carried to the witness in a file. */
export function writeRequest({ old, proof, note }: WitnessRequest): string {
  return `old ${old}\n${proof.map((hash) => `${encodeBase64(hash)}\n`).join("")}\n${note}`;
}

/** Reads a request. Throws `format`; nothing in it has been verified. */
export function parseRequest(text: string): WitnessRequest {
  const end = text.indexOf("\n\n");
  const [head = "", ...lines] = text.slice(0, Math.max(end, 0)).split("\n");
  const old = Number(/^old (0|[1-9][0-9]{0,15})$/.exec(head)?.[1] ?? NaN);
  const proof = lines.map(decodeBase64).filter((hash) => hash?.length === 32);
  if (!Number.isSafeInteger(old) || proof.length !== lines.length || lines.length > 63) {
    throw new PipelineError("format", "cannot read the request to a witness");
  }
  return { old, proof: proof as Buffer[], note: text.slice(end + 2) };
}

/**
 * Checks a checkpoint against the last one that this witness saw, remembers it, and returns the
 * cosignature line. Throws `integrity` where the log does not extend what was seen: the log then has
 * two histories, and the request is the evidence.
 */
export function answer(witness: Witness, { old, proof, note }: WitnessRequest): string {
  const { text } = openNote(note, witness.ledgerKeys);
  const checkpoint = parseCheckpoint(text);
  const { origin, size, root } = checkpoint;
  const seen = recall(witness.state, origin);
  if (old !== (seen?.size ?? 0)) {
    throw new PipelineError(
      "usage",
      `the request goes on from ${old} events, not from ${seen?.size ?? 0}`,
      {
        hint: `ask again with the proof from ${seen?.size ?? 0} events`,
      },
    );
  }
  if (size < old) {
    throw new PipelineError("integrity", `${origin} had ${old} events and now shows ${size}`);
  }
  const extendsSeen =
    seen === undefined ||
    seen.size === 0 ||
    (size === old
      ? proof.length === 0 && equalBytes(root, seen.root)
      : verifyConsistency(old, size, seen.root, root, proof));
  if (!extendsSeen) {
    throw new PipelineError(
      "integrity",
      `${origin} was forked: its tree of ${size} events does not extend the one of ${old} that was seen`,
    );
  }
  // Remembered first: a cosignature must never exist for a tree that is then forgotten.
  remember(witness.state, checkpoint);
  return cosign(text, witness.signer, witness.now());
}
