import { createHmac, hkdfSync } from "node:crypto";

/** HKDF-SHA-256 (RFC 5869). */
export function hkdf(
  secret: Uint8Array,
  salt: Uint8Array,
  info: string | Uint8Array,
  length: number,
): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, info, length));
}

/** The first half of HKDF alone, for protocols that build on it. */
export function hkdfExtract(salt: Uint8Array, secret: Uint8Array): Uint8Array {
  return createHmac("sha256", salt).update(secret).digest();
}

/** The second half of HKDF for at most 32 bytes, which is one block. */
export function hkdfExpand(key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return createHmac("sha256", key)
    .update(info)
    .update(Uint8Array.of(1))
    .digest()
    .subarray(0, length);
}

/** An info string of several parts. A NUL stands between them, and none may hold one. */
export function joinInfo(...parts: readonly (string | number)[]): string {
  return parts.join("\0");
}

/** The salt of a derivation from a secret that is random and used under distinct infos. */
export const noSalt: Uint8Array = new Uint8Array(0);
