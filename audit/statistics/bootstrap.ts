import { gaussian } from "../../pipeline/core/random.ts";
import type { Random } from "../../pipeline/core/types.ts";
import { resample } from "./binomial.ts";

/**
 * Cells of rows to resample: how many rows fell in each, and, where rows have weights, the sum of
 * the weights and of their squares.
 */
export interface WeightedCells {
  readonly rows: Float64Array;
  readonly weights?: Float64Array;
  readonly squares?: Float64Array;
}

/**
 * Resamples the rows behind count cells `resamples` times and hands each sample to `visit`, in the
 * same array each time. Without weights a sample is an exact multinomial draw: the bootstrap of the
 * rows. With weights a cell that drew m rows gets their weight by the central limit: m times the
 * cell's mean weight plus √m times its deviation times a normal number, never below 0. This is
 * exact where a cell's rows weigh the same.
 */
export function resampleCells(
  cells: WeightedCells,
  resamples: number,
  random: Random,
  visit: (sample: Float64Array, index: number) => void,
): void {
  const sample = new Float64Array(cells.rows.length);
  const { rows, weights, squares } = cells;
  for (let r = 0; r < resamples; r++) {
    resample(random, rows, sample);
    if (weights && squares) {
      for (let i = 0; i < sample.length; i++) {
        const drawn = sample[i]!;
        if (drawn === 0) continue;
        const mean = weights[i]! / rows[i]!;
        const variance = squares[i]! / rows[i]! - mean * mean;
        const noise = variance > 1e-12 * mean * mean ? Math.sqrt(drawn * variance) : 0;
        sample[i] = Math.max(0, drawn * mean + (noise && noise * gaussian(random)));
      }
    }
    visit(sample, r);
  }
}

/** Interval of a resampled statistic, or why there is none. */
export type ResampledInterval =
  | { readonly interval: readonly [number, number]; readonly constant: boolean }
  | { readonly interval: null; readonly why: string };

/**
 * Percentile interval (Efron 1979) of resampled values, of which NaN stands for "not estimable".
 * It is taken over the resamples with a value, and undefined when fewer than `confidence` of them
 * have one. `constant` says that no resample differed, so that the interval has no width to report.
 * The interval is widened to hold `estimate`: the largest of noisy gaps grows by resampling, and an
 * interval that leaves out its own estimate would only puzzle. `values` is sorted in place.
 */
export function percentileInterval(
  values: Float64Array,
  confidence: number,
  estimate: number,
): ResampledInterval {
  if (values.length === 0) return { interval: null, why: "no resamples" };
  values.sort();
  // A typed array sorts NaN last.
  let defined = values.length;
  while (defined > 0 && Number.isNaN(values[defined - 1]!)) defined--;
  if (defined === 0 || defined < confidence * values.length) {
    const lost = values.length - defined;
    return { interval: null, why: `not estimable in ${lost} of ${values.length} resamples` };
  }
  const tail = (1 - confidence) / 2;
  const low = quantile(values, defined, tail);
  const high = quantile(values, defined, 1 - tail);
  return {
    interval: [Math.min(low, estimate), Math.max(high, estimate)],
    constant: values[0] === values[defined - 1],
  };
}

/**
 * An interval of a gap between groups, widened towards parity. Noise drives gaps up, so that
 * percentiles of them never reach 0, but it cannot move one by more than the range of the errors:
 * `noise` holds that range in each resample, and the gap is `gap` less its quantile at least.
 */
export function widenedGap(
  interval: readonly [number, number],
  gap: number,
  noise: Float64Array,
  confidence: number,
): readonly [number, number] {
  const least = Math.max(0, gap - resampledQuantile(noise, confidence));
  return [Math.min(interval[0], Number.isNaN(least) ? 0 : least), interval[1]];
}

/** Quantile of the resampled values that are defined; NaN without one. `values` is sorted in place. */
export function resampledQuantile(values: Float64Array, p: number): number {
  values.sort();
  let defined = values.length;
  while (defined > 0 && Number.isNaN(values[defined - 1]!)) defined--;
  return defined === 0 ? NaN : quantile(values, defined, p);
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, length: number, p: number): number {
  const place = p * (length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
