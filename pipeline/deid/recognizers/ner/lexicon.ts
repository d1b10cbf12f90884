import { mix } from "./hash.ts";

/**
 * An open-addressing table from 32-bit hashes to values of 16 bits; value 0 means absent. Only the
 * upper half of a hash is kept, so about one stranger in 30,000 passes for a member.
 */
export interface Lexicon {
  /** Upper half of the hash, then the value; the length is a power of two. */
  readonly slots: Uint32Array;
}

/** The value under `hash`, 0 where there is none. */
export function lookUp({ slots }: Lexicon, hash: number): number {
  const mask = slots.length - 1;
  const wanted = hash >>> 16;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = slots[slot]!;
    if (entry === 0 || entry >>> 16 === wanted) return entry & 0xffff;
  }
}

/** Three quarters full at most. Entries are placed in the order of their keys, so the bytes are settled. */
export function buildLexicon(entries: ReadonlyMap<number, number>): Lexicon {
  let size = 16;
  while (size * 3 < entries.size * 4) size *= 2;
  const slots = new Uint32Array(size);
  for (const [hash, value] of [...entries].sort((a, b) => a[0] - b[0])) {
    if (value === 0) continue;
    let slot = hash & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = (((hash >>> 16) << 16) | value) >>> 0;
  }
  return { slots };
}

const PROBES = 4;

/** Whether a Bloom filter (Bloom 1970) of a power of two of bytes holds `hash`; sometimes a false yes. */
export function bloomHas(bits: Uint8Array, hash: number): boolean {
  const mask = bits.length * 8 - 1;
  for (let k = 0; k < PROBES; k++) {
    const bit = mix(hash, k) & mask;
    if ((bits[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** A filter with at least eight bits a member: under 2.5 % of the strangers pass. */
export function buildBloom(hashes: Iterable<number>): Uint8Array {
  const members = [...new Set(hashes)];
  let bytes = 8;
  while (bytes < members.length) bytes *= 2;
  const bits = new Uint8Array(bytes);
  for (const hash of members) {
    for (let k = 0; k < PROBES; k++) {
      const bit = mix(hash, k) & (bytes * 8 - 1);
      bits[bit >>> 3]! |= 1 << (bit & 7);
    }
  }
  return bits;
}
