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
  for (let row = 0; row < rows; row++) if (uniform(entropy) < rate) chosen.push(row);
  return Uint32Array.from(chosen);
}
