import { randomBytes } from "node:crypto";
import { PipelineError } from "../../core/error.ts";
import { openOnce, sealOnce } from "../aead.ts";
import { hkdf } from "../hkdf.ts";
import type { Keyring } from "../keyring.ts";
import { openBytes, sealBytes } from "../shard.ts";

/** The two keys that all subject keys of a dataset hang on. They outlive rotations of the keyring. */
export interface SubjectSecrets {
  /** Makes blind indexes. */
  readonly index: Uint8Array;
  /** Seals bucket keys. */
  readonly wrap: Uint8Array;
}

const KEY = 32;
const SALT = 16;

/** Two new keys. */
export function newSecrets(): SubjectSecrets {
  return { index: randomBytes(KEY), wrap: randomBytes(KEY) };
}

/**
 * Seals the two keys under the keyring's current root, and under its vault key besides where it has
 * the two-owner rule.
 */
export async function sealSecrets(
  keyring: Keyring,
  dataset: string,
  { index, wrap }: SubjectSecrets,
): Promise<Uint8Array> {
  const plain = Buffer.concat([index, wrap]);
  const salt = randomBytes(SALT);
  const layer = keyring.twoOwners
    ? Buffer.concat([salt, sealOnce(vaultKey(keyring, salt), plain)])
    : plain;
  const sealed = await sealBytes(keyring, contextOf(dataset), layer);
  plain.fill(0);
  return sealed;
}

/** Opens what `sealSecrets` made. Throws `key` when it needs two owners and one opened the keyring. */
export async function openSecrets(
  keyring: Keyring,
  dataset: string,
  sealed: Uint8Array,
): Promise<SubjectSecrets> {
  const layer = await openBytes(keyring, contextOf(dataset), sealed);
  // Without the second layer when the two-owner rule was turned on and a kill came before `reseal`.
  // One owner is refused all the same; both end what was begun.
  if (keyring.twoOwners) vaultKey(keyring, layer.subarray(0, SALT)).fill(0);
  const plain =
    keyring.twoOwners && layer.length !== 2 * KEY
      ? openOnce(vaultKey(keyring, layer.subarray(0, SALT)), layer.subarray(SALT))
      : layer;
  if (plain?.length !== 2 * KEY) {
    throw new PipelineError(
      "integrity",
      `the subject keys of ${dataset} are under another vault key`,
      {
        hint: "they must be sealed again when the two-owner rule is turned on",
      },
    );
  }
  return { index: plain.slice(0, KEY), wrap: plain.slice(KEY) };
}

function vaultKey(keyring: Keyring, salt: Uint8Array): Uint8Array {
  return hkdf(keyring.vaultKey("subject keys"), salt, "probity/subject-vault/v1", KEY);
}

function contextOf(dataset: string): string {
  return `subject keys of ${dataset}`;
}
