import { PipelineError } from "../../pipeline/core/error.ts";
import type { Partial } from "../../pipeline/core/partial.ts";
import { groupKey, marginOf } from "../statistics/group-key.ts";

/** Some rows of scores in [0, 1]; `label` holds ones (favourable) and zeros. */
export interface ScoreInput {
  readonly rows: number;
  readonly groups: Readonly<Record<string, readonly (string | null)[]>>;
  readonly label: ArrayLike<number>;
  readonly score: ArrayLike<number>;
  readonly weight?: ArrayLike<number>;
}

/**
 * Histograms of scores by full intersection of the attributes and by label. A score goes by the
 * nearest multiple of 1/`steps`: what is computed from a state is exact for scores with no more
 * digits than that. `bins` maps the multiple to the weights of [unfavourable, favourable] rows; where
 * rows have weights, the sums of their squares and the numbers of rows come behind. Once
 * there are more than `limit` bins, neighbours are joined two by two, `level` times: the level follows
 * from the rows alone, so that merging stays exact and memory is bounded at any number of rows.
 */
export interface ScoreState {
  readonly by: readonly string[];
  readonly steps: number;
  readonly limit: number;
  level: number;
  /** Number of bins in all cells. */
  entries: number;
  rows: number;
  weighted: boolean;
  readonly cells: Record<string, ScoreCell>;
}
export interface ScoreCell {
  rows: number;
  bins: Record<string, number[]>;
}

/** Counts scores by the attributes `by`; a million steps and up to 400,000 bins unless said. */
export function scorePartial(
  by: readonly string[],
  steps = 1_000_000,
  limit = 400_000,
): Partial<ScoreState, ScoreInput> {
  return {
    empty: () => ({
      by: [...by],
      steps,
      limit,
      level: 0,
      entries: 0,
      rows: 0,
      weighted: false,
      cells: {},
    }),
    observe(state, { rows, groups, label, score, weight }) {
      const columns = by.map((name) => groups[name] ?? refuse(`group column ${name}`));
      if (weight) state.weighted = true;
      for (let i = 0; i < rows; i++) {
        const s = score[i]!;
        if (!(s >= 0 && s <= 1)) refuse("score");
        if (label[i] !== 0 && label[i] !== 1) refuse("label");
        const w = weight ? weight[i]! : 1;
        if (!(w >= 0 && w < Infinity)) refuse("weight");
        const key = groupKey(columns.map((column) => column[i]!));
        const cell = (state.cells[key] ??= { rows: 0, bins: {} });
        cell.rows++;
        const bin = Math.round(s * steps) >> state.level;
        if (weight) addTo(state, cell, bin, weighed(label[i] as 0 | 1, w));
        else sumsAt(state, cell, bin)[label[i] as 0 | 1]! += 1;
      }
      state.rows += rows;
      coarsen(state);
      return state;
    },
    merge(state, other) {
      if (other.steps !== state.steps || other.limit !== state.limit) refuse("number of steps");
      while (state.level < other.level) halve(state);
      state.rows += other.rows;
      state.weighted ||= other.weighted;
      const down = state.level - other.level;
      for (const [key, cell] of Object.entries(other.cells)) {
        const mine = (state.cells[key] ??= { rows: 0, bins: {} });
        mine.rows += cell.rows;
        for (const [bin, sums] of Object.entries(cell.bins)) {
          addTo(state, mine, Number(bin) >> down, sums);
        }
      }
      coarsen(state);
      return state;
    },
  };
}

function weighed(label: 0 | 1, w: number): readonly number[] {
  return label === 0 ? [w, 0, w * w, 0, 1, 0] : [0, w, 0, w * w, 0, 1];
}

/** Adds sums to those of a bin; rows without weights weigh 1 beside rows that have them. */
function addTo(state: ScoreState, cell: ScoreCell, bin: number, sums: readonly number[]): void {
  const own = sumsAt(state, cell, bin);
  const added = sums.length < own.length ? spelt(sums) : sums;
  if (own.length < added.length) own.push(own[0]!, own[1]!, own[0]!, own[1]!);
  added.forEach((value, i) => (own[i]! += value));
}

/** The sums of a bin with squares and numbers of rows, which without weights are all the same. */
function spelt(sums: readonly number[]): readonly number[] {
  const [no = 0, yes = 0] = sums;
  return sums.length > 2 ? sums : [no, yes, no, yes, no, yes];
}

function sumsAt(state: ScoreState, cell: ScoreCell, bin: number): number[] {
  const found = cell.bins[bin];
  if (found) return found;
  state.entries++;
  return (cell.bins[bin] = [0, 0]);
}

function coarsen(state: ScoreState): void {
  while (state.entries > state.limit && state.steps >> state.level > 1) halve(state);
}

function halve(state: ScoreState): void {
  state.level++;
  state.entries = 0;
  for (const cell of Object.values(state.cells)) {
    const { bins } = cell;
    cell.bins = {};
    for (const [bin, sums] of Object.entries(bins)) addTo(state, cell, Number(bin) >> 1, sums);
  }
}

/** Scores of one group, ascending and each once, with the weights of both labels. */
export interface ScoreHistogram {
  readonly score: Float64Array;
  readonly unfavourable: Float64Array;
  readonly favourable: Float64Array;
  /**
   * Where rows have weights: how many rows there are of label 0 and 1, and the sums of their squared
   * weights.
   */
  readonly weighting?: {
    readonly rows: readonly [Float64Array, Float64Array];
    readonly squares: readonly [Float64Array, Float64Array];
  };
}
export interface ScoreGroup {
  readonly values: readonly string[];
  readonly n: number;
  readonly histogram: ScoreHistogram;
}

/** The groups of one margin with their histograms, and the histogram of all of them. */
export function scoreGroups(
  state: ScoreState,
  by: readonly string[],
): { readonly groups: readonly ScoreGroup[]; readonly everyone: ScoreHistogram } {
  const { groups } = marginOf(state.cells, state.by, by);
  return {
    groups: groups.map(({ values, cells }) => ({
      values,
      n: cells.reduce((sum, cell) => sum + cell.rows, 0),
      histogram: histogramOf(cells, state),
    })),
    everyone: histogramOf(
      groups.flatMap(({ cells }) => cells),
      state,
    ),
  };
}

function histogramOf(
  cells: readonly ScoreCell[],
  { steps, level, weighted }: ScoreState,
): ScoreHistogram {
  const width = 2 ** level;
  const sums = new Map<number, number[]>();
  for (const { bins } of cells) {
    for (const [bin, found] of Object.entries(bins)) {
      const own = weighted ? spelt(found) : found;
      const sum = sums.get(Number(bin));
      if (sum) own.forEach((value, i) => (sum[i]! += value));
      else sums.set(Number(bin), [...own]);
    }
  }
  const bins = Float64Array.from(sums.keys()).sort();
  const column = (place: number) => bins.map((bin) => sums.get(bin)![place]!);
  return {
    // Joined bins stand for their middle.
    score: bins.map((bin) => Math.min(1, (bin * width + (width - 1) / 2) / steps)),
    unfavourable: column(0),
    favourable: column(1),
    ...(weighted
      ? {
          weighting: { squares: [column(2), column(3)], rows: [column(4), column(5)] },
        }
      : {}),
  };
}

function refuse(what: string): never {
  throw new PipelineError("internal", `cannot count scores: ${what} is not as documented`);
}
