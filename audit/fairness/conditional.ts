import type { Group, Random } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells } from "../statistics/bootstrap.ts";
import { groupKey, groupOf, marginOf } from "../statistics/group-key.ts";
import type { ConfusionState } from "./confusion.ts";
import { conditionalDisparity, type Share } from "./differential.ts";
import type { Interval } from "./report.ts";

/** Conditional demographic disparity of one group. */
export interface ConditionalDisparity extends Interval {
  readonly group: Group;
}

/**
 * For each group of `by` its demographic disparity of decisions within strata, averaged by their
 * rows (see `conditionalDisparity`): above 0 the group gets more than its part of the unfavourable
 * decisions among people who agree in `given`. Both must have been counted in the state; rows
 * without a value in either are left out. Intervals are percentiles of the multinomial bootstrap.
 */
export function conditionalDisparities(
  state: ConfusionState,
  options: {
    readonly by: readonly string[];
    readonly given: readonly string[];
    readonly random: Random;
    readonly confidence?: number;
    readonly resamples?: number;
  },
): readonly ConditionalDisparity[] {
  const { by, given, random, confidence = 0.95, resamples = 2000 } = options;
  const margin = marginOf(state.cells, state.by, [...given, ...by]).groups;
  const cells = margin.map(({ values, cells: found }) => {
    const sum = (of: "rows" | "weights", places: readonly number[]) =>
      found.reduce((n, cell) => n + places.reduce((m, i) => m + cell[of][i]!, 0), 0);
    return {
      stratum: groupKey(values.slice(0, given.length)),
      group: groupKey(values.slice(given.length)),
      // Predicted unfavourable is [tn, fn], favourable [fp, tp].
      weights: [sum("weights", [0, 2]), sum("weights", [1, 3])] as const,
      rows: [sum("rows", [0, 2]), sum("rows", [1, 3])] as const,
    };
  });
  const strata = [...new Set(cells.map(({ stratum }) => stratum))];
  const groups = [...new Set(cells.map(({ group }) => group))].sort();
  const disparitiesOf = (pairs: ArrayLike<number>) => {
    const shareOf = (keep: (cell: (typeof cells)[number]) => boolean): Share => {
      let [no, yes] = [0, 0];
      cells.forEach((cell, i) => {
        if (!keep(cell)) return;
        no += pairs[2 * i]!;
        yes += pairs[2 * i + 1]!;
      });
      return { favourable: yes, all: no + yes };
    };
    const everyone = strata.map((stratum) => shareOf((cell) => cell.stratum === stratum));
    return groups.map((group) =>
      conditionalDisparity(
        strata.map((stratum, s) => ({
          group: shareOf((cell) => cell.stratum === stratum && cell.group === group),
          everyone: everyone[s]!,
        })),
      ),
    );
  };
  const rows = Float64Array.from(cells.flatMap((cell) => cell.rows));
  const values = disparitiesOf(cells.flatMap(({ weights }) => weights));
  const samples = groups.map(() => new Float64Array(resamples));
  if (!state.weighted) {
    resampleCells({ rows }, resamples, random, (sample, r) => {
      disparitiesOf(sample).forEach((value, g) => (samples[g]![r] = value));
    });
  }
  return groups.map((key, g): ConditionalDisparity => {
    const group = groupOf(by, JSON.parse(key) as string[]);
    const value = values[g]!;
    if (Number.isNaN(value)) {
      return { group, value: null, interval: null, why: "no stratum has both decisions" };
    }
    if (state.weighted) return { group, value, interval: null, why: "rows have weights" };
    const found = percentileInterval(samples[g]!, confidence, value);
    return found.interval
      ? { group, value, interval: found.interval }
      : { group, value, interval: null, why: found.why };
  });
}
