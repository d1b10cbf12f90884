import { PipelineError } from "../../pipeline/core/error.ts";
import type { Partial } from "../../pipeline/core/partial.ts";
import { groupKey } from "../statistics/group-key.ts";
import type { ConfusionCell, ConfusionState } from "./confusion.ts";

/** Some rows of predictions of any classes. */
export interface ClassInput {
  readonly rows: number;
  readonly groups: Readonly<Record<string, readonly (string | null)[]>>;
  readonly label: readonly string[];
  readonly predicted: readonly string[];
  /** Finite and not negative; each row weighs 1 without it. */
  readonly weight?: ArrayLike<number>;
}

/** Rows, their weights and their squared weights. */
export type ClassCount = [rows: number, weights: number, squares: number];

/** Counts by full intersection of the attributes, and by `groupKey` of [label, predicted]. */
export interface ClassState {
  readonly by: readonly string[];
  rows: number;
  weighted: boolean;
  readonly cells: Record<string, Record<string, ClassCount>>;
}

/** Counts labels against predictions, of any number of classes, by the attributes `by`. */
export function classPartial(by: readonly string[]): Partial<ClassState, ClassInput> {
  const add = (state: ClassState, group: string, pair: string, count: ClassCount) => {
    const sums = ((state.cells[group] ??= {})[pair] ??= [0, 0, 0]);
    sums[0] += count[0];
    sums[1] += count[1];
    sums[2] += count[2];
  };
  return {
    empty: () => ({ by: [...by], rows: 0, weighted: false, cells: {} }),
    observe(state, { rows, groups, label, predicted, weight }) {
      state.rows += rows;
      if (weight) state.weighted = true;
      for (let i = 0; i < rows; i++) {
        const w = weight ? weight[i]! : 1;
        if (!(w >= 0 && w < Infinity)) {
          throw new PipelineError("internal", "cannot count classes: weight is not as documented");
        }
        const group = groupKey(by.map((name) => groups[name]?.[i] ?? null));
        add(state, group, groupKey([label[i]!, predicted[i]!]), [1, w, w * w]);
      }
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      state.weighted ||= other.weighted;
      for (const [group, cell] of Object.entries(other.cells)) {
        for (const [pair, count] of Object.entries(cell)) add(state, group, pair, count);
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
    const cell: ConfusionCell = {
      rows: [0, 0, 0, 0],
      weights: [0, 0, 0, 0],
      squares: [0, 0, 0, 0],
    };
    for (const [pair, [rows, weights, squares]] of Object.entries(pairs)) {
      const [label, predicted] = JSON.parse(pair) as [string, string];
      const place = 2 * Number(favourable.includes(label)) + Number(favourable.includes(predicted));
      cell.rows[place]! += rows;
      cell.weights[place]! += weights;
      cell.squares[place]! += squares;
    }
    cells[group] = cell;
    const all = cell.rows.reduce((sum, count) => sum + count, 0);
    (JSON.parse(group) as (string | null)[]).forEach((value, a) => {
      if (value === null) excluded[state.by[a]!] = (excluded[state.by[a]!] ?? 0) + all;
    });
  }
  return { by: state.by, rows: state.rows, weighted: state.weighted, excluded, cells };
}
