import type { EncodedWindow, Encoder } from "./encoder.ts";
import { SLOTS } from "./encoder.ts";
import { reserve, TAGS, type Lattice } from "./lattice.ts";
import type { ModelFile } from "./model-file.ts";
import { BIAS, LANES, LOW, packedRows, sumRows } from "./packed-rows.ts";

// About 9 MB of cached sums; a text with more distinct words than that starts afresh.
const MAX_UNITS = 1 << 16;

// The log score of a name at a dull token.
const SURELY_NOT = -20;

/** Fills `lattice.emission` with the model's log scores for an encoded window. */
export function createScorer(
  file: ModelFile,
  encoder: Encoder,
): { prepare(): void; score(window: EncodedWindow, lattice: Lattice): void } {
  const { bits, scale } = file;
  const shift = 32 - bits;
  const stride = SLOTS * TAGS;
  const rows = packedRows(file);
  const sums = new Int32Array(TAGS);
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
        sumRows(rows, encoder.own(cached, slot), shift, sums);
        cache.set(sums, cached * stride + slot * TAGS);
      }
      encoder.release(cached);
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
      const bias = BIAS * joined;
      const { emission } = lattice;
      for (let t = 0; t < n; t++) {
        if (dull[t] === 1) {
          emission.fill(SURELY_NOT, t * TAGS + 1, (t + 1) * TAGS);
          continue;
        }
        // Two tags a lane of 16 bits, which `joined` bytes do not overflow.
        let a = 0,
          b = 0,
          c = 0,
          d = 0,
          e = 0,
          f = 0,
          s12 = 0;
        const end = (t + 1) * joined;
        for (let k = t * joined; k < end; k++) {
          const at = (joint[k]! >>> shift) << 2;
          const first = rows[at]!;
          const second = rows[at + 1]!;
          const third = rows[at + 2]!;
          a = (a + (first & LANES)) | 0;
          b = (b + ((first >>> 8) & LANES)) | 0;
          c = (c + (second & LANES)) | 0;
          d = (d + ((second >>> 8) & LANES)) | 0;
          e = (e + (third & LANES)) | 0;
          f = (f + ((third >>> 8) & LANES)) | 0;
          s12 = (s12 + rows[at + 3]!) | 0;
        }
        let s0 = (a & LOW) - bias,
          s1 = (b & LOW) - bias,
          s2 = (a >>> 16) - bias,
          s3 = (b >>> 16) - bias,
          s4 = (c & LOW) - bias,
          s5 = (d & LOW) - bias,
          s6 = (c >>> 16) - bias,
          s7 = (d >>> 16) - bias,
          s8 = (e & LOW) - bias,
          s9 = (f & LOW) - bias,
          s10 = (e >>> 16) - bias,
          s11 = (f >>> 16) - bias;
        // One sum a tag, written out: the sums stay in registers, which makes this three times as fast.
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
