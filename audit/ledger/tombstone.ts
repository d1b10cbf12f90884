import type { Json } from "../../pipeline/core/canonical-json.ts";
import { encodeVerifierKey, type NoteSigner, type VerifierKey } from "./note.ts";
import { isBodySigned, signBody } from "./signed-event.ts";

/** How an erased key was destroyed: overwritten in a file, or destroyed (at once or later) by a KMS. */
export type ErasureClass = "file" | "kms-destroyed" | "kms-scheduled";

/** That a person was erased from a dataset. `subject` is the blind index, never what it was made from. */
export interface Erasure {
  readonly dataset: string;
  readonly subject: Uint8Array;
  readonly class: ErasureClass;
  /** ISO 8601: when the KMS destroys it, or did; absent for `file`. */
  readonly due?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The event that says so in the ledger, signed. */
export function tombstoneEvent(origin: string, erasure: Erasure, signer: NoteSigner): Json {
  const body = {
    kind: "erased",
    origin,
    dataset: erasure.dataset,
    subject: Buffer.from(erasure.subject).toString("hex"),
    class: erasure.class,
    ...(erasure.due === undefined ? {} : { due: erasure.due }),
    at: erasure.at,
    by: encodeVerifierKey(signer.name, signer.publicKey),
  };
  return { ...body, signature: signBody(body, signer) };
}

/** Whether an event is a tombstone that `key` signed for the log `origin`. */
export function isTombstone(event: Json, origin: string, key: VerifierKey): boolean {
  if (typeof event !== "object" || event === null || !("kind" in event)) return false;
  const { signature, ...body } = event;
  const by = encodeVerifierKey(key.name, key.publicKey);
  const isOurs = body.kind === "erased" && body.origin === origin && body.by === by;
  return isOurs && isBodySigned(body, key, signature);
}
