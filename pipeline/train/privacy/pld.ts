import { fourier } from "./fourier.ts";
import type { Mechanism } from "./mechanism.ts";

/** How finely privacy losses are put on a grid. */
export interface Grid {
  /** Largest distance of its points. */
  readonly interval: number;
  /** Largest transform; where the losses need more room, the grid gets coarser. */
  readonly points: number;
}

/** Halving the distance moves ε by less than 1e-5. */
export const FINE: Grid = { interval: 1e-4, points: 2 ** 21 };
/** For a search: many times quicker, and still an upper bound. */
export const COARSE: Grid = { interval: 5e-4, points: 2 ** 18 };
/** Points to a standard deviation of one step's loss, so that many steps do not add up their rounding. */
const POINTS_A_DEVIATION = 16;
/** Probability that may leave the ends of the grid; it is added to δ. */
const TAIL = 1e-15;
/** How far the noise is followed, in standard deviations, and what lies beyond at both ends. */
const REACH = 9.7;
const BEYOND = 4e-22;
const SQRT_2PI = Math.sqrt(2 * Math.PI);

// Three-point Gauss-Legendre on [−1, 1]: exact for polynomials up to degree 5.
const NODES = new Float64Array([-Math.sqrt(0.6), 0, Math.sqrt(0.6)]);
const NODE_WEIGHTS = new Float64Array([5 / 9, 8 / 9, 5 / 9]);

/** Probability of each privacy loss (first + i) · interval, under the upper distribution. */
interface Losses {
  readonly interval: number;
  readonly first: number;
  readonly masses: Float64Array;
  /** Probability of an infinite loss. */
  readonly infinite: number;
}

/**
 * ε at `delta` by the privacy loss distribution: that of one step is put on a grid so that the
 * privacy curve is met at the grid points and lies above in between ("connect the dots", Doroshenko
 * et al. 2022), then composed with itself by Fourier transform (Koskela et al. 2020). What rounding
 * and truncation may have hidden is added to δ, so the result is an upper bound. The larger of
 * adding and removing a row. Infinite without noise, and where δ is below what truncation leaves.
 */
export function epsilonByPld(mechanism: Mechanism, delta: number, grid: Grid = FINE): number {
  const { noise, rate, steps } = mechanism;
  if (steps === 0 || rate === 0) return 0;
  if (noise === 0) return Infinity;
  // Without sampling the sum of the steps is one step with less noise, and both directions are alike.
  if (rate === 1)
    return epsilonOf({ noise: noise / Math.sqrt(steps), rate, steps: 1 }, "remove", delta, grid);
  const remove = epsilonOf(mechanism, "remove", delta, grid);
  return Math.max(remove, epsilonOf(mechanism, "add", delta, grid));
}

type Direction = "remove" | "add";

function epsilonOf(
  mechanism: Mechanism,
  direction: Direction,
  delta: number,
  { interval, points }: Grid,
): number {
  const { noise, rate, steps } = mechanism;
  // χ² of one step, which is the variance of its loss where that is small.
  const deviation = rate * Math.sqrt(Math.expm1(noise ** -2));
  const small = steps > 1 && deviation < 4 * interval;
  const finest = small ? Math.max(deviation / POINTS_A_DEVIATION, 1e-9) : interval;
  for (let width = finest; ; width *= 2) {
    const one = lossesOfStep(mechanism, direction, width, points);
    const composed = one && compose(one, steps, points);
    if (composed) return epsilonAt(composed, delta);
  }
}

/**
 * One step. With x the released number on the axis between the two neighbours, in which the row
 * contributes 0 or 1: "remove" compares (1 − q)·N(0, σ²) + q·N(1, σ²) with N(0, σ²), "add" the
 * reverse. Undefined when the grid has no room for it.
 */
function lossesOfStep(
  { noise, rate }: Mechanism,
  direction: Direction,
  interval: number,
  points: number,
): Losses | undefined {
  const density = (x: number): number => Math.exp(-0.5 * (x / noise) ** 2) / (noise * SQRT_2PI);
  const removed = direction === "remove";
  const sign = removed ? 1 : -1;
  // The log ratio rises with x; "add" has the opposite one.
  const loss = (x: number): number => {
    const exponent = (2 * x - 1) / (2 * noise ** 2);
    // Exact on both sides: e^exponent would overflow to the right.
    const ratio =
      rate === 1
        ? exponent
        : exponent > 1
          ? exponent + Math.log(rate + (1 - rate) * Math.exp(-exponent))
          : Math.log1p(rate * Math.expm1(exponent));
    return sign * ratio;
  };
  const upper = (x: number): number =>
    removed ? (1 - rate) * density(x) + rate * density(x - 1) : density(x);
  const [from, to] = [-REACH * noise, (removed ? 1 : 0) + REACH * noise];
  const [low, high] = removed ? [loss(from), loss(to)] : [loss(to), loss(from)];
  const first = Math.floor(low / interval);
  const count = Math.ceil(high / interval) - first + 1;
  if (count > points / 4) return undefined;
  const masses = new Float64Array(count);
  const top = -Math.expm1(-interval);
  const bounded = (x: number): number => Math.min(to, Math.max(from, x));
  let total = 0;
  let edge = bounded(outcomeAt(sign * first * interval, noise, rate));
  for (let i = 0; i + 1 < count; i++) {
    const bottom = (first + i) * interval;
    const nextEdge = bounded(outcomeAt(sign * (bottom + interval), noise, rate));
    const width = Math.abs(nextEdge - edge);
    const start = Math.min(edge, nextEdge);
    // Of the mass in this interval, so much goes to its top that both distributions keep theirs.
    let mass = 0;
    let excess = 0;
    const pieces = Math.max(1, Math.ceil((8 * width) / noise));
    const half = width / pieces / 2;
    for (let piece = 0; piece < pieces; piece++) {
      const middle = start + (2 * piece + 1) * half;
      for (let j = 0; j < NODES.length; j++) {
        const x = middle + NODES[j]! * half;
        const p = upper(x) * NODE_WEIGHTS[j]! * half;
        mass += p;
        excess -= p * Math.expm1(bottom - loss(x));
      }
    }
    const risen = Math.min(mass, Math.max(0, excess / top));
    masses[i]! += mass - risen;
    masses[i + 1]! += risen;
    total += mass;
    edge = nextEdge;
  }
  // Rounding of the sum would be taken to the power of the steps.
  for (let i = 0; i < count; i++) masses[i]! /= total;
  return { interval, first, masses, infinite: BEYOND };
}

