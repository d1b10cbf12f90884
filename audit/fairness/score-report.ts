import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { gaussian } from "../../pipeline/core/random.ts";
import type { Group, Random } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells, widenedGap } from "../statistics/bootstrap.ts";
import { groupOf, groupText } from "../statistics/group-key.ts";
import { calibrationOf, type ReliabilityBin } from "./calibration.ts";
import { areaDeviation, areaUnderCurve, background } from "./discrimination.ts";
import { labelNoise } from "./label-noise.ts";
import { meanDeviation, scoreMean, shareDeviation, type ScoreValue } from "./score-deviation.ts";
import type { Interval, MetricResult } from "./report.ts";
import {
  rocOf,
  sweepGaps,
  sweepOf,
  sweepThresholds,
  type RocPoint,
  type SweepGap,
  type SweepPoint,
} from "./score-curves.ts";
import { scoreGroups, type ScoreHistogram, type ScoreState } from "./scores.ts";

/** Numbers about the scores of one group. */
export const scoreMetricNames = [
  "auc",
  "bpsn_auc",
  "bnsp_auc",
  "brier",
  "log_loss",
  "ece",
  "mean_score",
  "generalized_tpr",
  "generalized_fpr",
  "generalized_tnr",
  "generalized_fnr",
  "label_noise_withheld",
  "label_noise_granted",
] as const;
export type ScoreMetricName = (typeof scoreMetricNames)[number];

export interface ScoreGroupResult {
  readonly group: Group;
  readonly n: number;
  readonly scores: Readonly<Record<ScoreMetricName, Interval>>;
  readonly reliability: readonly ReliabilityBin[];
  readonly sweep: readonly SweepPoint[];
  readonly roc: readonly RocPoint[];
}
export interface ScoreResult {
  readonly groups: readonly ScoreGroupResult[];
  /**
   * `auc_difference` and so on, the largest minus the smallest value over the groups, with
   * `auc_group_min` and `auc_group_max`.
   */
  readonly metrics: readonly MetricResult[];
  /** The gaps between groups at other thresholds. */
  readonly sweep: readonly SweepGap[];
}

export interface ScoreOptions {
  readonly by: readonly (readonly string[])[];
  readonly random: Random;
  /** 0.95 unless said. */
  readonly confidence?: number;
  /** 2,000 unless said. */
  readonly resamples?: number;
  readonly thresholds?: readonly number[];
}

/** A number, its interval, and how it varies: values it may have had instead. */
interface Sampled extends Interval {
  readonly samples: Float64Array;
}

/**
 * Discrimination and calibration of scores by group. AUC, BPSN and BNSP have DeLong's interval, means
 * of scores (Brier score, log loss, mean score, the generalised rates) normal ones, label noise too; ECE the
 * percentiles of the multinomial bootstrap of its bins by label, and like every mean of absolute
 * values it grows by noise. The interval of a difference is of the largest minus the smallest of
 * values drawn so for each group. Weights enter the standard errors by their squares, so that few
 * heavy rows count as few rows. Log loss keeps scores 2⁻⁵² away from 0 and 1, as scikit-learn does.
 */
export function auditScores(state: ScoreState, options: ScoreOptions): ScoreResult {
  const { confidence = 0.95, resamples = 2000, thresholds = sweepThresholds } = options;
  const margins = options.by.map((by) => {
    const { groups, everyone } = scoreGroups(state, by);
    const sampled = groups.map(({ values, n, histogram }) => {
      const random = options.random.fork(`scores ${by.join("\0")} ${values.join("\0")}`);
      const draw = { random, resamples, confidence };
      return {
        group: groupOf(by, values),
        n,
        histogram,
        scores: scoresOf(histogram, background(everyone, histogram), draw),
      };
    });
    return { by, groups: sampled, sweep: sweepGaps(by, groups, thresholds) };
  });
  return {
    groups: margins.flatMap(({ groups }) =>
      groups.map(({ group, n, histogram, scores }) => ({
        group,
        n,
        scores: Object.fromEntries(
          scoreMetricNames.map((name) => [name, plain(scores[name])]),
        ) as Record<ScoreMetricName, Interval>,
        reliability: calibrationOf(histogram).reliability,
        sweep: sweepOf(histogram, thresholds),
        roc: rocOf(histogram),
      })),
    ),
    metrics: margins.flatMap(({ by, groups }) =>
      scoreMetricNames.flatMap((name) => comparisonsOf(name, by, groups, confidence)),
    ),
    sweep: margins.flatMap(({ sweep }) => sweep),
  };
}

