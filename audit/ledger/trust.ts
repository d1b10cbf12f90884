import type { Json } from "../../pipeline/core/canonical-json.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import { encodeVerifierKey, parseVerifierKey, type NoteSigner, type VerifierKey } from "./note.ts";
import { isBodySigned, signBody } from "./signed-event.ts";

const ROTATED = "key-rotated";
const REVOKED = "key-revoked";

/** A key and the sizes of the checkpoints that it may sign, both inclusive. */
export interface TrustedKey {
  readonly key: VerifierKey;
  readonly from: number;
  readonly to: number;
}

/** A leaf that may concern keys. */
export interface KeyEvent {
  readonly index: number;
  readonly leaf: Uint8Array;
}

/** The event by which `old` hands the log over to `next`; both sign it, so neither can be claimed. */
export function rotationEvent(origin: string, old: NoteSigner, next: NoteSigner): Json {
  const body = {
    kind: ROTATED,
    origin,
    old: encodeVerifierKey(old.name, old.publicKey),
    new: encodeVerifierKey(next.name, next.publicKey),
  };
  return { ...body, by_old: signBody(body, old), by_new: signBody(body, next) };
}

/**
 * The event after which no checkpoint of `key` over more than `from` events is to be believed. It is
 * signed by the key itself or by one that came after it.
 */
export function revocationEvent(
  origin: string,
  signer: NoteSigner,
  revoked: { readonly key: string; readonly from: number; readonly reason: string },
): Json {
  parseVerifierKey(revoked.key);
  const by = encodeVerifierKey(signer.name, signer.publicKey);
  const body = { kind: REVOKED, origin, ...revoked, by };
  return { ...body, signature: signBody(body, signer) };
}

/** Whether a leaf must be handed to `trustFrom`. It never misses one, but may take others along. */
export function isKeyEvent(leaf: Uint8Array): boolean {
  return Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length).includes('"kind":"key-');
}

/**
 * Follows the rotations of a log, from the key that the reader trusts to those before and after it,
 * and narrows them by the revocations. Events whose signatures do not verify change nothing: anyone
 * who can append could have written them.
 */
export function trustFrom(
  known: VerifierKey,
  origin: string,
  events: readonly KeyEvent[],
): readonly TrustedKey[] {
  const parsed = events.map(({ index, leaf }) => ({ index, body: parse(leaf, origin) }));
  const rotations = parsed.flatMap(({ index, body }) => rotationOf(index, body));
  const chain: { key: VerifierKey; since: number; until: number }[] = [
    { key: known, since: 0, until: Infinity },
  ];
  for (;;) {
    const first = chain[0]!;
    const before = rotations.find(
      (one) => isSame(one.next, first.key) && chain.every(({ key }) => !isSame(key, one.old)),
    );
    if (before === undefined) break;
    first.since = before.size;
    chain.unshift({ key: before.old, since: 0, until: before.size });
  }
  for (;;) {
    const last = chain.at(-1)!;
    // The first hand-over counts: later ones are by someone who kept the old key.
    const after = rotations.find(
      (one) =>
        isSame(one.old, last.key) &&
        one.size > last.since &&
        chain.every(({ key }) => !isSame(key, one.next)),
    );
    if (after === undefined) break;
    last.until = after.size;
    chain.push({ key: after.next, since: after.size, until: Infinity });
  }
  const revocations = parsed.flatMap(({ body }) => revocationOf(body));
  return chain.map(({ key, since, until }, place) => {
    const successors = chain.slice(place).map((one) => one.key);
    const limits = revocations
      .filter((one) => one.key === lineOf(key) && successors.some((by) => lineOf(by) === one.by))
      .map((one) => one.from);
    return { key, from: since, to: Math.min(until, ...limits) };
  });
}

interface Rotation {
  readonly old: VerifierKey;
  readonly next: VerifierKey;
  /** Size of the tree that ends with the event: the old key may sign up to it, the new one from it on. */
  readonly size: number;
}

function rotationOf(index: number, body: Record<string, unknown>): Rotation[] {
  const { by_old: byOld, by_new: byNew, ...signed } = body;
  const old = keyOf(signed.old);
  const next = keyOf(signed.new);
  if (signed.kind !== ROTATED || old === undefined || next === undefined) return [];
  if (!isBodySigned(signed, old, byOld) || !isBodySigned(signed, next, byNew)) return [];
  return [{ old, next, size: index + 1 }];
}

function revocationOf(body: Record<string, unknown>): { key: string; from: number; by: string }[] {
  const { signature, ...signed } = body;
  const { kind, key, from, by } = signed;
  const signer = keyOf(by);
  if (kind !== REVOKED || typeof key !== "string" || typeof from !== "number") return [];
  if (signer === undefined || !isBodySigned(signed, signer, signature)) return [];
  return [{ key, from, by: lineOf(signer) }];
}

function parse(leaf: Uint8Array, origin: string): Record<string, unknown> {
  try {
    const value = JSON.parse(Buffer.from(leaf).toString()) as unknown;
    const body = typeof value === "object" && value !== null ? { ...value } : {};
    return "origin" in body && body.origin === origin ? body : {};
  } catch {
    return {};
  }
}

function keyOf(text: unknown): VerifierKey | undefined {
  try {
    return typeof text === "string" ? parseVerifierKey(text) : undefined;
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}

function lineOf(key: VerifierKey): string {
  return encodeVerifierKey(key.name, key.publicKey, key.type);
}

function isSame(a: VerifierKey, b: VerifierKey): boolean {
  return lineOf(a) === lineOf(b);
}
