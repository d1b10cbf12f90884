import type { Digest, Estimate, Evidence, Group } from "../../pipeline/core/types.ts";
import type { FairnessResult, Interval } from "./report.ts";
import type { ScoreResult } from "./score-report.ts";

/**
 * The result of an audit as evidence about `subject`: the confusion counts of each group (table
 * "confusion"), its rates, and the comparisons by each set of attributes. `split` names the rows
 * audited ("test"), where the caller has one.
 */
export function fairnessEvidence(
  result: FairnessResult,
  subject: Digest,
  split?: string,
): readonly Evidence[] {
  const about = { subject, ...(split === undefined ? {} : { split }) };
  const groups = result.groups.flatMap(({ group, n, counts, rates }): Evidence[] => {
    const by = Object.keys(group);
    return [
      { kind: "counted", table: "confusion", by, group, counts: { ...counts }, ...about },
      ...Object.entries(rates).map(([metric, rate]): Evidence => {
        return { kind: "measured", metric, by, group, estimate: estimateOf(rate, n), ...about };
      }),
    ];
  });
  const metrics = result.metrics.map((metric): Evidence => {
    const n = rowsOf(result.groups, metric.by);
    const { by } = metric;
    // Rules know the accuracy by its short name, as they do that of all rows.
    const name = metric.name.replace(/^accuracy_score_/, "accuracy_");
    return { kind: "measured", metric: name, by, estimate: estimateOf(metric, n), ...about };
  });
  return [...groups, ...metrics];
}

/**
 * AIF360's metrics as evidence, without those that a comparison of groups has the name of: with more
 * than two groups they are other numbers.
 */
export function privilegedEvidence(
  audit: FairnessResult & {
    readonly privileged: readonly (Interval & {
      readonly name: string;
      readonly by: readonly string[];
    })[];
  },
  subject: Digest,
  split?: string,
): readonly Evidence[] {
  const taken = new Set([...audit.metrics.map(({ name }) => name), "base_rate_difference"]);
  return audit.privileged
    .filter(({ name }) => !taken.has(name))
    .map((metric): Evidence => ({
      kind: "measured",
      metric: metric.name,
      by: metric.by,
      estimate: estimateOf(metric, rowsOf(audit.groups, metric.by)),
      subject,
      ...(split === undefined ? {} : { split }),
    }));
}

/** The result of an audit of scores as evidence: each group's numbers, and the differences. */
export function scoreEvidence(
  result: ScoreResult,
  subject: Digest,
  split?: string,
): readonly Evidence[] {
  const about = { subject, ...(split === undefined ? {} : { split }) };
  const groups = result.groups.flatMap(({ group, n, scores }) =>
    Object.entries(scores).map(([metric, score]): Evidence => {
      const by = Object.keys(group);
      return { kind: "measured", metric, by, group, estimate: estimateOf(score, n), ...about };
    }),
  );
  const metrics = result.metrics.map((metric): Evidence => {
    const n = rowsOf(result.groups, metric.by);
    const { name, by } = metric;
    return { kind: "measured", metric: name, by, estimate: estimateOf(metric, n), ...about };
  });
  return [...groups, ...metrics];
}

/** Rows of all groups by the same attributes. */
function rowsOf(groups: readonly { group: Group; n: number }[], by: readonly string[]): number {
  const names = by.join("\0");
  return groups
    .filter(({ group }) => Object.keys(group).join("\0") === names)
    .reduce((sum, group) => sum + group.n, 0);
}

function estimateOf({ value, interval, why }: Interval, n: number): Estimate {
  return {
    value,
    n,
    ...(interval === null ? {} : { interval }),
    ...(why === undefined ? {} : { why }),
  };
}
