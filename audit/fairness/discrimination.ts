import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import type { ScoreHistogram } from "./scores.ts";

/**
 * Area under the ROC curve: the chance that a favourable row of `positives` has a higher score than
 * an unfavourable row of `negatives`, ties counting half. NaN when either has no such row. With one
 * group for both it is that group's AUC; with everyone else's rows as positives it is BPSN, as
 * negatives BNSP (Borkan et al. 2019, doi:10.1145/3308560.3317593).
 */
export function areaUnderCurve(positives: ScoreHistogram, negatives = positives): number {
  return placements(positives, negatives).area;
}

/**
 * Standard error of the area by DeLong's variance (DeLong, DeLong and Clarke-Pearson 1988,
 * doi:10.2307/2531595), computed from the histograms in linear time. Weighted rows count with their
 * squared weights, as the influence of each row on the area asks. Null with fewer than two rows of
 * either label.
 */
export function areaDeviation(
  positives: ScoreHistogram,
  negatives: ScoreHistogram = positives,
): number | null {
  const { ofPositives, ofNegatives } = placements(positives, negatives);
  const m = total(positives.weighting?.rows[1] ?? positives.favourable);
  const n = total(negatives.weighting?.rows[0] ?? negatives.unfavourable);
  if (m < 2 || n < 2 || Number.isNaN(ofPositives)) return null;
  const [p, q] = [total(positives.favourable), total(negatives.unfavourable)];
  // Rounding may leave a variance of 0 a little below it.
  const variance = (ofPositives * m) / (m - 1) / p ** 2 + (ofNegatives * n) / (n - 1) / q ** 2;
  return Math.sqrt(Math.max(0, variance));
}

/** The area's normal interval, within [0, 1]; null where there is no standard error. */
export function areaInterval(
  histogram: ScoreHistogram,
  confidence = 0.95,
): readonly [number, number] | null {
  const deviation = areaDeviation(histogram);
  if (deviation === null) return null;
  const area = areaUnderCurve(histogram);
  const half = normalQuantile(0.5 + confidence / 2, 0, 1) * deviation;
  return [Math.max(0, area - half), Math.min(1, area + half)];
}

/** The scores of `everyone` that are not in `group`. */
export function background(everyone: ScoreHistogram, group: ScoreHistogram): ScoreHistogram {
  const copy = (values: Float64Array) => values.slice();
  const unfavourable = copy(everyone.unfavourable);
  const favourable = copy(everyone.favourable);
  const [rows, squares] = [everyone.weighting?.rows, everyone.weighting?.squares].map((pair) =>
    pair?.map(copy),
  );
  let g = 0;
  for (let i = 0; i < everyone.score.length && g < group.score.length; i++) {
    if (everyone.score[i] !== group.score[g]) continue;
    unfavourable[i]! -= group.unfavourable[g]!;
    favourable[i]! -= group.favourable[g]!;
    for (const label of [0, 1] as const) {
      if (rows) rows[label]![i]! -= group.weighting!.rows[label][g]!;
      if (squares) squares[label]![i]! -= group.weighting!.squares[label][g]!;
    }
    g++;
  }
  const rest = { score: everyone.score, unfavourable, favourable };
  if (!rows || !squares) return rest;
  return {
    ...rest,
    weighting: { rows: [rows[0]!, rows[1]!], squares: [squares[0]!, squares[1]!] },
  };
}

/** Sum of numbers. */
export function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The area, and each side's sum of (squared weight times) squared distances of placements from it. */
function placements(
  positives: ScoreHistogram,
  negatives: ScoreHistogram,
): { readonly area: number; readonly ofPositives: number; readonly ofNegatives: number } {
  const m = total(positives.favourable);
  const n = total(negatives.unfavourable);
  if (!(m > 0 && n > 0)) return { area: NaN, ofPositives: NaN, ofNegatives: NaN };
  const above = new Float64Array(positives.score.length);
  const under = new Float64Array(negatives.score.length);
  let [no, yes] = [0, 0];
  walk(positives.score, negatives.score, (p, q) => {
    const tiedNo = q < 0 ? 0 : negatives.unfavourable[q]!;
    const tiedYes = p < 0 ? 0 : positives.favourable[p]!;
    if (p >= 0) above[p] = (no + tiedNo / 2) / n;
    if (q >= 0) under[q] = 1 - (yes + tiedYes / 2) / m;
    no += tiedNo;
    yes += tiedYes;
  });
  const area = above.reduce((sum, place, p) => sum + positives.favourable[p]! * place, 0) / m;
  const spread = (places: Float64Array, squares: Float64Array) =>
    places.reduce((sum, place, i) => sum + squares[i]! * (place - area) ** 2, 0);
  return {
    area,
    ofPositives: spread(above, positives.weighting?.squares[1] ?? positives.favourable),
    ofNegatives: spread(under, negatives.weighting?.squares[0] ?? negatives.unfavourable),
  };
}

/** Visits the scores of both in ascending order, with the index in each or −1. */
function walk(a: Float64Array, b: Float64Array, visit: (i: number, j: number) => void): void {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i] ?? Infinity, b[j] ?? Infinity];
    visit(x <= y ? i : -1, y <= x ? j : -1);
    if (x <= y) i++;
    if (y <= x) j++;
  }
}
