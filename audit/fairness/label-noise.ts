import type { ScoreHistogram } from "./scores.ts";

/** Shares of labels that a model finds wrong with confidence, among the rows with that label. */
export interface LabelNoise {
  /** Of the unfavourable labels: people who look as if they deserved the favourable one. */
  readonly withheld: number;
  /** Of the favourable labels: people who look as if they did not deserve it. */
  readonly granted: number;
}

/**
 * Label noise of one group by confident learning (Northcutt, Jiang and Chuang 2021,
 * doi:10.1613/jair.1.12125): a label is doubted where the other one's score is at least the mean
 * score of the rows that do have it. Scores must come from rows the model was not trained on; a
 * model that learnt biased labels doubts too few of them. NaN where a label has no row.
 */
export function labelNoise(histogram: ScoreHistogram): LabelNoise {
  const { score, favourable, unfavourable } = histogram;
  const mean = (weights: Float64Array) => {
    let [sum, n] = [0, 0];
    for (const [i, s] of score.entries()) {
      sum += weights[i]! * s;
      n += weights[i]!;
    }
    return sum / n;
  };
  const share = (weights: Float64Array, doubted: (s: number) => boolean) => {
    let [sum, n] = [0, 0];
    for (const [i, s] of score.entries()) {
      if (doubted(s)) sum += weights[i]!;
      n += weights[i]!;
    }
    return sum / n;
  };
  const [high, low] = [mean(favourable), mean(unfavourable)];
  return {
    withheld: Number.isNaN(high) ? NaN : share(unfavourable, (s) => s >= high),
    granted: Number.isNaN(low) ? NaN : share(favourable, (s) => s <= low),
  };
}
