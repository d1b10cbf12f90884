import { uniform } from "../../pipeline/core/random.ts";
import type { Random } from "../../pipeline/core/types.ts";

/**
 * How many of `n` independent trials succeed, each with probability `p`: an exact draw, by
 * inversion where n·min(p, 1−p) < 10 and else by transformed rejection (BTRS, Hörmann 1993,
 * doi:10.1080/00949659308811496). `n` is a whole number from 0, `p` is in [0, 1].
 */
export function binomial(random: Random, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  return n * p < 10 ? byInversion(random, n, p) : byRejection(random, n, p);
}

/**
 * Draws a multinomial sample of the same total as `counts`, with `counts` as its weights, into
 * `into`: the bootstrap of the rows behind the cells. Cells are whole numbers from 0.
 */
export function resample(random: Random, counts: Float64Array, into: Float64Array): void {
  let weight = 0;
  for (const count of counts) weight += count;
  let left = weight;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    const drawn = count === weight ? left : binomial(random, left, count / weight);
    into[i] = drawn;
    left -= drawn;
    weight -= count;
  }
}

function byInversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  const step = (n + 1) * odds;
  const none = Math.exp(n * Math.log1p(-p));
  for (;;) {
    let chance = none;
    let u = uniform(random);
    for (let k = 0; k <= n; k++) {
      if (u < chance) return k;
      u -= chance;
      chance *= step / (k + 1) - odds;
    }
    // Reached only when rounding makes all chances sum to less than u: draw anew.
  }
}

function byRejection(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = uniform(random) - 0.5;
    const v = uniform(random);
    const room = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / room + b) * u + n * p + 0.5);
    if (room >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    if (k < 0 || k > n) continue;
    // log of f(k) / f(mode), with Stirling's series so that large n lose no digits.
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(n - mode) -
      stirlingTail(k) -
      stirlingTail(n - k);
    if (Math.log((v * alpha) / (a / (room * room) + b)) <= bound) return k;
  }
}

// log k! − [log √(2π) + (k + ½)·log(k + 1) − (k + 1)]
const smallTails = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.0092554621827127, 0.0083305634333628,
];

function stirlingTail(k: number): number {
  if (k < smallTails.length) return smallTails[k]!;
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}
