import type { EncodedWindow, Encoder } from "./encoder.ts";
import { SLOTS } from "./encoder.ts";
import { reserve, TAGS, type Lattice } from "./lattice.ts";
import type { ModelFile } from "./model-file.ts";

// About 20 MB of cached scores; a text with more distinct words than that starts afresh.
const MAX_UNITS = 1 << 16;

/** Fills `lattice.emission` with the model's log scores for an encoded window. */
export function createScorer(
  { weights, bits, scale }: ModelFile,
  encoder: Encoder,
): { prepare(): void; score(window: EncodedWindow, lattice: Lattice): void } {
  const shift = 32 - bits;
  const stride = SLOTS * TAGS;
  let cached = 0;
  let cache = new Float32Array(1024 * stride);

  function extend(): void {
    const size = encoder.size();
    if (size * stride > cache.length) {
      const larger = new Float32Array(2 * size * stride);
      larger.set(cache);
      cache = larger;
    }
    for (; cached < size; cached++) {
      for (let slot = 0; slot < SLOTS; slot++) {
        const at = cached * stride + slot * TAGS;
        cache.fill(0, at, at + TAGS);
        for (const hash of encoder.own(cached, slot)) {
          const row = (hash >>> shift) * TAGS;
          for (let tag = 0; tag < TAGS; tag++) cache[at + tag]! += weights[row + tag]! * scale;
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
    score({ n, units, joint }, lattice) {
      extend();
      reserve(lattice, n);
      const { emission } = lattice;
      const joined = encoder.joined;
      for (let t = 0; t < n; t++) {
        const out = t * TAGS;
        for (let k = 0; k < joined; k++) {
          const row = (joint[t * joined + k]! >>> shift) * TAGS;
          for (let tag = 0; tag < TAGS; tag++) emission[out + tag]! += weights[row + tag]!;
        }
        for (let tag = 0; tag < TAGS; tag++) emission[out + tag]! *= scale;
        for (let slot = 0; slot < SLOTS; slot++) {
          const at = units[t + slot]! * stride + slot * TAGS;
          for (let tag = 0; tag < TAGS; tag++) emission[out + tag]! += cache[at + tag]!;
        }
      }
    },
  };
}