/** The x whose log ratio is `value`; −∞ below the least ratio there is, log(1 − q). */
function outcomeAt(value: number, noise: number, rate: number): number {
  if (value <= Math.log1p(-rate)) return -Infinity;
  return noise ** 2 * exponentAt(value, rate) + 0.5;
}

/** log((e^value − 1 + q) / q), without overflow to the right and cancellation to the left. */
function exponentAt(value: number, rate: number): number {
  if (value > 30) return value + Math.log1p(-(1 - rate) * Math.exp(-value)) - Math.log(rate);
  if (value > -1) return Math.log1p(Math.expm1(value) / rate);
  return rate === 1 ? value : Math.log(Math.exp(value) - (1 - rate)) - Math.log(rate);
}

/** The sum of `steps` independent losses; undefined when the grid has no room for it. */
function compose(one: Losses, steps: number, most: number): Losses | undefined {
  const { interval, masses, infinite } = one;
  if (steps === 1) return one;
  const [low, high] = reachOfSum(one, steps);
  const first = Math.floor(low / interval);
  const points = 2 ** Math.ceil(Math.log2(Math.ceil(high / interval) - first + 2));
  if (points > most) return undefined;
  const real = new Float64Array(points);
  const imaginary = new Float64Array(points);
  for (const [i, mass] of masses.entries()) {
    real[modulo(one.first + i, points)]! += mass;
  }
  fourier(real, imaginary);
  for (let i = 0; i < points; i++) {
    const radius = Math.hypot(real[i]!, imaginary[i]!) ** steps;
    const angle = Math.atan2(imaginary[i]!, real[i]!) * steps;
    real[i] = radius * Math.cos(angle);
    imaginary[i] = radius * Math.sin(angle);
  }
  fourier(real, imaginary, true);
  const sums = new Float64Array(points);
  for (let i = 0; i < points; i++) sums[i] = Math.max(0, real[modulo(first + i, points)]!);
  // What left the window at either end came back at the other; it counts as an infinite loss too.
  const lost = -Math.expm1(steps * Math.log1p(-infinite)) + 2 * TAIL;
  return { interval, first, masses: sums, infinite: lost };
}

/** An interval that the sum leaves with probability at most `TAIL` at either end (Chernoff). */
function reachOfSum({ interval, first, masses }: Losses, steps: number): [number, number] {
  let [low, high] = [-Infinity, Infinity];
  for (let slope = 2 ** -6; slope <= 64; slope *= 2) {
    let [up, down] = [0, 0];
    for (let i = 0; i < masses.length; i++) {
      const mass = masses[i]!;
      if (mass === 0) continue;
      const loss = (first + i) * interval;
      up += mass * Math.exp(slope * loss);
      down += mass * Math.exp(-slope * loss);
    }
    if (Number.isFinite(up)) high = Math.min(high, (steps * Math.log(up) - Math.log(TAIL)) / slope);
    if (Number.isFinite(down)) {
      low = Math.max(low, -(steps * Math.log(down) - Math.log(TAIL)) / slope);
    }
  }
  const all = [steps * first * interval, steps * (first + masses.length - 1) * interval] as const;
  return [Math.max(low, all[0]), Math.min(high, all[1])];
}

/** The least ε with δ(ε) = P(∞) + Σ_{l > ε} (1 − e^(ε − l)) P(l) at most `delta`. */
function epsilonAt({ interval, first, masses, infinite }: Losses, delta: number): number {
  if (infinite > delta) return Infinity;
  // Of the masses above a loss: their sum, and the sum of e^(loss − l) P(l), which cannot overflow.
  let mass = infinite;
  let scaled = 0;
  const shrink = Math.exp(-interval);
  for (let i = masses.length - 1; i >= 0; i--) {
    if (i + 1 < masses.length) {
      mass += masses[i + 1]!;
      scaled = (scaled + masses[i + 1]!) * shrink;
    }
    const loss = (first + i) * interval;
    // δ falls with the loss, so the least ε lies between this grid point and the one before.
    if (mass - scaled > delta) return Math.max(0, loss + Math.log((mass - delta) / scaled));
    if (loss < 0) return 0;
  }
  mass += masses[0] ?? 0;
  scaled = (scaled + (masses[0] ?? 0)) * shrink;
  const below = (first - 1) * interval;
  return mass <= delta ? 0 : Math.max(0, below + Math.log((mass - delta) / scaled));
}

function modulo(i: number, n: number): number {
  return ((i % n) + n) % n;
}
