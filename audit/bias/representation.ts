import type { Partial } from "../../pipeline/core/partial.ts";
import type { Batch, Estimate, Group, Measured } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells } from "../statistics/bootstrap.ts";
import { groupKeysOf } from "../statistics/columns.ts";
import { groupKey, groupOf, groupText, marginOf } from "../statistics/group-key.ts";
import { wilson } from "../statistics/intervals.ts";
import { measured, undefinedEstimate, type BiasOptions } from "./evidence.ts";

/** Rows of every full intersection of `by`, under `groupKey`; null stands for a missing value. */
export interface GroupCounts {
  readonly by: readonly string[];
  rows: number;
  readonly cells: Record<string, number>;
}

/** Shares of the population that data should represent. They need not sum to 1: they are scaled. */
export type Population = readonly { readonly group: Group; readonly share: number }[];

/** Counts rows by the protected attributes `by`. */
export function representationPartial(by: readonly string[]): Partial<GroupCounts, Batch> {
  return {
    empty: () => ({ by: [...by], rows: 0, cells: {} }),
    observe(state, batch) {
      state.rows += batch.rows;
      for (const key of groupKeysOf(batch, by)) state.cells[key] = (state.cells[key] ?? 0) + 1;
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      for (const [key, rows] of Object.entries(other.cells)) {
        state.cells[key] = (state.cells[key] ?? 0) + rows;
      }
      return state;
    },
  };
}

/**
 * For each group its `group_share` of the rows that have all values of `by`, with Wilson's interval,
 * and its `representation_ratio`: the share divided by the share in `versus`, or by an equal share
 * where no population is declared. The last record, without a group, is the least ratio of all. A
 * declared group without a row has ratio 0; a group that is not declared has none, and then the
 * least ratio is undefined too.
 */
export function representation(
  state: GroupCounts,
  options: BiasOptions & { readonly versus?: Population },
): readonly Measured[] {
  const { by, versus, confidence = 0.95, resamples = 2000, random, missing } = options;
  const counts = new Map(
    marginOf(state.cells, state.by, by, missing).groups.map(({ values, cells }) => [
      groupKey(values),
      { group: groupOf(by, values), rows: cells.reduce((sum, rows) => sum + rows, 0) },
    ]),
  );
  const declared = new Map(
    versus?.map(({ group, share }) => [groupKey(by.map((name) => group[name] ?? null)), share]),
  );
  for (const { group } of versus ?? []) {
    const key = groupKey(by.map((name) => group[name] ?? null));
    if (!counts.has(key)) counts.set(key, { group, rows: 0 });
  }
  const groups = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const total = groups.reduce((sum, [, { rows }]) => sum + rows, 0);
  const declaredTotal = [...declared.values()].reduce((sum, share) => sum + share, 0);
  const shares = groups.map(([key]) =>
    versus ? (declared.get(key) ?? NaN) / declaredTotal : 1 / groups.length,
  );
  const strangers = groups.filter((_, g) => Number.isNaN(shares[g]));

  const perGroup = groups.flatMap(([, { group, rows }], g) => {
    if (total === 0) return [];
    const [low, high] = wilson(rows, total, confidence);
    const share = shares[g]!;
    const ratio: Estimate = Number.isNaN(share)
      ? undefinedEstimate(rows, "the declared population has no such group")
      : { value: rows / total / share, n: rows, interval: [low / share, high / share] };
    return [
      measured(
        options,
        "group_share",
        { value: rows / total, n: rows, interval: [low, high] },
        group,
      ),
      measured(options, "representation_ratio", ratio, group),
    ];
  });
  return [...perGroup, measured(options, "representation_ratio", least())];

  function least(): Estimate {
    if (total === 0) return undefinedEstimate(0, "no row has a value in every attribute");
    if (strangers.length > 0) {
      const names = strangers.map(([, { group }]) => groupText(group)).join("; ");
      return undefinedEstimate(total, `the declared population has no group ${names}`);
    }
    const rows = Float64Array.from(groups, ([, group]) => group.rows);
    const least = (sample: Float64Array) =>
      sample.reduce((low, n, g) => Math.min(low, n / total / shares[g]!), Infinity);
    const value = least(rows);
    const samples = new Float64Array(resamples);
    resampleCells({ rows }, resamples, random, (sample, r) => (samples[r] = least(sample)));
    const { interval } = percentileInterval(samples, confidence, value);
    return { value, n: total, ...(interval ? { interval } : {}) };
  }
}
