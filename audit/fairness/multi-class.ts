import type { Partial } from "../../pipeline/core/partial.ts";
import { groupKey } from "../statistics/group-key.ts";
import type { ConfusionCell, ConfusionState } from "./confusion.ts";

/** Some rows of predictions of any classes. */
export interface ClassInput {
  readonly rows: number;
  readonly groups: Readonly<Record<string, readonly (string | null)[]>>;
  readonly label: readonly string[];
  readonly predicted: readonly string[];
}

/** Rows by full intersection of the attributes, and by `groupKey` of [label, predicted]. */
export interface ClassState {
  readonly by: readonly string[];
  rows: number;
  readonly cells: Record<string, Record<string, number>>;
}

/** Counts labels against predictions, of any number of classes, by the attributes `by`. */
export function classPartial(by: readonly string[]): Partial<ClassState, ClassInput> {
  const add = (state: ClassState, group: string, pair: string, rows: number) => {
    const cell = (state.cells[group] ??= {});
    cell[pair] = (cell[pair] ?? 0) + rows;
  };
  return {
    empty: () => ({ by: [...by], rows: 0, cells: {} }),
    observe(state, { rows, groups, label, predicted }) {
      state.rows += rows;
      for (let i = 0; i < rows; i++) {
        const group = groupKey(by.map((name) => groups[name]?.[i] ?? null));
        add(state, group, groupKey([label[i]!, predicted[i]!]), 1);
      }
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      for (const [group, cell] of Object.entries(other.cells)) {
        for (const [pair, rows] of Object.entries(cell)) add(state, group, pair, rows);
      }
      return state;
    },
  };
}

/** The classes that were labelled or predicted, sorted. */
export function classesOf(state: ClassState): readonly string[] {
  const pairs = Object.values(state.cells).flatMap((cell) => Object.keys(cell));
  return [...new Set(pairs.flatMap((pair) => JSON.parse(pair) as string[]))].sort();
}

/**
 * One class against all others as confusion cells, for `auditFairness`: being labelled and predicted
 * `favourable`. Several classes may count as favourable together.
 */
export function oneVersusRest(state: ClassState, favourable: readonly string[]): ConfusionState {
  const excluded: Record<string, number> = {};
  const cells: Record<string, ConfusionCell> = {};
  for (const [group, pairs] of Object.entries(state.cells)) {
    const rows = [0, 0, 0, 0];
    for (const [pair, count] of Object.entries(pairs)) {
      const [label, predicted] = JSON.parse(pair) as [string, string];
      rows[2 * Number(favourable.includes(label)) + Number(favourable.includes(predicted))]! +=
        count;
    }
    cells[group] = { rows, weights: [...rows], squares: [...rows] };
    const all = rows.reduce((sum, count) => sum + count, 0);
    (JSON.parse(group) as (string | null)[]).forEach((value, a) => {
      if (value === null) excluded[state.by[a]!] = (excluded[state.by[a]!] ?? 0) + all;
    });
  }
  return { by: state.by, rows: state.rows, weighted: false, excluded, cells };
}
