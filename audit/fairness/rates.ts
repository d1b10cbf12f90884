/** Rates of a confusion matrix, under the names they have in `fairness --json`. */
export const rateNames = [
  "selection_rate",
  "tpr",
  "fpr",
  "tnr",
  "fnr",
  "accuracy",
  "precision",
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
  /** Why there is no rate when `among` is 0. */
  readonly needs: string;
}

const positives = (c: Confusion) => c.tp + c.fn;
const negatives = (c: Confusion) => c.fp + c.tn;
const all = (c: Confusion) => c.tp + c.fn + c.fp + c.tn;
const noPositives = "no row has the favourable label";
const noNegatives = "no row has the unfavourable label";
const noRows = "no row";

/** The rates: P(ŷ=1), P(ŷ=1|y=1), P(ŷ=1|y=0), P(ŷ=0|y=0), P(ŷ=0|y=1), P(ŷ=y), P(y=1|ŷ=1). */
export const rates = {
  selection_rate: { long: "selection_rate", of: (c) => c.tp + c.fp, among: all, needs: noRows },
  tpr: { long: "true_positive_rate", of: (c) => c.tp, among: positives, needs: noPositives },
  fpr: { long: "false_positive_rate", of: (c) => c.fp, among: negatives, needs: noNegatives },
  tnr: { long: "true_negative_rate", of: (c) => c.tn, among: negatives, needs: noNegatives },
  fnr: { long: "false_negative_rate", of: (c) => c.fn, among: positives, needs: noPositives },
  accuracy: { long: "accuracy_score", of: (c) => c.tp + c.tn, among: all, needs: noRows },
  precision: {
    long: "precision_score",
    of: (c) => c.tp,
    among: (c) => c.tp + c.fp,
    needs: "no row is predicted favourable",
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
}
