import type { Estimate, Evidence } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells, widenedGap } from "../statistics/bootstrap.ts";
import { groupOf, groupValues } from "../statistics/group-key.ts";
import { wilson } from "../statistics/intervals.ts";
import { measured, undefinedEstimate, type BiasOptions } from "./evidence.ts";

/**
 * Evidence on one proportion in several groups, from counts of [without, with] under `groupKey`:
 * per group the counts as `table`, `metric` with Wilson's interval, and then over all groups
 * `metric_difference` and `metric_ratio` with bootstrap intervals, undefined with fewer than two
 * groups. `names` are those of all rows and of the rows counted, in the table; `column` is what all
 * of it is about, where there is such a thing for each column.
 */
export function proportions(
  metric: string,
  table: string,
  names: readonly [string, string],
  counts: Readonly<Record<string, readonly [number, number]>>,
  options: BiasOptions & { readonly column?: string },
): readonly Evidence[] {
  const { by, subject, split, confidence = 0.95, resamples = 2000, random } = options;
  const cells = Object.entries(counts);
  const perGroup = cells.flatMap(([key, [without, having]]): readonly Evidence[] => {
    const group = groupOf(by, groupValues(key) as readonly string[]);
    const n = without + having;
    const interval = wilson(having, n, confidence);
    return [
      {
        kind: "counted",
        subject,
        table,
        by,
        group,
        ...(split === undefined ? {} : { split }),
        counts: { [names[0]]: n, [names[1]]: having },
      },
      measured(options, metric, { value: having / n, n, interval }, group),
    ];
  });

  const rows = Float64Array.from(cells.flatMap(([, pair]) => pair));
  const n = rows.reduce((sum, count) => sum + count, 0);
  const [difference, ratio] = [gap(rows), quotient(rows)];
  const gaps = new Float64Array(resamples);
  const quotients = new Float64Array(resamples);
  const noise = new Float64Array(resamples);
  if (cells.length >= 2) {
    resampleCells({ rows }, resamples, random, (sample, r) => {
      gaps[r] = gap(sample);
      quotients[r] = quotient(sample);
      noise[r] = errorRange(sample, rows);
    });
  }
  type Widen = (interval: readonly [number, number]) => readonly [number, number];
  const compared = (value: number, samples: Float64Array, widen: Widen): Estimate => {
    if (cells.length < 2) return undefinedEstimate(n, "fewer than two groups");
    if (Number.isNaN(value)) return undefinedEstimate(n, "the share is 0 in every group");
    const found = percentileInterval(samples, confidence, value);
    return found.interval
      ? { value, n, interval: widen(found.interval) }
      : { value, n, why: found.why };
  };
  const widenedDifference: Widen = (interval) =>
    widenedGap(interval, difference, noise, confidence);
  const widenedRatio: Widen = ([low, high]) => {
    const [least] = widenedGap([difference, difference], difference, noise, confidence);
    return [low, Math.max(high, 1 - least / extremes(rows)[1])];
  };
  return [
    ...perGroup,
    measured(options, `${metric}_difference`, compared(difference, gaps, widenedDifference)),
    measured(options, `${metric}_ratio`, compared(ratio, quotients, widenedRatio)),
  ];
}

function gap(pairs: Float64Array): number {
  const [low, high] = extremes(pairs);
  return high - low;
}

/** Largest minus smallest error of a proportion. */
function errorRange(sample: Float64Array, pairs: Float64Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < pairs.length; i += 2) {
    const error =
      sample[i + 1]! / (sample[i]! + sample[i + 1]!) - pairs[i + 1]! / (pairs[i]! + pairs[i + 1]!);
    low = Math.min(low, error);
    high = Math.max(high, error);
  }
  return high - low;
}

function quotient(pairs: Float64Array): number {
  const [low, high] = extremes(pairs);
  return high > 0 ? low / high : NaN;
}

/** Least and greatest proportion of pairs of [without, with]; NaN when a pair is empty. */
function extremes(pairs: Float64Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < pairs.length; i += 2) {
    const share = pairs[i + 1]! / (pairs[i]! + pairs[i + 1]!);
    low = Math.min(low, share);
    high = Math.max(high, share);
  }
  return [low, high];
}
