import { PipelineError } from "../../pipeline/core/error.ts";
import { groupKey } from "../statistics/group-key.ts";
import { total } from "./discrimination.ts";
import { scoreGroups, type ScoreHistogram, type ScoreState } from "./scores.ts";
import type { ThresholdRule } from "./threshold-rule.ts";

export type Constraint = "demographic_parity" | "equalized_odds" | "equal_opportunity";

/** Decision rules under `groupKey`, and what they cost on the scores they were fitted to. */
export interface FittedThresholds {
  readonly constraint: Constraint;
  readonly rules: Readonly<Record<string, ThresholdRule>>;
  /** Expected share of right decisions. */
  readonly accuracy: number;
}

/** A point of a group's curve: what share it selects, and the threshold that does. */
interface Point {
  readonly threshold: number;
  /** Rows selected among the favourable and the unfavourable. */
  readonly tp: number;
  readonly fp: number;
}

interface Curve {
  readonly key: string;
  readonly positives: number;
  readonly negatives: number;
  /** Corners of the ROC convex hull, from selecting nobody to selecting everybody. */
  readonly hull: readonly Point[];
}

/**
 * For each group a (randomised) threshold such that the constraint holds and as many decisions as
 * possible are right (Hardt, Price and Srebro 2016, arXiv:1610.02413): equal selection rates, equal
 * TPR, or equal TPR and FPR. Exact on the ROC convex hulls but for a grid of 1/`grid` on the common
 * rate. `tolerance` lets rates differ by as much: the constrained rate, or, for equalized odds, the
 * TPR at one FPR. Throws `usage` when a group lacks a label value that the constraint needs.
 */
export function thresholdOptimizer(
  state: ScoreState,
  by: readonly string[],
  options: {
    readonly constraint: Constraint;
    readonly tolerance?: number;
    readonly grid?: number;
  },
): FittedThresholds {
  const { constraint, tolerance = 0, grid = 1000 } = options;
  const curves = scoreGroups(state, by).groups.map(({ values, histogram }) =>
    curveOf(groupKey(values), histogram),
  );
  for (const { positives, negatives } of curves) {
    if (positives > 0 && negatives > 0) continue;
    throw new PipelineError(
      "usage",
      `cannot fit thresholds by ${by.join(", ")}: a group has one label only`,
    );
  }
  const solve = constraint === "equalized_odds" ? equalizedOdds : equalRates;
  let best: Solution | undefined;
  for (let i = 0; i <= grid; i++) {
    const found = solve(curves, i / grid, tolerance, constraint);
    if (!best || found.correct > best.correct) best = found;
  }
  if (!best) throw new PipelineError("internal", "cannot fit thresholds on an empty grid");
  const all = curves.reduce((sum, { positives, negatives }) => sum + positives + negatives, 0);
  return { constraint, rules: best.rules, accuracy: best.correct / all };
}

interface Solution {
  readonly rules: Readonly<Record<string, ThresholdRule>>;
  readonly correct: number;
}

/** Every group's rate within [low, low + tolerance], each at its own best there. */
function equalRates(
  curves: readonly Curve[],
  low: number,
  tolerance: number,
  constraint: Constraint,
): Solution {
  let correct = 0;
  const rules: Record<string, ThresholdRule> = {};
  for (const curve of curves) {
    const rate = ({ tp, fp }: Point) =>
      constraint === "equal_opportunity"
        ? tp / curve.positives
        : (tp + fp) / (curve.positives + curve.negatives);
    const right = ({ tp, fp }: Point) => tp - fp;
    // Right decisions are concave along the hull: the best corner, brought into the window.
    const peak = curve.hull.reduce((a, b) => (right(b) > right(a) ? b : a));
    const target = Math.min(Math.max(rate(peak), low), Math.min(1, low + tolerance));
    const { rule, tp, fp } = between(curve.hull, rate, target);
    rules[curve.key] = rule;
    correct += tp + curve.negatives - fp;
  }
  return { rules, correct };
}

/** FPR `x` for every group, and the TPR that all can reach there. */
function equalizedOdds(curves: readonly Curve[], x: number, tolerance: number): Solution {
  const points = curves.map((curve) => between(curve.hull, ({ fp }) => fp / curve.negatives, x));
  const reach = points.map(({ tp }, c) => tp / curves[c]!.positives);
  const common = Math.min(...reach) + tolerance;
  let correct = 0;
  const rules: Record<string, ThresholdRule> = {};
  for (const [c, curve] of curves.entries()) {
    const [high, rule] = [reach[c]!, points[c]!.rule];
    const ignored = high > common && high > x ? Math.min(1, (high - common) / (high - x)) : 0;
    rules[curve.key] = {
      mix: rule.mix.map(({ share, threshold }) => ({ share: share * (1 - ignored), threshold })),
      ignored,
      rate: x,
    };
    correct += curve.positives * Math.min(high, common) + curve.negatives * (1 - x);
  }
  return { rules, correct };
}

/** The point of a hull where a rate that rises along it has a value: a mixture of two corners. */
function between(
  hull: readonly Point[],
  rate: (point: Point) => number,
  target: number,
): { readonly rule: ThresholdRule; readonly tp: number; readonly fp: number } {
  let [low, high] = [0, hull.length - 1];
  // The last corner at or below the target: of several with one rate, the one with most to gain.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (rate(hull[middle]!) <= target) low = middle;
    else high = middle - 1;
  }
  const a = hull[low]!;
  const b = hull[low + 1];
  const share = b === undefined ? 0 : (target - rate(a)) / (rate(b) - rate(a));
  const mix = [
    { share: 1 - share, threshold: a.threshold },
    ...(b === undefined || share === 0 ? [] : [{ share, threshold: b.threshold }]),
  ];
  return {
    rule: { mix, ignored: 0, rate: 0 },
    tp: a.tp + share * ((b?.tp ?? 0) - a.tp),
    fp: a.fp + share * ((b?.fp ?? 0) - a.fp),
  };
}

function curveOf(key: string, { score, favourable, unfavourable }: ScoreHistogram): Curve {
  // Scores are at most 1: a threshold of 2 selects nobody, one of 0 everybody.
  const hull: Point[] = [{ threshold: 2, tp: 0, fp: 0 }];
  let [tp, fp] = [0, 0];
  for (let i = score.length - 1; i >= 0; i--) {
    tp += favourable[i]!;
    fp += unfavourable[i]!;
    const point = { threshold: i === 0 ? 0 : (score[i]! + score[i - 1]!) / 2, tp, fp };
    while (hull.length > 1 && !turnsDown(hull.at(-2)!, hull.at(-1)!, point)) hull.pop();
    hull.push(point);
  }
  return { key, positives: total(favourable), negatives: total(unfavourable), hull };
}

/** Whether b lies above the line from a to c, in (fp, tp). */
function turnsDown(a: Point, b: Point, c: Point): boolean {
  return (b.tp - a.tp) * (c.fp - a.fp) > (c.tp - a.tp) * (b.fp - a.fp);
}
