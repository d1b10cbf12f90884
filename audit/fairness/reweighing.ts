import { PipelineError } from "../../pipeline/core/error.ts";

/** Rows (or weights) of each group with the unfavourable and the favourable label. */
export type LabelCounts = Readonly<Record<string, readonly [number, number]>>;

/**
 * Weights that make label and group independent: P(A=a)·P(Y=y) / P(A=a, Y=y), from merged counts
 * (Kamiran and Calders 2012, doi:10.1007/s10115-011-0463-8). Groups go by the keys of `counts`,
 * labels are 0 and 1. Throws `internal` for a group and label of which no row was counted.
 */
export function reweighingWeights(counts: LabelCounts): (group: string, label: number) => number {
  const totals = [0, 0];
  for (const [unfavourable, favourable] of Object.values(counts)) {
    totals[0]! += unfavourable;
    totals[1]! += favourable;
  }
  const all = totals[0]! + totals[1]!;
  const weights = new Map(
    Object.entries(counts).map(([group, both]) => [
      group,
      both.map((n, y) => ((both[0] + both[1]) * totals[y]!) / (all * n)),
    ]),
  );
  return (group, label) => {
    const weight = weights.get(group)?.[label];
    if (weight !== undefined && Number.isFinite(weight)) return weight;
    throw new PipelineError(
      "internal",
      "no row of this group and label was counted for reweighing",
    );
  };
}