interface Draw {
  readonly random: Random;
  readonly resamples: number;
  readonly confidence: number;
}

function scoresOf(
  histogram: ScoreHistogram,
  rest: ScoreHistogram,
  draw: Draw,
): Readonly<Record<ScoreMetricName, Sampled>> {
  const calibration = calibrationOf(histogram);
  const noise = labelNoise(histogram);
  const normal = (value: number, deviation: number | null, needs: string, most = 1) =>
    normally(value, deviation, needs, draw, most);
  const mean = (of: ScoreValue, needs: string, most = 1) =>
    normal(scoreMean(histogram, of), meanDeviation(histogram, of), needs, most);
  return {
    auc: normal(
      areaUnderCurve(histogram),
      areaDeviation(histogram),
      "needs rows with either label",
    ),
    bpsn_auc: normal(
      areaUnderCurve(rest, histogram),
      areaDeviation(rest, histogram),
      "needs unfavourable rows in the group and favourable ones outside",
    ),
    bnsp_auc: normal(
      areaUnderCurve(histogram, rest),
      areaDeviation(histogram, rest),
      "needs favourable rows in the group and unfavourable ones outside",
    ),
    brier: mean((score, label) => (score - label) ** 2, "no row"),
    log_loss: mean(logLoss, "no row", Infinity),
    ece: calibrationError(histogram, calibration.ece, draw),
    mean_score: mean((score) => score, "no row"),
    generalized_tpr: mean((score, label) => (label === 1 ? score : null), noPositives),
    generalized_fpr: mean((score, label) => (label === 0 ? score : null), noNegatives),
    generalized_tnr: mean((score, label) => (label === 0 ? 1 - score : null), noNegatives),
    generalized_fnr: mean((score, label) => (label === 1 ? 1 - score : null), noPositives),
    label_noise_withheld: normal(
      noise.withheld,
      shareDeviation(noise.withheld, histogram, 0),
      "needs rows with either label",
    ),
    label_noise_granted: normal(
      noise.granted,
      shareDeviation(noise.granted, histogram, 1),
      "needs rows with either label",
    ),
  };
}

const noPositives = "no row has the favourable label";
const noNegatives = "no row has the unfavourable label";

function logLoss(score: number, label: 0 | 1): number {
  const chance = label === 1 ? score : 1 - score;
  return -Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, chance)));
}

const between = {
  difference: (low: number, high: number) => high - low,
  group_min: (low: number) => low,
  group_max: (_: number, high: number) => high,
} as const;

