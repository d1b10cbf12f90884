import { PipelineError } from "../../core/error.ts";
import { TAG } from "../aead.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { hkdfExpand, hkdfExtract, noSalt } from "../hkdf.ts";
import { sodium, sodiumReady } from "../sodium.ts";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import type { Stanza } from "./header.ts";
import { FILE_KEY, type Identity, type Recipient } from "./recipient.ts";

const TYPE = "mlkem768x25519";
const INFO = "age-encryption.org/mlkem768x25519";
const ENCAPSULATED = 1120;
const PUBLIC_KEY = 1216;

/** A new post-quantum identity, `AGE-SECRET-KEY-PQ-1…`, and its recipient, `age1pq1…`. */
export async function generateHybrid(): Promise<{
  readonly identity: string;
  readonly recipient: string;
}> {
  const library = await sodiumReady();
  const seed = library.randombytes_buf(32);
  const identity = encodeBech32("age-secret-key-pq-", seed).toUpperCase();
  const { publicKey } = library.crypto_kem_xwing_seed_keypair(seed);
  seed.fill(0);
  return { identity, recipient: encodeBech32("age1pq", publicKey) };
}

/** The X-Wing public key of `age1pq1…`; throws `key` when it is not one. */
export function parseHybridRecipient(text: string): Uint8Array {
  const key = text.startsWith("age1pq1") ? decodeBech32("age1pq", text) : undefined;
  if (key?.length !== PUBLIC_KEY) {
    throw new PipelineError("key", "the recipient is not a post-quantum age public key");
  }
  return key;
}

/** The 32-byte X-Wing seed of `AGE-SECRET-KEY-PQ-1…`; throws `key` when it is not one. */
export function parseHybridIdentity(text: string): Uint8Array {
  const prefix = "AGE-SECRET-KEY-PQ-";
  const seed = text.startsWith(`${prefix}1`) ? decodeBech32(prefix.toLowerCase(), text) : undefined;
  if (seed?.length !== 32) {
    throw new PipelineError("key", "the identity is not a post-quantum age secret key");
  }
  return seed;
}

/** Wraps to a post-quantum public key. `seed` (64 bytes) is for published vectors. */
export function hybridRecipient(text: string, seed?: Uint8Array): Recipient {
  const publicKey = parseHybridRecipient(text);
  return {
    async wrap(fileKey) {
      const library = await sodiumReady();
      const { ciphertext, sharedSecret } =
        seed === undefined
          ? library.crypto_kem_xwing_enc(publicKey)
          : library.crypto_kem_xwing_enc_deterministic(publicKey, seed);
      const { key, nonce } = schedule(sharedSecret);
      const body = library.crypto_aead_chacha20poly1305_ietf_encrypt(
        fileKey,
        null,
        null,
        nonce,
        key,
      );
      return { args: [TYPE, encodeBase64(ciphertext)], body };
    },
  };
}

/** Unwraps with a post-quantum secret key. */
export function hybridIdentity(text: string): Identity {
  const seed = parseHybridIdentity(text);
  return {
    async unwrap(stanzas) {
      const library = await sodiumReady();
      const { privateKey } = library.crypto_kem_xwing_seed_keypair(seed);
      for (const { share, body } of stanzas.filter(({ args }) => args[0] === TYPE).map(parse)) {
        const { key, nonce } = schedule(decapsulate(share, privateKey));
        const fileKey = openAt(key, nonce, body);
        if (fileKey !== undefined) return fileKey;
      }
      return undefined;
    },
  };
}

/** X-Wing decapsulation; throws `format` when the X25519 half is a point of low order. */
export function decapsulate(share: Uint8Array, privateKey: Uint8Array): Uint8Array {
  try {
    return sodium().crypto_kem_xwing_dec(share, privateKey);
  } catch (cause) {
    throw new PipelineError("format", "a post-quantum share is malformed", { cause });
  }
}

function parse({ args, body }: Stanza): { readonly share: Uint8Array; readonly body: Uint8Array } {
  const share = args.length === 2 ? decodeBase64(args[1]!) : undefined;
  if (share?.length !== ENCAPSULATED || body.length !== FILE_KEY + TAG) {
    throw new PipelineError("format", "a post-quantum stanza of the header is malformed");
  }
  return { share, body };
}

function openAt(key: Uint8Array, nonce: Uint8Array, body: Uint8Array): Uint8Array | undefined {
  try {
    return sodium().crypto_aead_chacha20poly1305_ietf_decrypt(null, body, null, nonce, key);
  } catch {
    return undefined;
  }
}

// HPKE (RFC 9180) in base mode: KEM 0x647a (MLKEM768-X25519, which is X-Wing), KDF 0x0001
// (HKDF-SHA-256), AEAD 0x0003 (ChaCha20-Poly1305); only the first message of a context is sent.
const SUITE = Buffer.from([...Buffer.from("HPKE"), 0x64, 0x7a, 0, 1, 0, 3]);
const HPKE = Buffer.concat([Buffer.from("HPKE-v1"), SUITE]);
const MODE_BASE = Uint8Array.of(0);

function schedule(shared: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const context = Buffer.concat([
    MODE_BASE,
    labeledExtract(noSalt, "psk_id_hash", noSalt),
    labeledExtract(noSalt, "info_hash", Buffer.from(INFO)),
  ]);
  const secret = labeledExtract(shared, "secret", noSalt);
  return {
    key: labeledExpand(secret, "key", context, 32),
    nonce: labeledExpand(secret, "base_nonce", context, 12),
  };
}

function labeledExtract(salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array {
  return hkdfExtract(salt, Buffer.concat([HPKE, Buffer.from(label), ikm]));
}

function labeledExpand(
  key: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const prefix = Uint8Array.of(length >> 8, length & 0xff);
  return hkdfExpand(key, Buffer.concat([prefix, HPKE, Buffer.from(label), info]), length);
}
