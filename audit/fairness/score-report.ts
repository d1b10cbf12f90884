import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import type { Group } from "../../pipeline/core/types.ts";
import { groupOf, groupText } from "../statistics/group-key.ts";
import { calibrationOf, generalizedConfusion, type ReliabilityBin } from "./calibration.ts";
import { areaInterval, areaUnderCurve, background, total } from "./discrimination.ts";
import type { Interval, MetricResult } from "./report.ts";
import { scoreGroups, type ScoreHistogram, type ScoreState } from "./scores.ts";

/** Numbers about the scores of one group. */
export const scoreMetricNames = [
  "auc",
  "bpsn_auc",
  "bnsp_auc",
  "brier",
  "ece",
  "mean_score",
  "generalized_tpr",
  "generalized_fpr",
] as const;
export type ScoreMetricName = (typeof scoreMetricNames)[number];

export interface ScoreGroupResult {
  readonly group: Group;
  readonly n: number;
  readonly scores: Readonly<Record<ScoreMetricName, Interval>>;
  readonly reliability: readonly ReliabilityBin[];
}
export interface ScoreResult {
  readonly groups: readonly ScoreGroupResult[];
  /** `auc_difference` and so on: the largest minus the smallest value over the groups. */
  readonly metrics: readonly MetricResult[];
}

/**
 * Discrimination and calibration of scores by group. AUC has DeLong's interval, Brier score and mean
 * score normal ones; BPSN, BNSP, ECE, the generalised rates (mean
 * scores of the favourable and the unfavourable rows) and the differences have none. Rows are taken to weigh 1 in
 * intervals.
 */
export function auditScores(
  state: ScoreState,
  options: { readonly by: readonly (readonly string[])[]; readonly confidence?: number },
): ScoreResult {
  const { confidence = 0.95 } = options;
  const margins = options.by.map((by) => {
    const { groups, everyone } = scoreGroups(state, by);
    return {
      by,
      groups: groups.map(({ values, n, histogram }): ScoreGroupResult => {
        const rest = background(everyone, histogram);
        const { reliability, ...calibration } = calibrationOf(histogram);
        const auc = areaUnderCurve(histogram);
        const soft = generalizedConfusion(histogram);
        const scores = {
          auc: intervalOf(auc, areaInterval(histogram, confidence), "needs rows with either label"),
          bpsn_auc: intervalOf(
            areaUnderCurve(rest, histogram),
            null,
            "needs unfavourable rows in the group and favourable ones outside",
          ),
          bnsp_auc: intervalOf(
            areaUnderCurve(histogram, rest),
            null,
            "needs favourable rows in the group and unfavourable ones outside",
          ),
          brier: intervalOf(
            calibration.brier,
            normal(histogram, squaredError, confidence),
            "no row",
          ),
          ece: intervalOf(calibration.ece, null, "no row"),
          mean_score: intervalOf(
            calibration.meanScore,
            normal(histogram, itself, confidence),
            "no row",
          ),
          generalized_tpr: intervalOf(
            soft.tp / (soft.tp + soft.fn),
            null,
            "no row has the favourable label",
          ),
          generalized_fpr: intervalOf(
            soft.fp / (soft.fp + soft.tn),
            null,
            "no row has the unfavourable label",
          ),
        };
        return { group: groupOf(by, values), n, scores, reliability };
      }),
    };
  });
  return {
    groups: margins.flatMap(({ groups }) => groups),
    metrics: margins.flatMap(({ by, groups }) =>
      scoreMetricNames.map((name) => differenceOf(name, by, groups)),
    ),
  };
}

function differenceOf(
  name: ScoreMetricName,
  by: readonly string[],
  groups: readonly ScoreGroupResult[],
): MetricResult {
  const about = { name: `${name}_difference`, by, interval: null };
  if (groups.length < 2) return { ...about, value: null, why: "fewer than two groups" };
  const lacking = groups.find(({ scores }) => scores[name].value === null);
  if (lacking) {
    return {
      ...about,
      value: null,
      why: `${groupText(lacking.group)}: ${lacking.scores[name].why!}`,
    };
  }
  const values = groups.map(({ scores }) => scores[name].value!);
  return { ...about, value: Math.max(...values) - Math.min(...values) };
}

function intervalOf(
  value: number,
  interval: readonly [number, number] | null,
  needs: string,
): Interval {
  return Number.isNaN(value) ? { value: null, interval: null, why: needs } : { value, interval };
}

const squaredError = (score: number, label: 0 | 1) => (score - label) ** 2;
const itself = (score: number) => score;

/** Normal interval of the mean of a function of score and label, within [0, 1]. */
function normal(
  { score, favourable, unfavourable }: ScoreHistogram,
  of: (score: number, label: 0 | 1) => number,
  confidence: number,
): readonly [number, number] | null {
  const n = total(favourable) + total(unfavourable);
  if (n < 2) return null;
  let [sum, squares] = [0, 0];
  for (const [i, s] of score.entries()) {
    const [no, yes] = [of(s, 0), of(s, 1)];
    sum += unfavourable[i]! * no + favourable[i]! * yes;
    squares += unfavourable[i]! * no * no + favourable[i]! * yes * yes;
  }
  const mean = sum / n;
  const variance = Math.max(0, (squares - n * mean * mean) / (n - 1));
  const half = normalQuantile(0.5 + confidence / 2, 0, 1) * Math.sqrt(variance / n);
  return [Math.max(0, mean - half), Math.min(1, mean + half)];
}
