import { createPublicKey, verify } from "node:crypto";

// SubjectPublicKeyInfo of Ed25519 up to the 32 key bytes (RFC 8410 section 4).
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Whether `signature` (64 bytes) is an Ed25519 signature (RFC 8032) of `message` under the raw
 * 32-byte `publicKey`. False, never an exception, for a key or signature of the wrong form: both may
 * come from a stranger. It stands in core so that the verifier needs nothing else.
 */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, publicKey]),
      format: "der",
      type: "spki",
    });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}
