import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { equalBytes } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import { sodium, sodiumReady } from "./sodium.ts";

/** Bytes that sealing adds. */
export const TAG = 16;

/** `fast` is node:crypto (OpenSSL), `libsodium` the WebAssembly build of libsodium; same bytes. */
export type Engine = "fast" | "libsodium";

/**
 * ChaCha20-Poly1305 (RFC 8439) with a 32-byte key, a 12-byte nonce and no associated data. A nonce
 * must never be used twice with one key; every caller's keys are derived for one use.
 */
export interface Aead {
  /** Writes the ciphertext and its tag, `plain.length + 16` bytes, into `out` from `at`. */
  seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, out: Uint8Array, at: number): void;
  /** The plaintext, or undefined when the tag is not the key's, the nonce's and the ciphertext's. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

const ALGORITHM = "chacha20-poly1305";

const engines: Readonly<Record<Engine, Aead>> = {
  fast: {
    seal(key, nonce, plain, out, at) {
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG });
      out.set(cipher.update(plain), at);
      cipher.final();
      out.set(cipher.getAuthTag(), at + plain.length);
    },
    open(key, nonce, sealed) {
      const end = sealed.length - TAG;
      if (end < 0) return undefined;
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG });
      decipher.setAuthTag(sealed.subarray(end));
      const plain = decipher.update(sealed.subarray(0, end));
      try {
        decipher.final();
      } catch {
        plain.fill(0); // unauthenticated bytes must not outlive the failure
        return undefined;
      }
      return plain;
    },
  },
  libsodium: {
    seal(key, nonce, plain, out, at) {
      out.set(
        sodium().crypto_aead_chacha20poly1305_ietf_encrypt(plain, null, null, nonce, key),
        at,
      );
    },
    open(key, nonce, sealed) {
      if (sealed.length < TAG) return undefined;
      const library = sodium();
      try {
        return library.crypto_aead_chacha20poly1305_ietf_decrypt(null, sealed, null, nonce, key);
      } catch {
        return undefined; // libsodium throws on a forgery, and on nothing else that gets here
      }
    },
  },
};

let tested = false;

/**
 * An engine, libsodium loaded. The first call holds the fast one against libsodium, on random keys
 * and at sizes around its block size; a difference throws `internal`, so that a broken OpenSSL is
 * found before it has written a byte.
 */
export async function aead(engine: Engine = "fast"): Promise<Aead> {
  await sodiumReady();
  if (engine === "fast" && !tested) {
    selfTest();
    tested = true;
  }
  return engines[engine];
}

/** Seals a short secret under a key that is used this once, so the nonce is zero. */
export function sealOnce(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(plain.length + TAG);
  engines.libsodium.seal(key, ZERO_NONCE, plain, out, 0);
  return out;
}

/** Undoes `sealOnce`; undefined when it was not sealed under this key. */
export function openOnce(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  return engines.libsodium.open(key, ZERO_NONCE, sealed);
}

const ZERO_NONCE = new Uint8Array(12);

function selfTest(): void {
  for (const size of [0, 1, 63, 64, 65, 1024, 65536]) {
    const [key, nonce, plain] = [randomBytes(32), randomBytes(12), randomBytes(size)];
    const ours = new Uint8Array(size + TAG);
    const theirs = new Uint8Array(size + TAG);
    engines.fast.seal(key, nonce, plain, ours, 0);
    engines.libsodium.seal(key, nonce, plain, theirs, 0);
    const opened = engines.fast.open(key, nonce, theirs);
    theirs[size]! ^= 1;
    const forged = engines.fast.open(key, nonce, theirs);
    theirs[size]! ^= 1;
    if (
      !equalBytes(ours, theirs) ||
      opened === undefined ||
      !equalBytes(opened, plain) ||
      forged !== undefined
    ) {
      throw new PipelineError("internal", "node's chacha20-poly1305 differs from libsodium's", {
        hint: "use the libsodium engine, and report the version of Node and OpenSSL",
      });
    }
  }
}
