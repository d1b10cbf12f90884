import { total } from "./discrimination.ts";
import type { ScoreHistogram } from "./scores.ts";

/** A number of a row, from its score and label; null where the row does not count. */
export type ScoreValue = (score: number, label: 0 | 1) => number | null;

/** Weighted mean of a function of score and label, over the rows where it is not null; else NaN. */
export function scoreMean(
  { score, favourable, unfavourable }: ScoreHistogram,
  of: ScoreValue,
): number {
  let [weight, sum] = [0, 0];
  for (const [i, s] of score.entries()) {
    for (const [label, weights] of [unfavourable, favourable].entries()) {
      const value = weights[i]! > 0 ? of(s, label as 0 | 1) : null;
      if (value === null) continue;
      weight += weights[i]!;
      sum += weights[i]! * value;
    }
  }
  return sum / weight;
}

/**
 * Standard error of the weighted mean of a function of score and label, over the rows where it is not
 * null: √(Σ w²(v − mean)² · n/(n − 1)) / Σ w, linearised (Cochran 1977, §6.3) and without weights the
 * usual one. Null with fewer than two rows.
 */
export function meanDeviation(histogram: ScoreHistogram, of: ScoreValue): number | null {
  const { score, favourable, unfavourable, weighting } = histogram;
  let [n, weight, sum] = [0, 0, 0];
  const each = (visit: (value: number, i: number, label: 0 | 1) => void): void => {
    for (const [i, s] of score.entries()) {
      for (const label of [0, 1] as const) {
        const value = of(s, label);
        if (value !== null) visit(value, i, label);
      }
    }
  };
  const weights = [unfavourable, favourable];
  const rows = weighting?.rows ?? weights;
  const squares = weighting?.squares ?? weights;
  each((value, i, label) => {
    n += rows[label][i]!;
    weight += weights[label]![i]!;
    sum += weights[label]![i]! * value;
  });
  if (n < 2 || weight === 0) return null;
  const mean = sum / weight;
  let spread = 0;
  each((value, i, label) => {
    spread += squares[label][i]! * (value - mean) ** 2;
  });
  return Math.sqrt((spread * n) / (n - 1)) / weight;
}

/**
 * Standard error of a share of the rows of a label, √(p(1 − p)/n); n of weighted rows is Kish's
 * effective number (Σ w)²/Σ w². Null with fewer than two rows.
 */
export function shareDeviation(
  share: number,
  { favourable, unfavourable, weighting }: ScoreHistogram,
  label: 0 | 1,
): number | null {
  const weight = total(label === 1 ? favourable : unfavourable);
  const n = weighting ? weight ** 2 / total(weighting.squares[label]) : weight;
  const rows = weighting ? total(weighting.rows[label]) : weight;
  return rows < 2 ? null : Math.sqrt((share * (1 - share)) / n);
}
