import type { Random } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells, type WeightedCells } from "../statistics/bootstrap.ts";
import { groupKey, marginOf } from "../statistics/group-key.ts";
import type { ConfusionCell, ConfusionState } from "./confusion.ts";
import { biasAmplification, differentialFairness } from "./differential.ts";
import {
  benefitsOf,
  betweenGroups,
  coefficientOfVariation,
  generalizedEntropy,
} from "./entropy.ts";
import type { Confusion } from "./rates.ts";
import type { Interval } from "./report.ts";

/** One number of AIF360's families; null where a denominator is 0, and `why` then says so. */
export interface PrivilegedMetric extends Interval {
  readonly name: string;
}

export interface PrivilegedOptions {
  readonly by: string;
  /** Values of `by` whose groups are privileged. */
  readonly privileged: readonly string[];
  readonly random: Random;
  /** 0.95 unless said. */
  readonly confidence?: number;
  /** 2,000 unless said. */
  readonly resamples?: number;
}

/**
 * AIF360's metrics of classification and data: signed, the unprivileged minus (or over) the
 * privileged, where the group that holds `privileged` in attribute `by` is privileged and everyone
 * else with a value is not. `disparate_impact` and the ratios favour the privileged below 1.
 * Rates count weights; the entropies are of people, so each row counts once there, as in AIF360.
 * `between_all_groups`, differential fairness and its amplification compare the full intersections
 * of all attributes counted; differential fairness is of the labels unless its name says otherwise. Deviations: the index at α = 0 follows its formula (AIF360 divides by the mean twice), and what
 * divides by 0 is null where AIF360 has NaN or infinity. Intervals are percentiles of the
 * multinomial bootstrap of the cells.
 */
export function privilegedMetrics(
  state: ConfusionState,
  options: PrivilegedOptions,
): readonly PrivilegedMetric[] {
  const { by, privileged, random, confidence = 0.95, resamples = 2000 } = options;
  const values = metricsOf(state, by, privileged);
  const samples = values.map(() => new Float64Array(resamples));
  const keys = Object.keys(state.cells).sort();
  const flat = (of: keyof ConfusionCell) =>
    Float64Array.from(keys.flatMap((key) => state.cells[key]![of]));
  const rows = flat("rows");
  const cells: WeightedCells = state.weighted
    ? { rows, weights: flat("weights"), squares: flat("squares") }
    : { rows };
  resampleCells(cells, resamples, random, (sample, r) => {
    const drawn = keys.map((key, i): [string, ConfusionCell] => {
      const counts = Array.from(sample.subarray(4 * i, 4 * i + 4));
      return [key, { rows: counts, weights: counts, squares: counts }];
    });
    const resampled = { ...state, cells: Object.fromEntries(drawn) };
    metricsOf(resampled, by, privileged).forEach(([, value], m) => (samples[m]![r] = value));
  });
  return values.map(([name, value], m): PrivilegedMetric => {
    if (!Number.isFinite(value))
      return { name, value: null, interval: null, why: "division by zero" };
    const found = percentileInterval(samples[m]!, confidence, value);
    if (found.interval?.every(Number.isFinite)) return { name, value, interval: found.interval };
    const why = found.interval ? "infinite in some resamples" : found.why;
    return { name, value, interval: null, why };
  });
}

