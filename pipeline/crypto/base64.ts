/** Standard base64 (RFC 4648 section 4) without padding, as the age format writes it. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("base64")
    .replace(/=+$/, "");
}

/**
 * Bytes of unpadded standard base64. Undefined for anything that `encodeBase64` would not have
 * written: padding, other alphabets, white space, bits set beyond the last byte. One value thus has
 * one text, and nothing can hide in the spelling.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return encodeBase64(bytes) === text ? bytes : undefined;
}
