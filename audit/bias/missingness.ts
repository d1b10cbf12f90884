import type { Partial } from "../../pipeline/core/partial.ts";
import type { Batch, Evidence } from "../../pipeline/core/types.ts";
import { columnOf, groupKeysOf } from "../statistics/columns.ts";
import { cellName, groupKey, marginOf } from "../statistics/group-key.ts";
import type { BiasOptions } from "./evidence.ts";
import { proportions } from "./proportions.ts";

/** Rows of every full intersection of `by`, and how many of them miss each column. */
export interface Missingness {
  readonly by: readonly string[];
  readonly columns: readonly string[];
  rows: number;
  readonly cells: Record<string, { rows: number; readonly missing: number[] }>;
}

/** Counts missing (or empty) cells of `columns` by the protected attributes `by`. */
export function missingnessPartial(
  by: readonly string[],
  columns: readonly string[],
): Partial<Missingness, Batch> {
  const none = () => ({ rows: 0, missing: columns.map(() => 0) });
  return {
    empty: () => ({ by: [...by], columns: [...columns], rows: 0, cells: {} }),
    observe(state, batch) {
      state.rows += batch.rows;
      const read = columns.map((name) => columnOf(batch, name));
      groupKeysOf(batch, by).forEach((key, i) => {
        const cell = (state.cells[key] ??= none());
        cell.rows++;
        read.forEach((cells, c) => {
          if (cellName(cells[i]) === null) cell.missing[c]!++;
        });
      });
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      for (const [key, cell] of Object.entries(other.cells)) {
        const mine = (state.cells[key] ??= none());
        mine.rows += cell.rows;
        cell.missing.forEach((count, c) => (mine.missing[c]! += count));
      }
      return state;
    },
  };
}

/**
 * Evidence on missing cells, for each `column` that misses any: per group the counts (table
 * `missing.COLUMN`) and `missing_rate` with Wilson's interval, then `missing_rate_difference` and
 * `missing_rate_ratio` with bootstrap intervals. A column that misses no cell gives no evidence.
 */
export function missingness(state: Missingness, options: BiasOptions): readonly Evidence[] {
  const { groups } = marginOf(state.cells, state.by, options.by, options.missing);
  return state.columns.flatMap((column, c) => {
    const counts = Object.fromEntries(
      groups.map(({ values, cells }) => {
        const missing = cells.reduce((sum, cell) => sum + cell.missing[c]!, 0);
        const rows = cells.reduce((sum, cell) => sum + cell.rows, 0);
        return [groupKey(values), [rows - missing, missing] as const];
      }),
    );
    if (Object.values(counts).every(([, missing]) => missing === 0)) return [];
    const table = `missing.${column}`;
    return proportions("missing_rate", table, ["rows", "missing"], counts, { ...options, column });
  });
}
