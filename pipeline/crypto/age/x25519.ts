import { PipelineError } from "../../core/error.ts";
import { openOnce, sealOnce, TAG } from "../aead.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { hkdf } from "../hkdf.ts";
import { sodium, sodiumReady } from "../sodium.ts";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import type { Stanza } from "./header.ts";
import { FILE_KEY, type Identity, type Recipient } from "./recipient.ts";

const TYPE = "X25519";
const INFO = "age-encryption.org/v1/X25519";
const POINT = 32;

/** A new identity, `AGE-SECRET-KEY-1…`, and its recipient, `age1…`. */
export async function generateX25519(): Promise<{
  readonly identity: string;
  readonly recipient: string;
}> {
  const library = await sodiumReady();
  const { privateKey, publicKey } = library.crypto_box_keypair();
  const identity = encodeBech32("age-secret-key-", privateKey).toUpperCase();
  privateKey.fill(0);
  return { identity, recipient: encodeBech32("age", publicKey) };
}

/** The public key of `age1…`; throws `key` when it is not one. */
export function parseX25519Recipient(text: string): Uint8Array {
  const point = text.startsWith("age1") ? decodeBech32("age", text) : undefined;
  if (point?.length !== POINT) {
    throw new PipelineError("key", "the recipient is not an age public key", {
      hint: "age public keys look like age1… and are made by age-keygen",
    });
  }
  return point;
}

/** The secret scalar of `AGE-SECRET-KEY-1…`; throws `key` when it is not one. */
export function parseX25519Identity(text: string): Uint8Array {
  const prefix = "AGE-SECRET-KEY-";
  const scalar = text.startsWith(`${prefix}1`)
    ? decodeBech32(prefix.toLowerCase(), text)
    : undefined;
  if (scalar?.length !== 32) {
    throw new PipelineError("key", "the identity is not an age secret key", {
      hint: "age secret keys look like AGE-SECRET-KEY-1… and are made by age-keygen",
    });
  }
  return scalar;
}

/** `age1…` of a public key, or of the public key of an identity. */
export function formatX25519Recipient(point: Uint8Array): string {
  return encodeBech32("age", point);
}

/** Wraps to a public key. `ephemeral` is random but where a test writes a published vector again. */
export function x25519Recipient(text: string, ephemeral?: Uint8Array): Recipient {
  const point = parseX25519Recipient(text);
  return {
    async wrap(fileKey) {
      const library = await sodiumReady();
      const scalar = ephemeral ?? library.randombytes_buf(32);
      const share = library.crypto_scalarmult_base(scalar);
      const key = wrapKey(agree(scalar, point), share, point);
      return { args: [TYPE, encodeBase64(share)], body: sealOnce(key, fileKey) };
    },
  };
}

/** Unwraps with a secret key. */
export function x25519Identity(text: string): Identity {
  const scalar = parseX25519Identity(text);
  return {
    async unwrap(stanzas) {
      const library = await sodiumReady();
      const point = library.crypto_scalarmult_base(scalar);
      for (const { share, body } of stanzas.filter(isX25519).map(parse)) {
        const fileKey = openOnce(wrapKey(agree(scalar, share), share, point), body);
        if (fileKey !== undefined) return fileKey;
      }
      return undefined;
    },
  };
}

/**
 * X25519 (RFC 7748). Throws `format` when the shared secret is all zero: the other side sent a point
 * of low order, and everybody knows the outcome.
 */
export function agree(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  try {
    return sodium().crypto_scalarmult(scalar, point);
  } catch (cause) {
    throw new PipelineError("format", "an X25519 share is a point of low order", { cause });
  }
}

function isX25519({ args }: Stanza): boolean {
  return args[0] === TYPE;
}

function parse({ args, body }: Stanza): { readonly share: Uint8Array; readonly body: Uint8Array } {
  const share = args.length === 2 ? decodeBase64(args[1]!) : undefined;
  // A body of another size could be a longer file key under which two files decrypt differently.
  if (share?.length !== POINT || body.length !== FILE_KEY + TAG) {
    throw new PipelineError("format", "an X25519 stanza of the header is malformed");
  }
  return { share, body };
}

function wrapKey(secret: Uint8Array, share: Uint8Array, point: Uint8Array): Uint8Array {
  return hkdf(secret, Buffer.concat([share, point]), INFO, 32);
}
