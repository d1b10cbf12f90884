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
    const { name, by } = metric;
    return { kind: "measured", metric: name, by, estimate: estimateOf(metric, n), ...about };
  });
  return [...groups, ...metrics];
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
