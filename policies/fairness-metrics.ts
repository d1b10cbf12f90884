import type { MetricFacts } from "./metric-facts.ts";

const rate = (text: string): MetricFacts => ({
  about: "model",
  grouped: true,
  limit: "either",
  text,
});
const among = (limit: MetricFacts["limit"], text: string): MetricFacts => ({
  about: "model",
  grouped: true,
  limit,
  text,
  quiet: true,
});

/** Rates by their names in comparisons. */
const compared = {
  true_positive_rate: "true positive rate",
  false_positive_rate: "false positive rate",
  true_negative_rate: "true negative rate",
  false_negative_rate: "false negative rate",
  precision_score: "precision",
  negative_predictive_value: "negative predictive value",
  false_discovery_rate: "false discovery rate",
  false_omission_rate: "false omission rate",
  zero_one_loss: "share of wrong decisions",
  balanced_accuracy_score: "balanced accuracy",
  f1_score: "F1 score",
} as const;

const comparisons = Object.fromEntries(
  Object.entries(compared).flatMap(([name, text]) => [
    [`${name}_difference`, among("max", `largest minus smallest ${text} over the groups`)],
    [`${name}_ratio`, among("min", `smallest over largest ${text}`)],
  ]),
);

/**
 * Rates of groups beyond the usual ones, their comparisons by Fairlearn's names, and AIF360's
 * numbers, which hold the reference group (`audit.reference`) of one attribute against everyone else.
 */
export const fairnessMetrics: Readonly<Record<string, MetricFacts>> = {
  npv: rate("negative predictive value: other labels among the other decisions, in each group"),
  fdr: rate("false discovery rate: other labels among favourable decisions, in each group"),
  for: rate("false omission rate: favourable labels among the other decisions, in each group"),
  error_rate: rate("share of wrong decisions in each group"),
  prevalence: rate("share of favourable labels among the held-out rows of each group"),
  balanced_accuracy: rate("mean of true positive and true negative rate in each group"),
  f1: rate("harmonic mean of precision and true positive rate in each group"),
  log_loss: rate("mean negative logarithm of the chance given to the true label, in each group"),
  mean_score: rate("mean score of each group"),
  ...comparisons,
  log_loss_difference: among("max", "largest minus smallest log loss"),
  bpsn_auc_difference: among("max", "largest minus smallest BPSN AUC"),
  bnsp_auc_difference: among("max", "largest minus smallest BNSP AUC"),
  statistical_parity_difference: among(
    "either",
    "selection rate of everyone else minus that of the reference group",
  ),
  disparate_impact: among(
    "either",
    "selection rate of everyone else over that of the reference group",
  ),
  average_odds_difference: among(
    "either",
    "mean gap in true and false positive rate of everyone else and the reference group",
  ),
  average_abs_odds_difference: among("max", "the same with absolute gaps"),
  average_predictive_value_difference: among(
    "either",
    "mean gap in precision and false omission rate of everyone else and the reference group",
  ),
  generalized_entropy_index: among("max", "inequality of benefits between people, α = 2"),
  theil_index: among("max", "inequality of benefits between people, α = 1"),
  coefficient_of_variation: among("max", "spread of benefits between people over their mean"),
  between_group_generalized_entropy_index: among(
    "max",
    "the part of the inequality between the reference group and everyone else, α = 2",
  ),
  between_group_theil_index: among("max", "the same, α = 1"),
  between_all_groups_generalized_entropy_index: among(
    "max",
    "the part of the inequality between all intersections, α = 2",
  ),
  between_all_groups_theil_index: among("max", "the same, α = 1"),
  smoothed_empirical_differential_fairness_of_decisions: among(
    "max",
    "largest log ratio of decisions between intersections, in nats",
  ),
  differential_fairness_bias_amplification: among(
    "max",
    "how much further apart, in nats, decisions are than the labels",
  ),
};
