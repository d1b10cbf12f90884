import type { EncodedWindow, Encoder } from "./encoder.ts";
import { SLOTS } from "./encoder.ts";
import { reserve, TAGS, type Lattice } from "./lattice.ts";
import type { ModelFile } from "./model-file.ts";

// About 9 MB of cached sums; a text with more distinct words than that starts afresh.
const MAX_UNITS = 1 << 16;

// The log score of a name at a dull token.
const SURELY_NOT = -20;

/** Fills `lattice.emission` with the model's log scores for an encoded window. */
export function createScorer(
  { rows, weights, bits, scale }: ModelFile,
  encoder: Encoder,
): { prepare(): void; score(window: EncodedWindow, lattice: Lattice): void } {
  const shift = 32 - bits;
  const stride = SLOTS * TAGS;
  const [present, ranks] = ranked(rows);
  let cached = 0;
  // Sums of at most 258 weights of one byte each.
  let cache = new Int16Array(1024 * stride);

  function extend(): void {
    const size = encoder.size();
    if (size * stride > cache.length) {
      const larger = new Int16Array(2 * size * stride);
      larger.set(cache);
      cache = larger;
    }
    for (; cached < size; cached++) {
      for (let slot = 0; slot < SLOTS; slot++) {
        const at = cached * stride + slot * TAGS;
        cache.fill(0, at, at + TAGS);
        for (const hash of encoder.own(cached, slot)) {
          const row = rankOf(present, ranks, hash >>> shift);
          if (row < 0) continue;
          for (let tag = 0; tag < TAGS; tag++) cache[at + tag]! += weights[row * TAGS + tag]!;
        }
      }
    }
  }

  return {
    /** To be called before a window is encoded. */
    prepare() {
      if (encoder.size() < MAX_UNITS) return;
      encoder.forget();
      cached = 0;
    },
    score({ n, units, joint, dull }, lattice) {
      extend();
      reserve(lattice, n);
      const joined = encoder.joined;
      const { emission } = lattice;
      // One sum a tag, written out: the sums stay in registers, which makes this loop three times as fast.
      for (let t = 0; t < n; t++) {
        if (dull[t] === 1) {
          emission.fill(SURELY_NOT, t * TAGS + 1, (t + 1) * TAGS);
          continue;
        }
        let s0 = 0,
          s1 = 0,
          s2 = 0,
          s3 = 0,
          s4 = 0,
          s5 = 0,
          s6 = 0,
          s7 = 0,
          s8 = 0,
          s9 = 0,
          s10 = 0,
          s11 = 0,
          s12 = 0;
        const end = (t + 1) * joined;
        for (let k = t * joined; k < end; k++) {
          const row = rankOf(present, ranks, joint[k]! >>> shift);
          if (row < 0) continue;
          const at = Math.imul(row, TAGS);
          s0 += weights[at]!;
          s1 += weights[at + 1]!;
          s2 += weights[at + 2]!;
          s3 += weights[at + 3]!;
          s4 += weights[at + 4]!;
          s5 += weights[at + 5]!;
          s6 += weights[at + 6]!;
          s7 += weights[at + 7]!;
          s8 += weights[at + 8]!;
          s9 += weights[at + 9]!;
          s10 += weights[at + 10]!;
          s11 += weights[at + 11]!;
          s12 += weights[at + 12]!;
        }
        for (let slot = 0; slot < SLOTS; slot++) {
          const at = (Math.imul(units[t + slot]!, stride) + Math.imul(slot, TAGS)) | 0;
          s0 += cache[at]!;
          s1 += cache[at + 1]!;
          s2 += cache[at + 2]!;
          s3 += cache[at + 3]!;
          s4 += cache[at + 4]!;
          s5 += cache[at + 5]!;
          s6 += cache[at + 6]!;
          s7 += cache[at + 7]!;
          s8 += cache[at + 8]!;
          s9 += cache[at + 9]!;
          s10 += cache[at + 10]!;
          s11 += cache[at + 11]!;
          s12 += cache[at + 12]!;
        }
        const out = t * TAGS;
        emission[out] = s0 * scale;
        emission[out + 1] = s1 * scale;
        emission[out + 2] = s2 * scale;
        emission[out + 3] = s3 * scale;
        emission[out + 4] = s4 * scale;
        emission[out + 5] = s5 * scale;
        emission[out + 6] = s6 * scale;
        emission[out + 7] = s7 * scale;
        emission[out + 8] = s8 * scale;
        emission[out + 9] = s9 * scale;
        emission[out + 10] = s10 * scale;
        emission[out + 11] = s11 * scale;
        emission[out + 12] = s12 * scale;
      }
    },
  };
}

/**
 * The place of a row among those that have weights, -1 where it has none. Bits and counts fit the
 * processor's nearest memory, and the rows themselves lie close together: waiting for memory is
 * what this model spends its time on.
 */
function rankOf(present: Uint32Array, ranks: Int32Array, row: number): number {
  const word = present[row >>> 5]!;
  const bit = row & 31;
  if (((word >>> bit) & 1) === 0) return -1;
  // Bits set below `bit`, counted in parallel.
  let below = bit === 0 ? 0 : word << (32 - bit);
  below = below - ((below >>> 1) & 0x55555555);
  below = (below & 0x33333333) + ((below >>> 2) & 0x33333333);
  below = (below + (below >>> 4)) & 0x0f0f0f0f;
  return ranks[row >>> 5]! + (Math.imul(below, 0x01010101) >>> 24);
}

// The bits by words of 32, and how many are set before each word.
function ranked(rows: Uint8Array): [present: Uint32Array, ranks: Int32Array] {
  const present = new Uint32Array(rows.length / 4);
  const ranks = new Int32Array(present.length);
  let before = 0;
  for (let word = 0; word < present.length; word++) {
    ranks[word] = before;
    for (let byte = 0; byte < 4; byte++) {
      const bits = rows[4 * word + byte]!;
      present[word]! |= bits << (8 * byte);
      for (let rest = bits; rest !== 0; rest &= rest - 1) before++;
    }
  }
  return [present, ranks];
}
