import type { Partial } from "../../pipeline/core/partial.ts";
import type { Batch, Evidence } from "../../pipeline/core/types.ts";
import { columnOf, groupKeysOf } from "../statistics/columns.ts";
import { groupKey, isFavourable, marginOf } from "../statistics/group-key.ts";
import type { BiasOptions } from "./evidence.ts";
import { proportions } from "./proportions.ts";

/** Rows with the unfavourable and the favourable label in every full intersection of `by`. */
export interface BaseRates {
  readonly by: readonly string[];
  rows: number;
  /** Rows without a label; they are in no cell. */
  unlabelled: number;
  readonly cells: Record<string, [number, number]>;
}

/** Counts labels by the protected attributes `by`; `favourable` is one value of column `label`. */
export function baseRatesPartial(
  by: readonly string[],
  label: string,
  favourable: string,
): Partial<BaseRates, Batch> {
  return {
    empty: () => ({ by: [...by], rows: 0, unlabelled: 0, cells: {} }),
    observe(state, batch) {
      state.rows += batch.rows;
      const labels = columnOf(batch, label);
      groupKeysOf(batch, by).forEach((key, i) => {
        const good = isFavourable(labels[i], favourable);
        if (good === null) state.unlabelled++;
        else (state.cells[key] ??= [0, 0])[good ? 1 : 0]++;
      });
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      state.unlabelled += other.unlabelled;
      for (const [key, [unfavourable, favourable]] of Object.entries(other.cells)) {
        const mine = (state.cells[key] ??= [0, 0]);
        mine[0] += unfavourable;
        mine[1] += favourable;
      }
      return state;
    },
  };
}

/**
 * Evidence on the share of favourable labels: per group the counts (table "base-rate") and
 * `base_rate` with Wilson's interval, then `base_rate_difference` (largest minus smallest) and
 * `base_rate_ratio` (smallest over largest) with bootstrap intervals.
 */
export function baseRates(state: BaseRates, options: BiasOptions): readonly Evidence[] {
  const counts = labelCounts(state, options.by, options.missing);
  return proportions("base_rate", "base-rate", ["rows", "favourable"], counts, options);
}

/** Unfavourable and favourable rows of each group by some attributes, under `groupKey`. */
export function labelCounts(
  state: BaseRates,
  by: readonly string[],
  missing?: "exclude" | "group",
): Readonly<Record<string, readonly [number, number]>> {
  const { groups } = marginOf(state.cells, state.by, by, missing);
  return Object.fromEntries(
    groups.map(({ values, cells }) => [
      groupKey(values),
      cells.reduce<readonly [number, number]>(
        ([n, y], cell) => [n + cell[0], y + cell[1]] as const,
        [0, 0],
      ),
    ]),
  );
}
