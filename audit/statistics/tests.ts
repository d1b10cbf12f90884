import { uniform } from "../../pipeline/core/random.ts";
import type { Random } from "../../pipeline/core/types.ts";
import { chiSquareTail, logGamma, normalTails } from "./special.ts";

/**
 * Two-sided p-value of Fisher's exact test that k₁ of n₁ and k₂ of n₂ have one rate: the chance of
 * all tables with these margins that are no more likely than the one seen. Counts are whole.
 */
export function fisherExact(k1: number, n1: number, k2: number, n2: number): number {
  const drawn = k1 + k2;
  const low = Math.max(0, drawn - n2);
  const high = Math.min(n1, drawn);
  const seen = hypergeometric(k1, n1, n2, drawn);
  // Tables as likely as the one seen must count in spite of rounding.
  const limit = seen * (1 + 1e-7);
  const mode = Math.min(high, Math.max(low, Math.floor(((drawn + 1) * (n1 + 1)) / (n1 + n2 + 2))));
  const top = hypergeometric(mode, n1, n2, drawn);
  let sum = 0;
  for (let k = mode, p = top; k <= high && p > limit * 1e-20; k++) {
    if (p <= limit) sum += p;
    p *= ((n1 - k) * (drawn - k)) / ((k + 1) * (n2 - drawn + k + 1));
  }
  for (let k = mode - 1, p = top; k >= low && p > limit * 1e-20; k--) {
    p *= ((k + 1) * (n2 - drawn + k + 1)) / ((n1 - k) * (drawn - k));
    if (p <= limit) sum += p;
  }
  return Math.min(1, sum);
}

/**
 * Two-sided p-value of the exact binomial test that k of n has chance `chance`, in (0, 1): the chance
 * of all counts that are no more likely than k.
 */
export function binomialTest(k: number, n: number, chance: number): number {
  const log = (i: number) => choose(n, i) + i * Math.log(chance) + (n - i) * Math.log1p(-chance);
  const limit = log(k) + 1e-7;
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    const p = log(i);
    if (p <= limit) sum += Math.exp(p);
  }
  return Math.min(1, sum);
}

/** Statistic and two-sided p-value of the pooled z test of two proportions; z is 0 without variance. */
export function twoProportions(
  k1: number,
  n1: number,
  k2: number,
  n2: number,
): { readonly z: number; readonly p: number } {
  const pooled = (k1 + k2) / (n1 + n2);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  const z = deviation === 0 ? 0 : (k1 / n1 - k2 / n2) / deviation;
  return { z, p: normalTails(z) };
}

/** Pearson's chi-square test of independence and what is made of it. */
export interface Independence {
  readonly chiSquare: number;
  /** The likelihood-ratio statistic. */
  readonly g: number;
  readonly degrees: number;
  readonly p: number;
  /** Cramér's V in [0, 1]: √(χ² / (n·(min(rows, columns) − 1))). */
  readonly cramersV: number;
}

/**
 * Tests a table of counts for independence of rows and columns. Empty rows and columns are left
 * out; undefined when fewer than two of either remain. `yates` corrects the chi-square of a 2 × 2
 * table for continuity (1934), as scipy does unless told otherwise.
 */
export function independence(
  table: readonly (readonly number[])[],
  options: { readonly yates?: boolean } = {},
): Independence | undefined {
  const rows = table.map((row) => row.reduce((a, b) => a + b, 0));
  const columns = (table[0] ?? []).map((_, c) => table.reduce((sum, row) => sum + row[c]!, 0));
  const n = rows.reduce((a, b) => a + b, 0);
  const height = rows.filter((sum) => sum > 0).length;
  const width = columns.filter((sum) => sum > 0).length;
  if (height < 2 || width < 2) return undefined;
  const yates = options.yates === true && height === 2 && width === 2;
  let chiSquare = 0;
  let plain = 0;
  let g = 0;
  for (const [r, row] of table.entries()) {
    for (const [c, count] of row.entries()) {
      const expected = (rows[r]! * columns[c]!) / n;
      if (expected === 0) continue;
      const off = Math.abs(count - expected);
      plain += (off * off) / expected;
      const corrected = yates ? off - Math.min(0.5, off) : off;
      chiSquare += (corrected * corrected) / expected;
      if (count > 0) g += 2 * count * Math.log(count / expected);
    }
  }
  const degrees = (height - 1) * (width - 1);
  const cramersV = Math.min(1, Math.sqrt(plain / (n * (Math.min(height, width) - 1))));
  return { chiSquare, g, degrees, p: chiSquareTail(chiSquare, degrees), cramersV };
}

/**
 * p-value that several groups have one rate, by permuting who is counted among the rows:
 * (1 + permutations as far off as what was seen) / (1 + permutations), where how far off is
 * Pearson's chi-square, so that a tiny group does not drown the others as it would in the largest
 * gap. A permutation is an exact draw from the margins: no rows are needed.
 */
export function permutationTest(
  groups: readonly { readonly k: number; readonly n: number }[],
  permutations: number,
  random: Random,
): number {
  // With both margins fixed the chi-square rises with the sum of k² / n.
  const distance = (counts: readonly number[]) =>
    groups.reduce((sum, { n }, g) => sum + (n === 0 ? 0 : counts[g]! ** 2 / n), 0);
  const seen = distance(groups.map(({ k }) => k)) * (1 - 1e-12);
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  const counted = groups.reduce((sum, { k }) => sum + k, 0);
  let asFar = 1;
  for (let i = 0; i < permutations; i++) {
    let rest = total;
    let left = counted;
    const counts = groups.map(({ n }) => {
      rest -= n;
      const drawn = drawHypergeometric(random, n, rest, left);
      left -= drawn;
      return drawn;
    });
    if (distance(counts) >= seen) asFar++;
  }
  return asFar / (permutations + 1);
}

/** Chance of k among n₁ when `drawn` are taken out of n₁ + n₂ without replacement. */
function hypergeometric(k: number, n1: number, n2: number, drawn: number): number {
  return Math.exp(choose(n1, k) + choose(n2, drawn - k) - choose(n1 + n2, drawn));
}

function choose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** An exact draw by inversion, going out from the mode on both sides in turn. */
function drawHypergeometric(random: Random, n1: number, n2: number, drawn: number): number {
  const low = Math.max(0, drawn - n2);
  const high = Math.min(n1, drawn);
  if (low === high) return low;
  const mode = Math.min(high, Math.max(low, Math.floor(((drawn + 1) * (n1 + 1)) / (n1 + n2 + 2))));
  const top = hypergeometric(mode, n1, n2, drawn);
  let u = uniform(random) - top;
  let [up, down] = [mode, mode];
  let [above, below] = [top, top];
  while (u > 0) {
    const before = u;
    if (up < high) {
      above *= ((n1 - up) * (drawn - up)) / ((up + 1) * (n2 - drawn + up + 1));
      up++;
      u -= above;
      if (u <= 0) return up;
    }
    if (down > low) {
      below *= (down * (n2 - drawn + down)) / ((n1 - down + 1) * (drawn - down + 1));
      down--;
      u -= below;
      if (u <= 0) return down;
    }
    // Rounding left a chance beyond both ends.
    if (u === before) return mode;
  }
  return mode;
}