/** The gap between the groups, and the least and greatest of their values. */
function comparisonsOf(
  name: ScoreMetricName,
  by: readonly string[],
  groups: readonly {
    readonly group: Group;
    readonly scores: Readonly<Record<ScoreMetricName, Sampled>>;
  }[],
  confidence: number,
): readonly MetricResult[] {
  const values = groups.map(({ scores }) => scores[name].value);
  const lacking = groups.find(({ scores }) => scores[name].value === null);
  const fixed = groups.find(({ scores }) => scores[name].samples.length === 0);
  const samples = groups.map(({ scores }) => scores[name].samples);
  return Object.entries(between).map(([suffix, of]): MetricResult => {
    const about = { name: `${name}_${suffix}`, by, interval: null };
    const fewest = suffix === "difference" ? 2 : 1;
    if (groups.length < fewest)
      return { ...about, value: null, why: fewest === 2 ? "fewer than two groups" : "no group" };
    if (lacking) {
      const why = `${groupText(lacking.group)}: ${lacking.scores[name].why!}`;
      return { ...about, value: null, why };
    }
    const known = values.map(Number);
    const value = of(Math.min(...known), Math.max(...known));
    if (fixed) return { ...about, value, why: `no interval: ${groupText(fixed.group)} has none` };
    const extremes = (less: readonly number[], of: (low: number, high: number) => number) =>
      samples[0]!.map((_, r) => {
        let [low, high] = [Infinity, -Infinity];
        samples.forEach((own, g) => {
          low = Math.min(low, own[r]! - less[g]!);
          high = Math.max(high, own[r]! - less[g]!);
        });
        return of(low, high);
      });
    const drawn = extremes(Array<number>(samples.length).fill(0), of);
    const found = percentileInterval(drawn, confidence, value);
    if (!found.interval) return { ...about, value, why: `no interval: ${found.why}` };
    const interval =
      suffix === "difference"
        ? widenedGap(found.interval, value, extremes(known, of), confidence)
        : found.interval;
    return { ...about, value, interval };
  });
}

function normally(
  value: number,
  deviation: number | null,
  needs: string,
  draw: Draw,
  most: number,
): Sampled {
  const none = new Float64Array(0);
  if (Number.isNaN(value)) return { value: null, interval: null, why: needs, samples: none };
  if (deviation === null)
    return { value, interval: null, why: "no interval: too few rows", samples: none };
  const half = normalQuantile(0.5 + draw.confidence / 2, 0, 1) * deviation;
  const within = (x: number) => Math.min(most, Math.max(0, x));
  const samples = Float64Array.from({ length: draw.resamples }, () =>
    within(value + deviation * gaussian(draw.random)),
  );
  return { value, interval: [within(value - half), within(value + half)], samples };
}

/** Expected calibration error; its samples keep the mean score of each bin and label. */
function calibrationError(histogram: ScoreHistogram, value: number, draw: Draw): Sampled {
  const bins = 10;
  const sums = () => new Float64Array(2 * bins);
  const cells = { rows: sums(), weights: sums(), squares: sums() };
  const scores = sums();
  const { score, favourable, unfavourable, weighting } = histogram;
  for (const [i, s] of score.entries()) {
    const bin = 2 * Math.min(bins - 1, Math.floor(s * bins));
    for (const label of [0, 1] as const) {
      const weight = (label === 1 ? favourable : unfavourable)[i]!;
      cells.rows[bin + label]! += weighting?.rows[label][i] ?? weight;
      cells.weights[bin + label]! += weight;
      cells.squares[bin + label]! += weighting?.squares[label][i] ?? weight;
      scores[bin + label]! += weight * s;
    }
  }
  const none = new Float64Array(0);
  if (Number.isNaN(value)) return { value: null, interval: null, why: "no row", samples: none };
  const means = scores.map((sum, i) => (cells.weights[i] === 0 ? 0 : sum / cells.weights[i]!));
  const samples = new Float64Array(draw.resamples);
  const resampled = weighting ? cells : { rows: cells.rows };
  resampleCells(resampled, draw.resamples, draw.random.fork("bins"), (sample, r) => {
    let [off, n] = [0, 0];
    for (let b = 0; b < 2 * bins; b += 2) {
      const mean = sample[b]! * means[b]! + sample[b + 1]! * means[b + 1]!;
      off += Math.abs(sample[b + 1]! - mean);
      n += sample[b]! + sample[b + 1]!;
    }
    samples[r] = off / n;
  });
  // Sorting for the quantiles would pair low with low in differences: a copy is sorted.
  const found = percentileInterval(samples.slice(), draw.confidence, value);
  if (found.interval) return { value, interval: found.interval, samples };
  return { value, interval: null, why: `no interval: ${found.why}`, samples };
}

function plain({ value, interval, why }: Sampled): Interval {
  return why === undefined ? { value, interval } : { value, interval, why };
}
