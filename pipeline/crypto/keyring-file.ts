import { canonicalJson } from "../core/canonical-json.ts";
import { PipelineError } from "../core/error.ts";
import { checkCost } from "./argon2id.ts";
import { decodeBase64 } from "./base64.ts";
import type { Lock } from "./lock.ts";

/** What keyring.json is, and its version. */
export const KEYRING_FORM = "probity-keyring 1";
/** Slots of one keyring. */
export const MAX_SLOTS = 16;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ROOTS = 1024;

interface SlotCommon {
  readonly id: string; // "slot_1"
  readonly label: string;
  /** Who holds it, for the two-owner rule. */
  readonly owner: string;
  /** The keyring key, locked to this slot. */
  readonly lock: Lock;
}
interface PassphraseSlot extends SlotCommon {
  readonly kind: "passphrase";
  readonly argon2id: {
    readonly memory_kib: number;
    readonly passes: number;
    readonly salt: string;
  };
  readonly public_key: string;
}
interface KeyfileSlot extends SlotCommon {
  readonly kind: "keyfile";
  readonly salt: string;
  readonly public_key: string;
}
interface RecipientSlot extends SlotCommon {
  readonly kind: "recipient";
  readonly recipient: string;
}
export interface CommandSlot extends SlotCommon {
  readonly kind: "command";
  readonly argv: readonly string[];
  /** The slot's seed as the provider wrapped it, and under which version of its key. */
  readonly wrapped: string;
  readonly version: string;
  readonly public_key: string;
}
export type SlotRecord = PassphraseSlot | KeyfileSlot | RecipientSlot | CommandSlot;

/** A root key, sealed under the keyring key. */
export interface RootRecord {
  readonly id: string; // "drk_1"
  readonly salt: string;
  readonly sealed: string;
}

/** The vault key locked to `slots[0]`, and that lock locked to `slots[1]`. */
export interface PairRecord {
  readonly slots: readonly [string, string];
  readonly lock: Lock;
}

/** keyring.json without its MAC. */
export interface KeyringDocument {
  readonly form: typeof KEYRING_FORM;
  readonly id: string;
  /** Rises with every change, so that an older copy put back can be told. */
  readonly revision: number;
  readonly current: string;
  readonly roots: readonly RootRecord[];
  readonly slots: readonly SlotRecord[];
  /** Slots ever made: a slot's id is never used again. */
  readonly slots_made: number;
  /** Present when two owners are needed for the vault key. */
  readonly pairs?: readonly PairRecord[];
}

/**
 * Parses keyring.json and checks every field and bound, but not the MAC, whose key it does not have.
 * The bytes are attacker-controlled until the MAC is checked. Throws `format`.
 */
export function parseKeyring(bytes: Uint8Array): {
  readonly document: KeyringDocument;
  readonly mac: Uint8Array;
} {
  if (bytes.length > MAX_BYTES) fail(`it is longer than ${MAX_BYTES} bytes`);
  const text = Buffer.from(bytes).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("it is not JSON");
  }
  const whole = object(value, "$");
  if (!isCanonical(value, text)) fail("it is not canonical JSON and a line end");
  const { mac, ...document } = whole;
  if (document.form !== KEYRING_FORM) fail(`its form is not ${KEYRING_FORM}`);
  name(document.id, "id");
  count(document.revision, "revision");
  count(document.slots_made, "slots_made");
  const roots = list(document.roots, "roots", MAX_ROOTS).map((root, i) => {
    const { id, salt, sealed } = object(root, `roots[${i}]`);
    base64(salt, `roots[${i}].salt`, 16);
    base64(sealed, `roots[${i}].sealed`, 48);
    return name(id, `roots[${i}].id`);
  });
  if (!roots.includes(name(document.current, "current"))) fail("current names no root");
  const slots = list(document.slots, "slots", MAX_SLOTS).map(checkSlot);
  if (new Set(slots).size < slots.length) fail("two slots have one id");
  if (document.pairs !== undefined) checkPairs(document.pairs);
  return {
    document: document as unknown as KeyringDocument,
    mac: base64(mac, "mac", 32),
  };
}

/** Whether text can be the id of a keyring, root, slot or dataset: visible ASCII, at most 200. */
export function isName(text: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(text);
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return `${canonicalJson(value)}\n` === text;
  } catch {
    return false; // a lone surrogate, or nested deeper than the stack
  }
}

function checkSlot(value: unknown, index: number): string {
  const path = `slots[${index}]`;
  const slot = object(value, path);
  string(slot.label, `${path}.label`);
  string(slot.owner, `${path}.owner`);
  checkLock(slot.lock, `${path}.lock`, 48);
  switch (slot.kind) {
    case "passphrase": {
      const cost = object(slot.argon2id, `${path}.argon2id`);
      checkCost({
        memoryKib: count(cost.memory_kib, `${path}.argon2id.memory_kib`),
        passes: count(cost.passes, `${path}.argon2id.passes`),
      });
      base64(cost.salt, `${path}.argon2id.salt`, 16);
      base64(slot.public_key, `${path}.public_key`, 1216);
      break;
    }
    case "keyfile":
      base64(slot.salt, `${path}.salt`, 16);
      base64(slot.public_key, `${path}.public_key`, 1216);
      break;
    case "command":
      list(slot.argv, `${path}.argv`, 64).forEach((a, i) => string(a, `${path}.argv[${i}]`));
      string(slot.wrapped, `${path}.wrapped`);
      string(slot.version, `${path}.version`);
      base64(slot.public_key, `${path}.public_key`, 1216);
      break;
    case "recipient":
      string(slot.recipient, `${path}.recipient`);
      break;
    default:
      fail(`${path}.kind is not known`);
  }
  return name(slot.id, `${path}.id`);
}

function checkPairs(value: unknown): void {
  list(value, "pairs", (MAX_SLOTS * (MAX_SLOTS - 1)) / 2).forEach((pair, i) => {
    const { slots, lock } = object(pair, `pairs[${i}]`);
    const ids = list(slots, `pairs[${i}].slots`, 2);
    if (ids.length !== 2) fail(`pairs[${i}].slots are not two`);
    ids.forEach((id, j) => name(id, `pairs[${i}].slots[${j}]`));
    checkLock(lock, `pairs[${i}].lock`);
  });
}

function checkLock(value: unknown, path: string, sealedBytes?: number): void {
  const { share, commitment, sealed } = object(value, path);
  base64(share, `${path}.share`);
  base64(commitment, `${path}.commitment`, 32);
  base64(sealed, `${path}.sealed`, sealedBytes);
}

function object(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail(`${path} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    return fail(`${path} is not a list of 1 to ${most}`);
  }
  return value;
}

function string(value: unknown, path: string): string {
  return typeof value === "string" ? value : fail(`${path} is not text`);
}

function name(value: unknown, path: string): string {
  return typeof value === "string" && isName(value) ? value : fail(`${path} is not a name`);
}

function count(value: unknown, path: string): number {
  const fits = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return fits ? value : fail(`${path} is not a count`);
}

function base64(value: unknown, path: string, length?: number): Uint8Array {
  const bytes = typeof value === "string" ? decodeBase64(value) : undefined;
  if (bytes === undefined || (length !== undefined && bytes.length !== length)) {
    return fail(
      `${path} is not canonical base64${length === undefined ? "" : ` of ${length} bytes`}`,
    );
  }
  return bytes;
}

function fail(why: string): never {
  throw new PipelineError("format", `cannot read the keyring: ${why}`);
}
