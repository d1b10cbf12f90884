import { randomBytes } from "node:crypto";
import { PipelineError } from "../core/error.ts";
import { argon2id, INTERACTIVE, WEAK } from "./argon2id.ts";
import { parseHybridIdentity, parseHybridRecipient } from "./age/hybrid.ts";
import { formatX25519Recipient, parseX25519Identity, parseX25519Recipient } from "./age/x25519.ts";
import { encodeBech32 } from "./age/bech32.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { hkdf, joinInfo } from "./hkdf.ts";
import { required, runKeyCommand } from "./key-command.ts";
import type { CommandSlot, SlotRecord } from "./keyring-file.ts";
import { publicSideOf, type PublicSide, type SecretSide } from "./lock.ts";
import { sodium } from "./sodium.ts";

interface Named {
  /** For people: "laptop", "backup in the safe". Kept in the clear. */
  readonly label?: string;
  /** Who holds it; the two-owner rule counts these. The label if absent. */
  readonly owner?: string;
}
/** What a new slot is to be opened with. Secrets are read and not kept. */
export type SlotRequest = Named &
  (
    | { readonly kind: "passphrase"; readonly passphrase: Uint8Array }
    | { readonly kind: "keyfile"; readonly key: Uint8Array }
    | { readonly kind: "recipient"; readonly recipient: string }
    | { readonly kind: "command"; readonly argv: readonly string[] }
  );

/**
 * One secret at hand. A command runs only when the caller names its whole argv: the one recorded in a
 * keyring is not to be trusted before the keyring is open.
 */
export type Unlock =
  | { readonly kind: "passphrase"; readonly passphrase: Uint8Array }
  | { readonly kind: "keyfile"; readonly key: Uint8Array }
  | { readonly kind: "identity"; readonly identity: string }
  | { readonly kind: "command"; readonly argv?: readonly string[] };

/** Where a slot belongs; what a command's provider binds its wrapped key to. */
export interface SlotPlace {
  readonly keyring: string;
  readonly slot: string;
}

/** How costly guessing a passphrase is made; `weak` is for tests. */
export type PassphraseCost = "interactive" | "weak";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A slot before anything is locked to it. */
export type UnlockedSlot = DistributiveOmit<SlotRecord, "lock">;

const SEED = 32;
const SALT = 16;
const MIN_KEY_FILE = 32;

/** Makes the record of a new slot. Throws `key` for a recipient, key file or command of no use. */
export async function makeSlot(
  request: SlotRequest,
  place: SlotPlace,
  cost: PassphraseCost,
): Promise<UnlockedSlot> {
  const label = request.label ?? "";
  const common = { id: place.slot, label, owner: request.owner ?? label };
  switch (request.kind) {
    case "passphrase": {
      if (request.passphrase.length === 0) {
        throw new PipelineError("key", "the passphrase of the new slot is empty");
      }
      const { memoryKib, passes } = cost === "weak" ? WEAK : INTERACTIVE;
      const salt = randomBytes(SALT);
      const seed = await argon2id(request.passphrase, salt, { memoryKib, passes });
      return {
        ...common,
        kind: "passphrase",
        argon2id: { memory_kib: memoryKib, passes, salt: encodeBase64(salt) },
        public_key: publicKeyText(seed),
      };
    }
    case "keyfile": {
      const salt = randomBytes(SALT);
      const seed = keyfileSeed(request.key, salt);
      return {
        ...common,
        kind: "keyfile",
        salt: encodeBase64(salt),
        public_key: publicKeyText(seed),
      };
    }
    case "recipient":
      recipientSide(request.recipient);
      return { ...common, kind: "recipient", recipient: request.recipient };
    case "command": {
      const seed = randomBytes(SEED);
      const wrapped = await wrapSeed(request.argv, place, seed);
      return {
        ...common,
        kind: "command",
        argv: [...request.argv],
        ...wrapped,
        public_key: publicKeyText(seed),
      };
    }
  }
}

/** Has the provider of a command slot wrap its seed again, under the key version it now uses. */
export async function refreshCommand(slot: CommandSlot, keyring: string): Promise<CommandSlot> {
  const place = { keyring, slot: slot.id };
  const seed = await unwrapSeed(slot, place);
  const wrapped = await wrapSeed(slot.argv, place, seed);
  seed.fill(0);
  return { ...slot, ...wrapped };
}

/** The version of its key that a command slot's provider would wrap with now. */
export async function providerVersion(slot: CommandSlot, keyring: string): Promise<string> {
  const answer = await runKeyCommand(
    slot.argv,
    { keyring, slot: slot.id },
    { operation: "version" },
  );
  return required(slot.argv, answer, "version");
}

