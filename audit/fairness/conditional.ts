import type { Group, Random } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells } from "../statistics/bootstrap.ts";
import { groupKey, groupOf, groupText, marginOf } from "../statistics/group-key.ts";
import type { ConfusionState } from "./confusion.ts";
import { conditionalDisparity } from "./differential.ts";
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
  const [strata, groups] = [new Numbers(), new Numbers()];
  const places = margin.map(({ values }) => ({
    stratum: strata.of(groupKey(values.slice(0, given.length))),
    group: groups.of(groupKey(values.slice(given.length))),
  }));
  // Predicted unfavourable is [tn, fn], favourable [fp, tp].
  const pairs = (of: "rows" | "weights" | "squares"): Float64Array =>
    Float64Array.from(
      margin.flatMap(({ cells }) =>
        [
          [0, 2],
          [1, 3],
        ].map((which) =>
          cells.reduce((n, cell) => n + which.reduce((m, at) => m + cell[of][at]!, 0), 0),
        ),
      ),
    );
  const disparitiesOf = (counts: Float64Array): readonly number[] => {
    const shares = Array.from({ length: groups.names.length }, () =>
      strata.names.map(() => ({ favourable: 0, all: 0 })),
    );
    const everyone = strata.names.map(() => ({ favourable: 0, all: 0 }));
    places.forEach(({ stratum, group }, i) => {
      for (const share of [shares[group]![stratum]!, everyone[stratum]!]) {
        share.favourable += counts[2 * i + 1]!;
        share.all += counts[2 * i]! + counts[2 * i + 1]!;
      }
    });
    return shares.map((own) =>
      conditionalDisparity(own.map((group, s) => ({ group, everyone: everyone[s]! }))),
    );
  };
  const rows = pairs("rows");
  const cells = state.weighted
    ? { rows, weights: pairs("weights"), squares: pairs("squares") }
    : { rows };
  const values = disparitiesOf(pairs("weights"));
  const samples = values.map(() => new Float64Array(resamples));
  resampleCells(cells, resamples, random, (sample, r) => {
    disparitiesOf(sample).forEach((value, g) => (samples[g]![r] = value));
  });
  const found = groups.names.map((key, g): ConditionalDisparity => {
    const group = groupOf(by, JSON.parse(key) as string[]);
    const value = values[g]!;
    if (Number.isNaN(value)) {
      return { group, value: null, interval: null, why: "no stratum has both decisions" };
    }
    const drawn = percentileInterval(samples[g]!, confidence, value);
    return drawn.interval
      ? { group, value, interval: drawn.interval }
      : { group, value, interval: null, why: drawn.why };
  });
  return found.sort((a, b) => (groupText(a.group) < groupText(b.group) ? -1 : 1));
}

/** Names in the order of their first use, by number. */
class Numbers {
  readonly names: string[] = [];
  readonly #known = new Map<string, number>();

  of(name: string): number {
    const known = this.#known.get(name) ?? this.names.push(name) - 1;
    this.#known.set(name, known);
    return known;
  }
}
