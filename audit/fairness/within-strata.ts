import type { Group, Random } from "../../pipeline/core/types.ts";
import { groupOf, marginOf, type Margin } from "../statistics/group-key.ts";
import type { ConfusionState } from "./confusion.ts";
import { auditFairness, type MetricResult } from "./report.ts";

/** A comparison of groups among the people of one stratum. */
export interface StratumMetric extends MetricResult {
  readonly given: Group;
  /** Rows of the stratum. */
  readonly n: number;
}

/** What is compared within strata. */
const compared = new Set([
  "demographic_parity_difference",
  "demographic_parity_ratio",
  "equalized_odds_difference",
  "equalized_odds_ratio",
  "equal_opportunity_difference",
  "equal_opportunity_ratio",
  "accuracy_score_difference",
]);

/**
 * The gaps between groups inside each stratum of `given`, as Fairlearn's control features have them.
 * Both must have been counted in the state; rows without a value in `given` are left out.
 */
export function metricsWithin(
  state: ConfusionState,
  options: {
    readonly by: readonly (readonly string[])[];
    readonly given: readonly string[];
    readonly random: Random;
    readonly confidence?: number;
    readonly resamples?: number;
    readonly minGroup?: number;
  },
): readonly StratumMetric[] {
  const { given, random, ...audit } = options;
  return strataOf(state, given).flatMap(({ values, cells: keys }) => {
    const cells = Object.fromEntries(keys.map((key) => [key, state.cells[key]!]));
    const n = Object.values(cells).reduce(
      (sum, { rows }) => sum + rows.reduce((all, count) => all + count, 0),
      0,
    );
    const stratum = { ...state, rows: n, cells };
    const { metrics } = auditFairness(stratum, {
      ...audit,
      random: random.fork(values.join("\0")),
    });
    return metrics
      .filter(({ name }) => compared.has(name))
      .map((metric) => ({ given: groupOf(given, values), n, ...metric }));
  });
}

/** The strata, with the keys of their cells. */
export function strataOf(
  state: ConfusionState,
  given: readonly string[],
): Margin<string>["groups"] {
  const keys = Object.fromEntries(Object.keys(state.cells).map((key) => [key, key]));
  return marginOf(keys, state.by, given).groups;
}
