import { uniform } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";

/**
 * Fills `noise` with independent normal numbers of the given deviation. Each is half the sum of four
 * from Box and Muller: from one alone, the spacing of floating-point numbers lets an observer solve
 * for the uniform numbers behind it (Mironov 2012; Holohan and Braghin 2021).
 */
export function gaussianNoise(noise: Float64Array, deviation: number, entropy: Random): void {
  for (let i = 0; i < noise.length; i++) {
    let sum = 0;
    for (let pair = 0; pair < 2; pair++) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(entropy)));
      const angle = 2 * Math.PI * uniform(entropy);
      sum += radius * (Math.cos(angle) + Math.sin(angle));
    }
    noise[i] = (deviation * sum) / 2;
  }
}

/**
 * The rows of one step: each of `rows` is in with probability `rate`, whatever the others do. The
 * accountant's amplification by sampling holds for this and not for shuffled batches.
 */
export function poissonSample(rows: number, rate: number, entropy: Random): Uint32Array {
  const chosen: number[] = [];
  if (rate >= 1) return Uint32Array.from({ length: rows }, (_, row) => row);
  if (rate <= 0) return new Uint32Array();
  // The gaps between rows that are in are geometric, so most rows cost no random number.
  const scale = 1 / Math.log1p(-rate);
  for (let row = -1; ;) {
    row += 1 + Math.floor(Math.log(1 - uniform(entropy)) * scale);
    if (row >= rows) return Uint32Array.from(chosen);
    chosen.push(row);
  }
}
