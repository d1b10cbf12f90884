/** Rates of a confusion matrix, under the names they have in `fairness --json`. */
export const rateNames = [
  "selection_rate",
  "tpr",
  "fpr",
  "tnr",
  "fnr",
  "accuracy",
  "precision",
  "npv",
  "fdr",
  "for",
  "error_rate",
  "prevalence",
  "balanced_accuracy",
  "f1",
] as const;
export type RateName = (typeof rateNames)[number];

/** Row counts or weights of the four cells of a confusion matrix. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

interface Rate {
  /** Name of the rate in Fairlearn's derived metrics, `selection_rate_difference`. */
  readonly long: string;
  /** What the rate counts, and among what; both in cells. */
  of(c: Confusion): number;
  among(c: Confusion): number;
  /** Whether it is a share of rows, so that binomial intervals and tests are right for it. */
  readonly share: boolean;
  /** Why there is no rate when `among` is 0. */
  readonly needs: string;
}

const positives = (c: Confusion) => c.tp + c.fn;
const negatives = (c: Confusion) => c.fp + c.tn;
const all = (c: Confusion) => c.tp + c.fn + c.fp + c.tn;
const chosen = (c: Confusion) => c.tp + c.fp;
const rejected = (c: Confusion) => c.tn + c.fn;
const noChosen = "no row is predicted favourable";
const noRejected = "no row is predicted unfavourable";
const noPositives = "no row has the favourable label";
const noNegatives = "no row has the unfavourable label";
const noRows = "no row";

const share = true;

/**
 * The rates: P(ŷ=1), P(ŷ=1|y=1), P(ŷ=1|y=0), P(ŷ=0|y=0), P(ŷ=0|y=1), P(ŷ=y), P(y=1|ŷ=1), P(y=0|ŷ=0),
 * P(y=0|ŷ=1), P(y=1|ŷ=0), P(ŷ≠y), P(y=1), the mean of TPR and TNR, and the harmonic mean of
 * precision and TPR.
 */
export const rates = {
  selection_rate: {
    long: "selection_rate",
    of: (c) => c.tp + c.fp,
    among: all,
    share,
    needs: noRows,
  },
  tpr: { long: "true_positive_rate", of: (c) => c.tp, among: positives, share, needs: noPositives },
  fpr: {
    long: "false_positive_rate",
    of: (c) => c.fp,
    among: negatives,
    share,
    needs: noNegatives,
  },
  tnr: { long: "true_negative_rate", of: (c) => c.tn, among: negatives, share, needs: noNegatives },
  fnr: {
    long: "false_negative_rate",
    of: (c) => c.fn,
    among: positives,
    share,
    needs: noPositives,
  },
  accuracy: { long: "accuracy_score", of: (c) => c.tp + c.tn, among: all, share, needs: noRows },
  precision: { long: "precision_score", of: (c) => c.tp, among: chosen, share, needs: noChosen },
  npv: {
    long: "negative_predictive_value",
    of: (c) => c.tn,
    among: rejected,
    share,
    needs: noRejected,
  },
  fdr: { long: "false_discovery_rate", of: (c) => c.fp, among: chosen, share, needs: noChosen },
  for: { long: "false_omission_rate", of: (c) => c.fn, among: rejected, share, needs: noRejected },
  error_rate: { long: "zero_one_loss", of: (c) => c.fp + c.fn, among: all, share, needs: noRows },
  prevalence: { long: "prevalence", of: positives, among: all, share, needs: noRows },
  balanced_accuracy: {
    long: "balanced_accuracy_score",
    of: (c) => (c.tp * negatives(c) + c.tn * positives(c)) / 2,
    among: (c) => positives(c) * negatives(c),
    share: false,
    needs: "it needs rows with either label",
  },
  f1: {
    long: "f1_score",
    of: (c) => 2 * c.tp,
    among: (c) => 2 * c.tp + c.fp + c.fn,
    share: false,
    needs: "no row has the favourable label or is predicted favourable",
  },
} as const satisfies Record<RateName, Rate>;

/** The rates of [tn, fp, fn, tp] in the order of `rateNames`, into `into` from `at`, `step` apart. */
export function ratesInto(
  [tn, fp, fn, tp]: readonly [number, number, number, number],
  into: Float64Array,
  at: number,
  step: number,
): void {
  const positives = tp + fn;
  const negatives = fp + tn;
  const n = positives + negatives;
  // A zero denominator has a zero numerator: 0/0 is NaN, as it should be.
  into[at] = (tp + fp) / n;
  into[at + step] = tp / positives;
  into[at + 2 * step] = fp / negatives;
  into[at + 3 * step] = tn / negatives;
  into[at + 4 * step] = fn / positives;
  into[at + 5 * step] = (tp + tn) / n;
  into[at + 6 * step] = tp / (tp + fp);
  into[at + 7 * step] = tn / (tn + fn);
  into[at + 8 * step] = fp / (tp + fp);
  into[at + 9 * step] = fn / (tn + fn);
  into[at + 10 * step] = (fp + fn) / n;
  into[at + 11 * step] = positives / n;
  into[at + 12 * step] = (tp / positives + tn / negatives) / 2;
  into[at + 13 * step] = (2 * tp) / (2 * tp + fp + fn);
}
