import { sodium } from "./sodium.ts";

/** Ed25519 (RFC 8032): 32 bytes of public key, 64 bytes of secret key (seed, then public key). */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A new signing key from the system's randomness. `sodiumReady` must have been awaited. */
export function createSigningKey(): SigningKey {
  const { publicKey, privateKey } = sodium().crypto_sign_keypair();
  return { publicKey, secretKey: privateKey };
}

/** The 64-byte Ed25519 signature of a message. `core/signature.ts` verifies it. */
export function sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  return sodium().crypto_sign_detached(message, secretKey);
}

/** The public half of a 64-byte secret key, computed again from the seed that it begins with. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  const { publicKey, privateKey } = sodium().crypto_sign_seed_keypair(secretKey.subarray(0, 32));
  privateKey.fill(0);
  return publicKey;
}
