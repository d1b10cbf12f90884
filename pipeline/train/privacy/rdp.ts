import type { Mechanism } from "./mechanism.ts";

/** Orders at which both Opacus 1.5 and dp_accounting 0.4 evaluate, and dp_accounting's large ones. */
const ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => i + 11),
  128,
  256,
  512,
  1024,
];

/** Below, the integral would need millions of points, and ε is beyond 10⁴. */
const LEAST_NOISE = 0.01;

/**
 * ε at `delta` by Rényi differential privacy: Rényi divergence of the subsampled Gaussian (Mironov,
 * Talwar and Zhang 2019), summed over the steps, converted by Canonne, Kamath and Steinke 2020
 * (proposition 12), the best over all orders. Infinite without noise.
 */
export function epsilonByRdp({ noise, rate, steps }: Mechanism, delta: number): number {
  if (steps === 0 || rate === 0) return 0;
  if (noise === 0) return Infinity;
  let best = Infinity;
  for (const order of ORDERS) {
    const divergence = steps * renyiDivergence(noise, rate, order);
    // A divergence so small that δ covers the total variation: nothing is left for ε.
    if (delta ** 2 + Math.expm1(-divergence) > 0) return 0;
    const epsilon = divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    best = Math.min(best, epsilon);
  }
  return Math.max(0, best);
}

/**
 * Rényi divergence of order α of one step, in nats: log(A) / (α − 1) with
 * A = E_{x ~ N(0, σ²)} (1 − q + q·e^((2x − 1)/2σ²))^α.
 */
export function renyiDivergence(noise: number, rate: number, order: number): number {
  if (rate === 1) return order / (2 * noise ** 2);
  return logMoment(noise, rate, order) / (order - 1);
}

function logMoment(noise: number, rate: number, order: number): number {
  if (order === 1) return 0;
  if (Number.isInteger(order)) return logMomentBinomial(noise, rate, order);
  if (noise >= LEAST_NOISE) return logMomentIntegral(noise, rate, order);
  // log A is convex in α: between whole orders it lies below the line, which is bound enough here.
  const below = Math.floor(order);
  const share = order - below;
  const [low, high] = [logMoment(noise, rate, below), logMoment(noise, rate, below + 1)];
  return (1 - share) * low + share * high;
}

// Σ_k C(α, k) (1 − q)^(α − k) q^k e^((k² − k)/2σ²)
function logMomentBinomial(noise: number, rate: number, order: number): number {
  const terms: number[] = [];
  let logBinomial = 0;
  for (let k = 0; k <= order; k++) {
    const chosen = k * Math.log(rate) + (order - k) * Math.log1p(-rate);
    terms.push(logBinomial + chosen + (k * k - k) / (2 * noise ** 2));
    logBinomial += Math.log((order - k) / (k + 1));
  }
  return logSumExp(terms);
}

// The trapezoid rule on a line: for functions this smooth its error falls exponentially with the
// number of points, and at a twentieth of σ it is below rounding.
function logMomentIntegral(noise: number, rate: number, order: number): number {
  const step = noise / 20;
  const [from, to] = [-14 * noise, order + 14 * noise];
  const terms: number[] = [];
  for (let x = from; x <= to; x += step) {
    const ratio = logAdd(Math.log1p(-rate), Math.log(rate) + (2 * x - 1) / (2 * noise ** 2));
    terms.push(order * ratio - x ** 2 / (2 * noise ** 2));
  }
  return logSumExp(terms) + Math.log(step / (noise * Math.sqrt(2 * Math.PI)));
}

function logAdd(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return high + Math.log1p(Math.exp(low - high));
}

function logSumExp(terms: readonly number[]): number {
  const peak = terms.reduce((a, b) => Math.max(a, b), -Infinity);
  if (peak === Infinity) return Infinity;
  return peak + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - peak), 0));
}
