import type { Group } from "../../pipeline/core/types.ts";
import { comparisonTests, type Tested } from "./comparison-tests.ts";
import type { ConfusionState } from "./confusion.ts";
import { disparities, type Disparity } from "./disparities.ts";
import { parities, type Parity } from "./parities.ts";
import { privilegedMetrics, type PrivilegedMetric } from "./privileged.ts";
import type { RateName } from "./rates.ts";
import { auditFairness, type FairnessOptions, type FairnessResult } from "./report.ts";
import { auditScores, type ScoreResult } from "./score-report.ts";
import type { ScoreState } from "./scores.ts";

/** Everything an audit of decisions, and of scores where there are any, finds. */
export interface PredictionAudit extends FairnessResult, Tested {
  /** Aequitas's disparities against the reference of each set of attributes. */
  readonly disparities: readonly (Disparity & { readonly by: readonly string[] })[];
  /** Aequitas's verdicts on each set of attributes. */
  readonly parities: readonly (Parity & { readonly by: readonly string[] })[];
  /** AIF360's metrics: for each attribute its reference against everyone else. */
  readonly privileged: readonly (PrivilegedMetric & {
    readonly by: readonly string[];
    readonly privileged: readonly string[];
  })[];
  readonly scores?: ScoreResult;
  /** Why scores were not audited although there are some. */
  readonly scores_why?: string;
}

export interface PredictionAuditOptions extends FairnessOptions {
  /**
   * Whom the groups are held against: the one with most rows, the one with the least rate (for each
   * rate anew), or by name, with a value for some of the attributes. "majority" unless said, and for
   * sets of attributes that are not all named.
   */
  readonly reference?: "majority" | "minimum" | Group;
  /** Disparities are at parity within [τ, 1/τ]; 0.8 unless said. */
  readonly tau?: number;
  /** Level of the tests after correction; 1 − confidence unless said. */
  readonly alpha?: number;
  /** Rates tested: selection rate, TPR and FPR unless said. */
  readonly rates?: readonly RateName[];
}

/** Audits count cells of decisions and histograms of scores together, with one reference. */
export function auditPredictions(
  state: ConfusionState,
  scores: ScoreState | string | undefined,
  options: PredictionAuditOptions,
): PredictionAudit {
  const { by, random, reference = "majority", confidence = 0.95, resamples } = options;
  const result = auditFairness(state, options);
  const named = (attributes: readonly string[]): Group | undefined =>
    typeof reference === "object" && attributes.every((name) => Object.hasOwn(reference, name))
      ? Object.fromEntries(attributes.map((name) => [name, reference[name]!]))
      : undefined;
  const tested = comparisonTests(result, {
    random: random.fork("tests"),
    alpha: options.alpha ?? 1 - confidence,
    ...(options.rates === undefined ? {} : { rates: options.rates }),
    reference:
      typeof reference === "object"
        ? by.map(named).filter((group) => group !== undefined)
        : reference === "minimum"
          ? "lowest"
          : "majority",
  });
  const groupsBy = (attributes: readonly string[]) =>
    result.groups.filter(
      ({ group, n }) => n > 0 && Object.keys(group).join("\0") === attributes.join("\0"),
    );
  const against = (attributes: readonly string[]) =>
    named(attributes) ?? (reference === "minimum" ? "minimum" : "majority");
  const found = by.map((attributes) => {
    const groups = groupsBy(attributes);
    if (groups.length === 0) return { by: attributes, disparities: [] };
    const { tau = 0.8 } = options;
    const reference = against(attributes);
    return { by: attributes, disparities: disparities(groups, { reference, tau, confidence }) };
  });
  const sampling = { confidence, ...(resamples === undefined ? {} : { resamples }) };
  return {
    ...result,
    ...tested,
    disparities: found.flatMap(({ by, disparities }) =>
      disparities.map((disparity) => ({ by, ...disparity })),
    ),
    parities: found.flatMap(({ by, disparities }) =>
      disparities.length === 0 ? [] : parities(disparities).map((parity) => ({ by, ...parity })),
    ),
    privileged: by.flatMap((attributes) => {
      const [attribute, second] = attributes;
      const groups = groupsBy(attributes);
      if (attribute === undefined || second !== undefined || groups.length < 2) return [];
      const largest = groups.reduce((a, b) => (b.n > a.n ? b : a));
      const privileged = [(named(attributes) ?? largest.group)[attribute]!];
      const found = privilegedMetrics(state, {
        by: attribute,
        privileged,
        random: random.fork(`privileged ${attribute}`),
        ...sampling,
      });
      return found.map((metric) => ({ by: attributes, privileged, ...metric }));
    }),
    ...(typeof scores === "string" ? { scores_why: scores } : {}),
    ...(typeof scores === "object"
      ? { scores: auditScores(scores, { by, random: random.fork("scores"), ...sampling }) }
      : {}),
  };
}
