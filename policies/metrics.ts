import { fairnessMetrics } from "./fairness-metrics.ts";
import { leakMetrics } from "./leak-metrics.ts";
import type { MetricFacts } from "./metric-facts.ts";
import { termMetrics } from "./term-metrics.ts";

const gap = (text: string): MetricFacts => ({ about: "model", grouped: true, limit: "max", text });
const ratio = (text: string): MetricFacts => ({
  about: "model",
  grouped: true,
  limit: "min",
  text,
});
const rate = (text: string): MetricFacts => ({
  about: "model",
  grouped: true,
  limit: "either",
  text,
});

const anonymity = (limit: "min" | "max", text: string): MetricFacts => ({
  about: "data",
  grouped: false,
  limit,
  text,
});

const dataGap = (text: string): MetricFacts => ({
  about: "data",
  grouped: true,
  limit: "max",
  text,
});

/** Every metric by the name that rules use. */
export const metrics: Readonly<Record<string, MetricFacts>> = {
  representation_ratio: {
    about: "data",
    grouped: true,
    limit: "min",
    text: "smallest share of a group in the data over its share in the population",
  },
  base_rate: {
    about: "data",
    grouped: true,
    limit: "either",
    text: "share of favourable labels in each group",
  },
  base_rate_difference: {
    about: "data",
    grouped: true,
    limit: "max",
    text: "largest minus smallest share of favourable labels over the groups",
  },
  missing_rate_difference: {
    about: "data",
    grouped: true,
    limit: "max",
    text: "largest gap between groups in the share of missing cells, over all columns",
  },
  proxy_cramers_v: dataGap(
    "largest Cramér's V of one column with the protected attribute, corrected for chance",
  ),
  proxy_pair_cramers_v: dataGap("largest Cramér's V of two columns together with the attribute"),
  proxy_auc: dataGap(
    "area under the ROC curve of a small model that tells the attribute from all columns; 0.5 is blind",
  ),
  label_noise_withheld_difference: dataGap(
    "gap between groups in the share of unfavourable labels that look wrong",
  ),
  label_noise_granted_difference: dataGap(
    "gap between groups in the share of favourable labels that look wrong",
  ),
  split_drift: {
    about: "data",
    grouped: false,
    limit: "max",
    text: "largest total variation of a column between training and held-out rows",
  },
  order_drift: {
    about: "data",
    grouped: false,
    limit: "max",
    text: "largest total variation of a column between the first and the second half of the rows",
  },
  subgroup_gap: {
    about: "data",
    grouped: false,
    limit: "max",
    text: "gap in base rate of the subgroup that a search over all combinations finds furthest off",
  },
  subgroup_p: {
    about: "data",
    grouped: false,
    limit: "min",
    text: "chance of a subgroup as far off in data without bias, corrected for the search",
  },
  reidentification_risk: {
    about: "data",
    grouped: false,
    limit: "max",
    text: "highest prosecutor risk: one over the size of the smallest class of quasi-identifiers",
  },
  average_reidentification_risk: {
    about: "data",
    grouped: false,
    limit: "max",
    text: "average prosecutor risk: classes over rows",
  },
  sample_uniqueness: {
    about: "data",
    grouped: false,
    limit: "max",
    text: "share of rows alone in their class of quasi-identifiers",
  },
  k_anonymity: {
    about: "data",
    grouped: false,
    limit: "min",
    text: "size of the smallest class of quasi-identifiers",
  },
  prosecutor_risk: anonymity("max", "highest chance of finding a person known to be in the table"),
  average_prosecutor_risk: anonymity("max", "the same on average: released classes over rows"),
  records_at_risk: anonymity("max", "share of released rows found with a chance above 20 %"),
  journalist_risk: anonymity("max", "highest chance of finding a person not known to be in it"),
  marketer_risk: anonymity("max", "share of released rows that an attacker on all matches rightly"),
  population_uniqueness: anonymity("max", "estimated share of people unique in the population"),
  k_map: anonymity("min", "fewest people of the population table behind a released class"),
  presence_highest: anonymity("max", "greatest share of a class's people whose rows are released"),
  presence_lowest: anonymity("min", "least share of a class's people whose rows are released"),
  microaggregation_loss: anonymity(
    "max",
    "spread within the groups of microaggregated columns over their spread in all, at most",
  ),
  l_diversity: anonymity("min", "fewest sensitive values in a released class"),
  t_closeness: anonymity("max", "greatest distance of sensitive values in a class to the table"),
  singled_out_share: anonymity("max", "released rows that random known attributes single out"),
  k_with_text: anonymity("min", "smallest class where what stands in released texts is known too"),
  records_at_risk_with_text: anonymity("max", "the share of rows at risk, with texts known too"),
  association_kept: anonymity("min", "1 less the mean change of Cramér's V over pairs of columns"),
  downstream_accuracy: anonymity("min", "accuracy of a naive Bayes model of the released rows"),
  suppressed_share: anonymity("max", "share of rows suppressed for anonymity"),
  information_loss: anonymity(
    "max",
    "mean share of a domain that a released cell stands for; a suppressed row counts 1",
  ),
  planted_recall: {
    about: "data",
    grouped: false,
    limit: "min",
    text: "share of planted personal values that the text detector covered completely",
  },
  ...termMetrics,
  selection_rate: rate("share of favourable decisions in each group"),
  tpr: rate("true positive rate: favourable decisions among favourable labels, in each group"),
  fpr: rate("false positive rate: favourable decisions among the other labels, in each group"),
  tnr: rate("true negative rate in each group"),
  fnr: rate("false negative rate in each group"),
  precision: rate("favourable labels among favourable decisions, in each group"),
  demographic_parity_difference: gap("largest minus smallest selection rate over the groups"),
  demographic_parity_ratio: ratio("smallest over largest selection rate"),
  equalized_odds_difference: gap("larger of the gaps in true and false positive rate"),
  equalized_odds_ratio: ratio("smaller of the ratios in true and false positive rate"),
  equal_opportunity_difference: gap("largest minus smallest true positive rate"),
  equal_opportunity_ratio: ratio("smallest over largest true positive rate"),
  accuracy_difference: gap("largest minus smallest accuracy over the groups"),
  accuracy: {
    about: "model",
    grouped: "optional",
    limit: "min",
    text: "share of right decisions on the held-out rows, of all or of each group",
  },
  impact_ratio: ratio(
    "smallest over largest selection rate, without the categories under the least share",
  ),
  scoring_impact_ratio: ratio(
    "smallest over largest share scored above the median, without the categories under the least share",
  ),
  auc: {
    about: "model",
    grouped: "optional",
    limit: "min",
    text: "area under the ROC curve on the held-out rows, of each group",
  },
  auc_difference: gap("largest minus smallest AUC over the groups"),
  bpsn_auc: rate("AUC of the group's unfavourable rows against the others' favourable ones"),
  bnsp_auc: rate("AUC of the group's favourable rows against the others' unfavourable ones"),
  ece: rate("expected calibration error of each group, in ten bins"),
  ece_difference: gap("largest minus smallest expected calibration error"),
  brier: rate("mean squared distance of score and label in each group"),
  brier_difference: gap("largest minus smallest Brier score"),
  mean_score_difference: gap("largest minus smallest mean score over the groups"),
  generalized_tpr_difference: gap("gap in the mean score of rows with the favourable label"),
  generalized_fpr_difference: gap("gap in the mean score of rows with the other label"),
  ...fairnessMetrics,
  consistency: {
    about: "model",
    grouped: false,
    limit: "min",
    text: "how alike the decisions of similar people are: 1 minus the mean distance to five neighbours",
  },
  flip_rate: {
    about: "model",
    grouped: true,
    limit: "max",
    text: "share of decisions that change when only the protected value does",
  },
  model_subgroup_gap: {
    about: "model",
    grouped: false,
    limit: "max",
    text: "gap of labels and scores in the subgroup that a search finds furthest off",
  },
  model_subgroup_p: {
    about: "model",
    grouped: false,
    limit: "min",
    text: "chance of a subgroup as far off under a calibrated model, corrected for the search",
  },
  validation_loss: {
    about: "model",
    grouped: false,
    limit: "max",
    text: "mean loss on the held-out rows, in nats",
  },
  ...leakMetrics,
};
