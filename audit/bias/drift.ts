import { independence } from "../statistics/tests.ts";

/** How far two distributions of one column are apart. */
export interface Drift {
  /** Half the sum of the absolute differences of the shares, in [0, 1]. */
  readonly totalVariation: number;
  /**
   * Population stability index Σ (q − p)·log(q/p) in nats, with half a row added to every value on
   * both sides so that a value seen on one side alone does not make it infinite.
   */
  readonly stabilityIndex: number;
  /** Of one distribution, by chi-square; null when only one value was seen. */
  readonly p: number | null;
}

/** Drift between counts of the same values in two sets of rows; undefined when either is empty. */
export function driftBetween(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Drift | undefined {
  const values = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const [a, b] = [before, after].map((counts) => values.map((value) => counts[value] ?? 0));
  const [n, m] = [a!, b!].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  if (!n || !m) return undefined;
  let [variation, index] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    variation += Math.abs(a![i]! / n - b![i]! / m) / 2;
    const p = (a![i]! + 0.5) / (n + values.length / 2);
    const q = (b![i]! + 0.5) / (m + values.length / 2);
    index += (q - p) * Math.log(q / p);
  }
  const test = independence([a!, b!]);
  return { totalVariation: variation, stabilityIndex: index, p: test?.p ?? null };
}
