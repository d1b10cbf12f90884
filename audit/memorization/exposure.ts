import type { Estimate } from "../../pipeline/core/types.ts";

/**
 * Surprisal (−log P, nats) of a canary that was put into the training data, and those of candidates
 * of the same form that were not.
 */
export interface CanarySample {
  readonly canary: number;
  readonly candidates: ArrayLike<number>;
}

/**
 * Exposure in bits, by rank: log2 of the number of candidates and the canary, minus log2 of the
 * canary's rank among them, ties against it counting half (Carlini et al. 2019). About 1 where
 * nothing was remembered; at most log2(candidates + 1), however well it was. Undefined without
 * candidates.
 */
export function exposure({ canary, candidates }: CanarySample): Estimate {
  const n = candidates.length;
  if (n === 0) return { value: null, n, why: "no candidates to compare with" };
  if (Number.isNaN(canary)) return { value: null, n, why: "the canary has no surprisal" };
  let [below, equal] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (candidates[i]! < canary) below++;
    else if (candidates[i] === canary) equal++;
  }
  return { value: Math.log2(n + 1) - Math.log2(1 + below + equal / 2), n };
}

/**
 * Exposure in bits beyond the number of candidates: −log2 of the probability that a candidate is no
 * more surprising than the canary, under a skew-normal distribution fitted to the candidates by
 * their moments (Carlini et al. 2019, section 4.4; Azzalini 1985). Undefined with fewer than 30
 * candidates or where all are alike.
 */
export function extrapolatedExposure({ canary, candidates }: CanarySample): Estimate {
  const n = candidates.length;
  if (n < 30) return { value: null, n, why: "fewer than 30 candidates" };
  const values = Float64Array.from(candidates);
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const moment = (k: number): number => values.reduce((sum, x) => sum + (x - mean) ** k, 0) / n;
  const variance = moment(2);
  if (!(variance > 0) || Number.isNaN(canary)) {
    return { value: null, n, why: "the candidates do not differ" };
  }
  // No skew-normal is more skewed than 0.9953; at the bound the shape would be infinite.
  const skew = Math.max(-0.99, Math.min(0.99, moment(3) / variance ** 1.5));
  const root = Math.cbrt(Math.abs(skew) / ((4 - Math.PI) / 2)) ** 2;
  const slant = Math.sign(skew) * Math.sqrt(((Math.PI / 2) * root) / (1 + root));
  const scale = Math.sqrt(variance / (1 - (2 / Math.PI) * slant ** 2));
  const location = mean - scale * slant * Math.sqrt(2 / Math.PI);
  const shape = slant / Math.sqrt(1 - slant ** 2);
  const value = -logSkewNormal((canary - location) / scale, shape) / Math.LN2;
  return { value: Math.max(0, value), n };
}

/**
 * log P(X ≤ z) of the standard skew-normal with density 2φ(x)Φ(shape·x), by the trapezoid rule from z
 * down, relative to the density's peak there, so that far tails keep their digits.
 */
function logSkewNormal(z: number, shape: number): number {
  const step = 0.005;
  const terms: number[] = [];
  let peak = -Infinity;
  for (let i = 0; i < 8000; i++) {
    const x = z - i * step;
    const term = -0.5 * x ** 2 + logNormal(shape * x) + (i === 0 ? -Math.LN2 : 0);
    terms.push(term);
    peak = Math.max(peak, term);
    // Below the peak by e^-40 nothing adds up any more.
    if (term < peak - 40) break;
  }
  const sum = terms.reduce((total, term) => total + Math.exp(term - peak), 0);
  return Math.min(0, peak + Math.log((2 * step * sum) / Math.sqrt(2 * Math.PI)));
}

/** log Φ(x), to about 1e-7: by Abramowitz and Stegun 7.1.26, far left by its continued fraction. */
function logNormal(x: number): number {
  if (x < -4) {
    const square = x * x;
    // Mills' ratio: φ(x)/|x| · (1 − 1/x² + 3/x⁴ − 15/x⁶).
    const series = 1 - 1 / square + 3 / square ** 2 - 15 / square ** 3;
    return -square / 2 - Math.log(-x * Math.sqrt(2 * Math.PI)) + Math.log(series);
  }
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const polynomial =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (polynomial * Math.exp(-(x * x) / 2)) / 2;
  return Math.log(x > 0 ? 1 - tail : tail);
}
