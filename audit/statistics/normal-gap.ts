import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { gaussian } from "../../pipeline/core/random.ts";
import type { Estimate, Random } from "../../pipeline/core/types.ts";
import { percentileInterval, widenedGap } from "./bootstrap.ts";

/**
 * Interval of a number that is computed from independent normal estimates, such as the largest minus
 * the smallest: percentiles of the number over values drawn from each estimate, whose spread is read
 * off its own interval of the same `confidence`. Null where an estimate has no value or no interval.
 * That of `gapOf` covers a true gap of 0, see `widenedGap`.
 */
export function intervalFromNormals(
  estimates: readonly Estimate[],
  of: (values: readonly number[]) => number,
  options: { readonly random: Random; readonly confidence: number; readonly resamples: number },
): readonly [number, number] | null {
  const { random, confidence, resamples } = options;
  const z = normalQuantile(0.5 + confidence / 2, 0, 1);
  const means = estimates.map(({ value }) => value);
  const deviations = estimates.map(
    ({ interval }) => interval && (interval[1] - interval[0]) / 2 / z,
  );
  if (means.includes(null) || deviations.includes(undefined)) return null;
  const noise = new Float64Array(resamples);
  const samples = Float64Array.from({ length: resamples }, (_, r) => {
    const errors = deviations.map((deviation) => deviation! * gaussian(random));
    noise[r] = gapOf(errors);
    return of(means.map((mean, i) => mean! + errors[i]!));
  });
  const value = of(means as number[]);
  const { interval } = percentileInterval(samples, confidence, value);
  return interval && of === gapOf ? widenedGap(interval, value, noise, confidence) : interval;
}

/** Largest minus smallest. */
export function gapOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
