import { randomFillSync } from "node:crypto";
import { PipelineError } from "../../core/error.ts";
import { sodium } from "../sodium.ts";

const NONCE = 24;
const pool = Buffer.alloc(NONCE * 512);
let used = pool.length;

/**
 * Seals one text under a subject's key, bound to where it stands: XChaCha20-Poly1305 with a random
 * nonce, then ciphertext and tag, 40 bytes more than the UTF-8 of the text. Its length shows.
 */
export function sealCell(key: Uint8Array, place: string, text: string): Uint8Array {
  const nonce = nextNonce();
  const sealed = sodium().crypto_aead_xchacha20poly1305_ietf_encrypt(text, place, null, nonce, key);
  return Buffer.concat([nonce, sealed]);
}

/** The text of a sealed cell. Throws `integrity` when it was changed or stood elsewhere. */
export function openCell(key: Uint8Array, place: string, sealed: Uint8Array): string {
  try {
    const plain = sodium().crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      sealed.subarray(NONCE),
      place,
      sealed.subarray(0, NONCE),
      key,
    );
    return Buffer.from(plain).toString("utf8");
  } catch (cause) {
    throw new PipelineError("integrity", `the sealed cell at ${place} was changed`, { cause });
  }
}

/** Taken from a pool: one call to the system per nonce would cost more than the sealing. */
function nextNonce(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += NONCE;
  return Buffer.from(pool.subarray(used - NONCE, used));
}
