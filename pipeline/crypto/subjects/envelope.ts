import { randomFillSync } from "node:crypto";
import { sodium } from "../sodium.ts";

const NONCE = 24;
const pool = Buffer.alloc(NONCE * 512);
let used = pool.length;

/**
 * Seals bytes or the UTF-8 of a text under a key that may be used often: a random nonce (24), then
 * XChaCha20-Poly1305, 40 bytes more than the plaintext. It is bound to what it is `about`.
 */
export function enclose(
  key: Uint8Array,
  about: Uint8Array | string,
  plain: Uint8Array | string,
): Uint8Array {
  const nonce = nextNonce();
  const sealed = sodium().crypto_aead_xchacha20poly1305_ietf_encrypt(
    plain,
    about,
    null,
    nonce,
    key,
  );
  return Buffer.concat([nonce, sealed]);
}

/** Undoes `enclose`; undefined when it was under another key, about another thing, or changed. */
export function disclose(
  key: Uint8Array,
  about: Uint8Array | string,
  enclosed: Uint8Array,
): Uint8Array | undefined {
  const [nonce, sealed] = [enclosed.subarray(0, NONCE), enclosed.subarray(NONCE)];
  try {
    return sodium().crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, about, nonce, key);
  } catch {
    return undefined;
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