function metricsOf(
  state: ConfusionState,
  by: string,
  privileged: readonly string[],
): readonly (readonly [string, number])[] {
  const { groups } = marginOf(state.cells, state.by, [by]);
  const named = groups.map(({ values, cells }) => ({ name: values[0]!, cells }));
  const side = (of: "rows" | "weights", inside: boolean) =>
    sumOf(
      named.filter(({ name }) => privileged.includes(name) === inside).flatMap((g) => g.cells),
      of,
    );
  const [up, down] = [side("weights", true), side("weights", false)];
  const people = {
    privileged: side("rows", true),
    unprivileged: side("rows", false),
  };
  const pairs = Object.entries(rateTable).flatMap(([name, rate]) => [
    [`${name}_difference`, rate(down) - rate(up)] as const,
    [`${name}_ratio`, rate(down) / rate(up)] as const,
  ]);
  const derived = Object.fromEntries(pairs);
  const two = benefitsOf(people);

  const full = marginOf(state.cells, state.by, state.by).groups.map(({ values, cells }) => ({
    key: groupKey(values),
    sum: sumOf(cells, "weights"),
    people: sumOf(cells, "rows"),
  }));
  const all = benefitsOf(Object.fromEntries(full.map(({ key, people }) => [key, people])));
  const decided = full.map(({ sum }) => ({ favourable: sum.tp + sum.fp, all: total(sum) }));
  const labelled = full.map(({ sum }) => ({ favourable: sum.tp + sum.fn, all: total(sum) }));
  const [tpr, fpr] = [
    derived.true_positive_rate_difference!,
    derived.false_positive_rate_difference!,
  ];
  return [
    ["statistical_parity_difference", derived.selection_rate_difference!],
    ["disparate_impact", derived.selection_rate_ratio!],
    ["base_rate_difference", derived.base_rate_difference!],
    ["base_rate_ratio", derived.base_rate_ratio!],
    ["equal_opportunity_difference", tpr],
    ["equalized_odds_difference", Math.max(Math.abs(tpr), Math.abs(fpr))],
    ["average_odds_difference", (tpr + fpr) / 2],
    ["average_abs_odds_difference", (Math.abs(tpr) + Math.abs(fpr)) / 2],
    [
      "average_predictive_value_difference",
      (derived.positive_predictive_value_difference! + derived.false_omission_rate_difference!) / 2,
    ],
    ...pairs.filter(([name]) => !name.startsWith("base_rate") && !name.startsWith("selection")),
    ["generalized_entropy_index", generalizedEntropy(two, 2)],
    ["theil_index", generalizedEntropy(two, 1)],
    ["mean_log_deviation", generalizedEntropy(two, 0)],
    ["coefficient_of_variation", coefficientOfVariation(two)],
    ["between_group_generalized_entropy_index", generalizedEntropy(betweenGroups(two), 2)],
    ["between_group_theil_index", generalizedEntropy(betweenGroups(two), 1)],
    ["between_group_coefficient_of_variation", coefficientOfVariation(betweenGroups(two))],
    ["between_all_groups_generalized_entropy_index", generalizedEntropy(betweenGroups(all), 2)],
    ["between_all_groups_theil_index", generalizedEntropy(betweenGroups(all), 1)],
    ["between_all_groups_coefficient_of_variation", coefficientOfVariation(betweenGroups(all))],
    ["smoothed_empirical_differential_fairness", differentialFairness(labelled)],
    ["smoothed_empirical_differential_fairness_of_decisions", differentialFairness(decided)],
    ["differential_fairness_bias_amplification", biasAmplification(decided, labelled)],
  ];
}

const rateTable: Readonly<Record<string, (c: Confusion) => number>> = {
  selection_rate: (c) => (c.tp + c.fp) / total(c),
  base_rate: (c) => (c.tp + c.fn) / total(c),
  true_positive_rate: (c) => c.tp / (c.tp + c.fn),
  false_positive_rate: (c) => c.fp / (c.fp + c.tn),
  true_negative_rate: (c) => c.tn / (c.fp + c.tn),
  false_negative_rate: (c) => c.fn / (c.tp + c.fn),
  positive_predictive_value: (c) => c.tp / (c.tp + c.fp),
  false_discovery_rate: (c) => c.fp / (c.tp + c.fp),
  false_omission_rate: (c) => c.fn / (c.fn + c.tn),
  negative_predictive_value: (c) => c.tn / (c.fn + c.tn),
  error_rate: (c) => (c.fp + c.fn) / total(c),
};

function total(c: Confusion): number {
  return c.tp + c.fp + c.fn + c.tn;
}

function sumOf(cells: readonly ConfusionCell[], of: "rows" | "weights"): Confusion {
  const at = (i: number) => cells.reduce((sum, cell) => sum + cell[of][i]!, 0);
  return { tn: at(0), fp: at(1), fn: at(2), tp: at(3) };
}