/** Has the provider destroy what opens a command slot; the ISO 8601 time at which it is gone. */
export async function destroyAtProvider(
  slot: CommandSlot,
  keyring: string,
  afterDays?: number,
): Promise<string> {
  const { wrapped, version } = slot;
  const answer = await runKeyCommand(
    slot.argv,
    { keyring, slot: slot.id },
    {
      operation: "destroy",
      wrapped,
      version,
      ...(afterDays === undefined ? {} : { after_days: afterDays }),
    },
  );
  return required(slot.argv, answer, "destroyed");
}

/** The half of a slot that secrets are locked to. */
export function publicSide(slot: UnlockedSlot): PublicSide {
  if (slot.kind === "recipient") return recipientSide(slot.recipient);
  return { kem: "x-wing", key: decodeBase64(slot.public_key) ?? new Uint8Array(0) };
}

/**
 * The secret half of a slot, from a secret at hand; undefined when the secret is of another kind. A
 * wrong passphrase or key file also gives a half, which then opens nothing.
 */
export async function secretSide(
  slot: SlotRecord,
  secret: Unlock,
  keyring: string,
): Promise<SecretSide | undefined> {
  const xWing = (seed: Uint8Array): SecretSide => ({ kem: "x-wing", secret: seed });
  switch (slot.kind) {
    case "passphrase": {
      if (secret.kind !== "passphrase") return undefined;
      const { memory_kib: memoryKib, passes, salt } = slot.argon2id;
      const saltBytes = decodeBase64(salt) ?? new Uint8Array(0);
      return xWing(await argon2id(secret.passphrase, saltBytes, { memoryKib, passes }));
    }
    case "keyfile":
      if (secret.kind !== "keyfile") return undefined;
      return xWing(keyfileSeed(secret.key, decodeBase64(slot.salt) ?? new Uint8Array(0)));
    case "recipient": {
      if (secret.kind !== "identity") return undefined;
      const identity = identitySide(secret.identity);
      return identity.recipient === slot.recipient ? identity.side : undefined;
    }
    case "command": {
      const named = secret.kind === "command" && sameWords(secret.argv ?? [], slot.argv);
      if (!named) return undefined;
      return xWing(await unwrapSeed(slot, { keyring, slot: slot.id }));
    }
  }
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

function recipientSide(recipient: string): PublicSide {
  if (recipient.startsWith("age1pq1")) {
    return { kem: "x-wing", key: parseHybridRecipient(recipient) };
  }
  return { kem: "x25519", key: parseX25519Recipient(recipient) };
}

function identitySide(identity: string): { readonly recipient: string; readonly side: SecretSide } {
  if (identity.startsWith("AGE-SECRET-KEY-PQ-1")) {
    const secret = parseHybridIdentity(identity);
    const { key } = publicSideOf(secret);
    return { recipient: encodeBech32("age1pq", key), side: { kem: "x-wing", secret } };
  }
  const secret = parseX25519Identity(identity);
  const point = sodium().crypto_scalarmult_base(secret);
  return { recipient: formatX25519Recipient(point), side: { kem: "x25519", secret } };
}

function keyfileSeed(key: Uint8Array, salt: Uint8Array): Uint8Array {
  if (key.length < MIN_KEY_FILE) {
    throw new PipelineError("key", `the key file has only ${key.length} bytes`, {
      hint: `a key file needs at least ${MIN_KEY_FILE} random bytes`,
    });
  }
  return hkdf(key, salt, "probity/slot/keyfile/v1", SEED);
}

function publicKeyText(seed: Uint8Array): string {
  const { key } = publicSideOf(seed);
  seed.fill(0);
  return encodeBase64(key);
}

async function wrapSeed(
  argv: readonly string[],
  place: SlotPlace,
  seed: Uint8Array,
): Promise<{ readonly wrapped: string; readonly version: string }> {
  const answer = await runKeyCommand(argv, place, {
    operation: "wrap",
    plaintext: Buffer.from(seed).toString("base64"),
  });
  return { wrapped: required(argv, answer, "wrapped"), version: answer.version ?? "" };
}

async function unwrapSeed(slot: CommandSlot, place: SlotPlace): Promise<Uint8Array> {
  const { wrapped, version } = slot;
  const answer = await runKeyCommand(slot.argv, place, { operation: "unwrap", wrapped, version });
  const seed = Buffer.from(required(slot.argv, answer, "plaintext"), "base64");
  if (seed.length !== SEED) {
    throw new PipelineError("key", `the key command ${slot.argv[0] ?? ""} unwrapped a wrong key`);
  }
  return seed;
}

/** The purpose that a slot's lock on the keyring key is bound to. */
export function slotInfo({ keyring, slot }: SlotPlace): string {
  return joinInfo("probity/slot/v1", keyring, slot);
}
