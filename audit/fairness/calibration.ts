import type { Confusion } from "./rates.ts";
import type { ScoreHistogram } from "./scores.ts";

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  /** Weight of its rows; `score` is their mean score, `rate` their share of favourable labels. */
  readonly n: number;
  readonly score: number;
  readonly rate: number;
}

/** Calibration of the scores of one group. NaN without rows. */
export interface Calibration {
  readonly meanScore: number;
  readonly baseRate: number;
  /** Mean squared distance of score and label (Brier 1950). */
  readonly brier: number;
  /** Expected calibration error: mean |rate − score| of the bins, by weight (Naeini et al. 2015). */
  readonly ece: number;
  /** Only bins with rows; equal widths, the upper edge belongs to the next bin. */
  readonly reliability: readonly ReliabilityBin[];
}

/** Calibration in `bins` bins of equal width, ten unless said. */
export function calibrationOf(histogram: ScoreHistogram, bins = 10): Calibration {
  const sums = Array.from({ length: bins }, () => ({ n: 0, score: 0, favourable: 0 }));
  let [n, score, favourable, squares] = [0, 0, 0, 0];
  for (const [i, s] of histogram.score.entries()) {
    const [no, yes] = [histogram.unfavourable[i]!, histogram.favourable[i]!];
    const bin = sums[Math.min(bins - 1, Math.floor(s * bins))]!;
    bin.n += no + yes;
    bin.score += (no + yes) * s;
    bin.favourable += yes;
    n += no + yes;
    score += (no + yes) * s;
    favourable += yes;
    squares += no * s * s + yes * (1 - s) * (1 - s);
  }
  const off = sums.reduce((sum, bin) => sum + Math.abs(bin.favourable - bin.score), 0);
  return {
    meanScore: score / n,
    baseRate: favourable / n,
    brier: squares / n,
    ece: off / n,
    reliability: sums.flatMap((bin, b) =>
      bin.n === 0
        ? []
        : [
            {
              from: b / bins,
              to: (b + 1) / bins,
              n: bin.n,
              score: bin.score / bin.n,
              rate: bin.favourable / bin.n,
            },
          ],
    ),
  };
}

/**
 * Confusion in which a score s counts as s of a favourable decision and 1 − s of an unfavourable
 * one: AIF360's generalised confusion matrix (Pleiss et al. 2017, arXiv:1709.02012).
 */
export function generalizedConfusion(histogram: ScoreHistogram): Confusion {
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (const [i, s] of histogram.score.entries()) {
    tp += histogram.favourable[i]! * s;
    fn += histogram.favourable[i]! * (1 - s);
    fp += histogram.unfavourable[i]! * s;
    tn += histogram.unfavourable[i]! * (1 - s);
  }
  return { tp, fp, fn, tn };
}

/** The confusion when scores from `threshold` on are favourable, for each threshold of a sweep. */
export function thresholdSweep(
  histogram: ScoreHistogram,
  thresholds: readonly number[],
): readonly Confusion[] {
  return thresholds.map((threshold) => {
    const confusion = { tp: 0, fp: 0, fn: 0, tn: 0 };
    for (const [i, s] of histogram.score.entries()) {
      confusion[s >= threshold ? "tp" : "fn"] += histogram.favourable[i]!;
      confusion[s >= threshold ? "fp" : "tn"] += histogram.unfavourable[i]!;
    }
    return confusion;
  });
}
