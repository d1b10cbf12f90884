import { equalBytes } from "../core/digest.ts";
import { openOnce, sealOnce } from "./aead.ts";
import { decapsulate } from "./age/hybrid.ts";
import { agree } from "./age/x25519.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { hkdf } from "./hkdf.ts";
import { sodium } from "./sodium.ts";

/** The half of a slot that stands in the keyring: anyone can lock a secret to it. */
export interface PublicSide {
  readonly kem: "x25519" | "x-wing";
  readonly key: Uint8Array;
}

/** The half that a holder has: an X25519 scalar or the 32-byte seed of an X-Wing key pair. */
export interface SecretSide {
  readonly kem: PublicSide["kem"];
  readonly secret: Uint8Array;
}

/** A secret locked to a public side; all fields are unpadded base64. */
export interface Lock {
  /** What the two sides agree on: an ephemeral X25519 point, or an X-Wing ciphertext. */
  readonly share: string;
  /** Keyed BLAKE2b, 32 bytes: tells the right key from a wrong one before anything is decrypted. */
  readonly commitment: string;
  readonly sealed: string;
}

/**
 * A key pair made from a 32-byte slot seed. Slots of passphrases, key files and commands have one so
 * that a keyring opened by one slot can be locked anew for all others without their secrets; X-Wing,
 * so that this costs nothing against a quantum computer.
 */
export function publicSideOf(seed: Uint8Array): PublicSide {
  const { publicKey, privateKey } = sodium().crypto_kem_xwing_seed_keypair(seed);
  privateKey.fill(0);
  return { kem: "x-wing", key: publicKey };
}

/** Locks a secret to a public side, bound to `info`. */
export function lock(to: PublicSide, info: string, secret: Uint8Array): Lock {
  const { share, shared } = encapsulate(to);
  const keys = deriveKeys(shared, share, to.key, info);
  return {
    share: encodeBase64(share),
    commitment: encodeBase64(keys.commitment),
    sealed: encodeBase64(sealOnce(keys.wrap, secret)),
  };
}

/** The secret, or undefined when it was locked to another side, for another `info`, or changed. */
export function unlock(side: SecretSide, info: string, locked: Lock): Uint8Array | undefined {
  const [share, commitment, sealed] = [locked.share, locked.commitment, locked.sealed].map(
    decodeBase64,
  );
  if (share === undefined || commitment === undefined || sealed === undefined) return undefined;
  const opened = open(side, share);
  if (opened === undefined) return undefined;
  const keys = deriveKeys(opened.shared, share, opened.key, info);
  return equalBytes(keys.commitment, commitment) ? openOnce(keys.wrap, sealed) : undefined;
}

function encapsulate(to: PublicSide): { readonly share: Uint8Array; readonly shared: Uint8Array } {
  const library = sodium();
  if (to.kem === "x-wing") {
    const { ciphertext, sharedSecret } = library.crypto_kem_xwing_enc(to.key);
    return { share: ciphertext, shared: sharedSecret };
  }
  const ephemeral = library.randombytes_buf(32);
  const shared = agree(ephemeral, to.key);
  return { share: library.crypto_scalarmult_base(ephemeral), shared };
}

function open(
  side: SecretSide,
  share: Uint8Array,
): { readonly shared: Uint8Array; readonly key: Uint8Array } | undefined {
  const library = sodium();
  if (side.kem === "x25519") {
    if (share.length !== library.crypto_scalarmult_BYTES) return undefined;
    return {
      shared: agree(side.secret, share),
      key: library.crypto_scalarmult_base(side.secret),
    };
  }
  if (share.length !== library.crypto_kem_xwing_CIPHERTEXTBYTES) return undefined;
  const { publicKey, privateKey } = library.crypto_kem_xwing_seed_keypair(side.secret);
  const shared = decapsulate(share, privateKey);
  privateKey.fill(0);
  return { shared, key: publicKey };
}

/** Both keys hang on the shared secret, the whole exchange and the purpose. */
function deriveKeys(
  shared: Uint8Array,
  share: Uint8Array,
  key: Uint8Array,
  info: string,
): { readonly wrap: Uint8Array; readonly commitment: Uint8Array } {
  const bytes = hkdf(shared, Buffer.concat([share, key]), info, 64);
  shared.fill(0);
  return {
    wrap: bytes.subarray(0, 32),
    commitment: sodium().crypto_generichash(32, info, bytes.subarray(32)),
  };
}
