import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { Digest } from "./types.ts";

/** Lower-case hex SHA-256 (FIPS 180-4) of bytes, or of the UTF-8 of a string. */
export function sha256(data: Uint8Array | string): Digest {
  return createHash("sha256").update(data).digest("hex") as Digest;
}

/** SHA-256 of the canonical JSON of a value: equal values have equal digests, whatever their key order. */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

/** HMAC-SHA-256 (RFC 2104), 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Uint8Array {
  return createHmac("sha256", key).update(data).digest();
}

/** Whether a string is a lower-case hex SHA-256. */
export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Compares two byte strings in time that depends on their lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
