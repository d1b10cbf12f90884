import { createCipheriv, createHash, createHmac, randomFillSync, type Cipher } from "node:crypto";
import type { Random } from "./types.ts";

const POOL_BYTES = 4096;

/**
 * Seeded and recorded: the same seed gives the same numbers on every machine. For splits, shuffles
 * and initial weights. The stream is AES-256-CTR under SHA-256 of the seed; a fork is keyed by
 * HMAC-SHA-256 of its label, so forks are independent of how much the parent was used.
 */
export function seededRandom(seed: string): Random {
  return streamUnder(createHash("sha256").update(`probity seed\0${seed}`).digest());
}

/** Keyed, never recorded: a pseudo-random function of a 32-byte secret and the labels of the forks. */
export function keyedRandom(secret: Uint8Array): Random {
  return streamUnder(createHmac("sha256", secret).update("probity keyed stream").digest());
}

/** From the operating system, never replayed: for privacy noise and keys. A fork is the source itself. */
export function systemRandom(): Random {
  const pool = new Uint32Array(POOL_BYTES / 4);
  let next = pool.length;
  const random: Random = {
    uint32() {
      if (next === pool.length) {
        randomFillSync(pool);
        next = 0;
      }
      return pool[next++]!;
    },
    fork: () => random,
  };
  return random;
}

function streamUnder(key: Uint8Array): Random {
  let cipher: Cipher | undefined;
  let pool = Buffer.alloc(0);
  let next = 0;
  return {
    uint32() {
      if (next === pool.length) {
        // The key is used for this one stream, so a fixed counter block is never reused.
        cipher ??= createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
        pool = cipher.update(Buffer.alloc(pool.length === 0 ? 64 : POOL_BYTES));
        next = 0;
      }
      const value = pool.readUInt32LE(next);
      next += 4;
      return value;
    },
    fork: (label) => streamUnder(createHmac("sha256", key).update(label).digest()),
  };
}

/** A number in [0, 1) with 53 random bits. */
export function uniform(random: Random): number {
  return ((random.uint32() >>> 5) * 0x4000000 + (random.uint32() >>> 6)) / 0x20000000000000;
}

/** An integer in [0, n), each equally likely; n is an integer in [1, 2^32]. Rejects the biased tail. */
export function below(random: Random, n: number): number {
  const limit = 0x100000000 - (0x100000000 % n);
  for (;;) {
    const value = random.uint32();
    if (value < limit) return value % n;
  }
}

/** One member of a list that is not empty, each equally likely. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}

/** Shuffles in place (Fisher and Yates) and returns its argument. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(
  random: Random,
  items: T,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}

/** A standard normal number (Box and Muller 1958). Not for privacy noise: its floating point leaks. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
}
