import { PipelineError } from "../../pipeline/core/error.ts";
import type { Partial } from "../../pipeline/core/partial.ts";
import { groupKey } from "../statistics/group-key.ts";

/**
 * Names of groups, one a row: as text with null for a missing value, or as indexes into a list of
 * names, which is read several times faster.
 */
export type GroupColumn =
  | readonly (string | null)[]
  | { readonly names: readonly (string | null)[]; readonly codes: ArrayLike<number> };

/** Some rows of predictions. `label` and `predicted` hold ones (favourable) and zeros. */
export interface ConfusionInput {
  readonly rows: number;
  readonly groups: Readonly<Record<string, GroupColumn>>;
  readonly label: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Finite and not negative; each row weighs 1 without it. */
  readonly weight?: ArrayLike<number>;
  /** Rows left out before, by the column that had no value; they count in `rows` of the state. */
  readonly excluded?: Readonly<Record<string, number>>;
}

/** Rows, weights and squared weights of [tn, fp, fn, tp]: the index is 2·label + predicted. */
export interface ConfusionCell {
  readonly rows: number[];
  readonly weights: number[];
  readonly squares: number[];
}

/**
 * Confusion cells of every full intersection of the attributes `by`, under `groupKey` of their
 * values; every margin is a sum of them. A row without one of the values keeps its cell, with null
 * in that place, and counts in `excluded` under the attribute; a row without a label or prediction
 * has no cell and counts in `excluded` under that column. `rows` counts all.
 */
export interface ConfusionState {
  readonly by: readonly string[];
  rows: number;
  weighted: boolean;
  readonly excluded: Record<string, number>;
  readonly cells: Record<string, ConfusionCell>;
}

/** Counts confusion cells by the protected attributes `by`, of which there is at least one. */
export function confusionPartial(by: readonly string[]): Partial<ConfusionState, ConfusionInput> {
  return {
    empty: () => ({ by: [...by], rows: 0, weighted: false, excluded: {}, cells: {} }),
    observe(state, input) {
      const left = Object.entries(input.excluded ?? {});
      for (const [column, rows] of left) addTo(state.excluded, column, rows);
      state.rows += input.rows + left.reduce((sum, [, rows]) => sum + rows, 0);
      if (input.weight) state.weighted = true;
      countInto(state, input);
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      state.weighted ||= other.weighted;
      for (const [column, rows] of Object.entries(other.excluded)) {
        addTo(state.excluded, column, rows);
      }
      for (const [key, cell] of Object.entries(other.cells)) {
        const mine = (state.cells[key] ??= emptyCell());
        for (let i = 0; i < 4; i++) {
          mine.rows[i]! += cell.rows[i]!;
          mine.weights[i]! += cell.weights[i]!;
          mine.squares[i]! += cell.squares[i]!;
        }
      }
      return state;
    },
  };
}

function countInto(state: ConfusionState, input: ConfusionInput): void {
  const { label, predicted, weight, rows } = input;
  const { tuples, codes } = encode(state.by, input);
  const counts = new Float64Array(tuples.length * 4);
  const weights = weight ? new Float64Array(counts.length) : counts;
  const squares = weight ? new Float64Array(counts.length) : counts;
  for (let i = 0; i < rows; i++) {
    const y = label[i]!;
    const p = predicted[i]!;
    // NaN, fractions and what lies beyond 0 and 1 change under the mask.
    if ((y & 1) !== y || (p & 1) !== p) refuse("label or prediction");
    counts[codes[i]! * 4 + y * 2 + p]! += 1;
  }
  if (weight) {
    for (let i = 0; i < rows; i++) {
      const w = weight[i]!;
      if (!(w >= 0 && w < Infinity)) refuse("weight");
      const place = codes[i]! * 4 + label[i]! * 2 + predicted[i]!;
      weights[place]! += w;
      squares[place]! += w * w;
    }
  }
  tuples.forEach((values, t) => {
    const total = counts[t * 4]! + counts[t * 4 + 1]! + counts[t * 4 + 2]! + counts[t * 4 + 3]!;
    if (total === 0) return;
    values.forEach((value, a) => {
      if (value === null) addTo(state.excluded, state.by[a]!, total);
    });
    const mine = (state.cells[groupKey(values)] ??= emptyCell());
    for (let i = 0; i < 4; i++) {
      mine.rows[i]! += counts[t * 4 + i]!;
      mine.weights[i]! += weights[t * 4 + i]!;
      mine.squares[i]! += squares[t * 4 + i]!;
    }
  });
}

/** The tuples of group values in the input, and for each row the index of its tuple. */
function encode(
  by: readonly string[],
  input: ConfusionInput,
): { tuples: readonly (string | null)[][]; codes: Uint32Array } {
  let tuples: (string | null)[][] = [[]];
  const codes = new Uint32Array(input.rows);
  for (const [a, name] of by.entries()) {
    const column = input.groups[name];
    if (!column) refuse(`group column ${name}`);
    const { names, codes: own } = "codes" in column ? column : codesOf(column, input.rows);
    const stride = tuples.length;
    tuples = names.flatMap((value) => tuples.map((tuple) => [...tuple, value]));
    // flatMap lays the tuple (earlier, this) at this·stride + earlier.
    if (a === 0) for (let i = 0; i < codes.length; i++) codes[i] = own[i]!;
    else for (let i = 0; i < codes.length; i++) codes[i] = codes[i]! + own[i]! * stride;
  }
  return { tuples, codes };
}

function codesOf(
  column: readonly (string | null)[],
  rows: number,
): { names: readonly (string | null)[]; codes: Uint32Array } {
  const indexes = new Map<string | null, number>();
  const codes = new Uint32Array(rows);
  let lastName: string | null | undefined;
  let lastCode = 0;
  for (let i = 0; i < rows; i++) {
    const name = column[i]!;
    if (name !== lastName) {
      lastCode = indexes.get(name) ?? indexes.size;
      if (lastCode === indexes.size) indexes.set(name, lastCode);
      lastName = name;
    }
    codes[i] = lastCode;
  }
  return { names: [...indexes.keys()], codes };
}

function emptyCell(): ConfusionCell {
  return { rows: [0, 0, 0, 0], weights: [0, 0, 0, 0], squares: [0, 0, 0, 0] };
}

function addTo(counts: Record<string, number>, key: string, count: number): void {
  counts[key] = (counts[key] ?? 0) + count;
}

function refuse(what: string): never {
  throw new PipelineError("internal", `cannot count confusion cells: ${what} is not as documented`);
}
