import type { Group } from "../../pipeline/core/types.ts";
import { groupOf, type Margin } from "../statistics/group-key.ts";
import { comparisons, summaryOf, type RateSummaries } from "./comparisons.ts";
import { rateNames, rates, ratesInto, type Confusion, type RateName } from "./rates.ts";

type PerRate<T> = Readonly<Record<RateName, T>>;

/** A group of one margin, with the places of its cells and what was found in them. */
export interface TableGroup {
  readonly group: Group;
  /** Indexes of its cells; cell i has its [tn, fp, fn, tp] from 4·i. */
  readonly cells: readonly number[];
  readonly n: number;
  readonly counts: Confusion;
  readonly weighted: Confusion;
  readonly rates: PerRate<number>;
  /** Why a rate is not estimable; undefined where it is. */
  readonly missing: Readonly<Record<RateName, string | undefined>>;
}

/** The groups of one margin, and for each of its numbers the value in every resample. */
export interface Table {
  readonly by: readonly string[];
  readonly groups: readonly TableGroup[];
  readonly exclude: boolean;
  /** Which groups a comparison of the rate takes: all, or those where it is estimable. */
  readonly compared: PerRate<readonly number[]>;
  /** One per comparison, NaN where undefined. */
  readonly values: readonly number[];
  readonly samples: readonly Float64Array[];
  /** What chance does to each comparison, where that says something. */
  readonly noise: readonly (Float64Array | undefined)[];
  /** The rates of the rows themselves: of each group, and then of all, one rate after the other. */
  readonly point: Float64Array;
  readonly summaries: RateSummaries;
  /** Per rate one array per group. */
  readonly rateSamples: PerRate<readonly Float64Array[]>;
}

/** Counts the groups of a margin and computes its rates and comparisons; samples are still empty. */
export function tableOf(
  margin: Margin<number>,
  rows: Float64Array,
  weights: Float64Array,
  options: { readonly minGroup?: number; readonly undefinedGroups?: "refuse" | "exclude" },
  resamples: number,
): Table {
  const point = ratesOf(margin.groups, weights);
  const width = margin.groups.length + 1;
  const groups = margin.groups.map(({ values, cells }, g): TableGroup => {
    const counts = confusionOf(cells, rows);
    const weighted = confusionOf(cells, weights);
    const n = counts.tp + counts.fp + counts.fn + counts.tn;
    const few =
      n < (options.minGroup ?? 1)
        ? `${n} rows, fewer than the ${options.minGroup ?? 1} asked for`
        : undefined;
    const found = perRate((rate) => point[rateNames.indexOf(rate) * width + g]!);
    const missing = perRate((rate) =>
      few === undefined && Number.isNaN(found[rate]) ? rates[rate].needs : few,
    );
    return { group: groupOf(margin.by, values), cells, n, counts, weighted, rates: found, missing };
  });
  const exclude = options.undefinedGroups === "exclude";
  const everyone = groups.map((_, g) => g);
  const table: Omit<Table, "values" | "summaries"> = {
    by: margin.by,
    groups,
    exclude,
    compared: perRate((rate) =>
      exclude ? everyone.filter((g) => groups[g]!.missing[rate] === undefined) : everyone,
    ),
    samples: comparisons.map(() => new Float64Array(resamples)),
    noise: comparisons.map((comparison) =>
      comparison.noise ? new Float64Array(resamples) : undefined,
    ),
    point,
    rateSamples: perRate(() => groups.map(() => new Float64Array(resamples))),
  };
  const summaries = summariesOf(table, point);
  const values = comparisons.map((comparison) => comparison.compute(summaries));
  return { ...table, summaries, values };
}

/** Computes the rates and comparisons of resample `r` and keeps them in the table. */
export function keepSample(table: Table, sample: Float64Array, r: number): void {
  const values = ratesOf(table.groups, sample);
  const width = table.groups.length + 1;
  for (const [k, rate] of rateNames.entries()) {
    const samples = table.rateSamples[rate];
    for (let g = 0; g < samples.length; g++) samples[g]![r] = values[k * width + g]!;
  }
  const summaries = summariesOf(table, values, table.point);
  for (let c = 0; c < comparisons.length; c++) {
    table.samples[c]![r] = comparisons[c]!.compute(summaries);
    const noise = table.noise[c];
    if (noise) noise[r] = comparisons[c]!.noise!(summaries);
  }
}

/** The rates one after the other: of each group, and then of the rows of all groups. */
function ratesOf(
  groups: readonly { cells: readonly number[] }[],
  cells: Float64Array,
): Float64Array {
  const width = groups.length + 1;
  const values = new Float64Array(rateNames.length * width);
  const all: [number, number, number, number] = [0, 0, 0, 0];
  for (let g = 0; g < groups.length; g++) {
    const sum = sumOf(groups[g]!.cells, cells);
    ratesInto(sum, values, g, width);
    for (let i = 0; i < 4; i++) all[i]! += sum[i]!;
  }
  ratesInto(all, values, groups.length, width);
  return values;
}

function summariesOf(
  table: Pick<Table, "groups" | "exclude" | "compared">,
  values: Float64Array,
  point?: Float64Array,
): RateSummaries {
  const count = table.groups.length;
  let k = 0;
  return perRate((rate) => {
    const from = k++ * (count + 1);
    const compared = (all: Float64Array): Float64Array => {
      const groups = all.subarray(from, from + count);
      return table.exclude ? Float64Array.from(table.compared[rate], (g) => groups[g]!) : groups;
    };
    const estimates = point && { values: compared(point), overall: point[from + count]! };
    return summaryOf(compared(values), values[from + count]!, estimates);
  });
}

function sumOf(
  cells: readonly number[],
  values: Float64Array,
): [tn: number, fp: number, fn: number, tp: number] {
  let [tn, fp, fn, tp] = [0, 0, 0, 0];
  for (const cell of cells) {
    tn += values[4 * cell]!;
    fp += values[4 * cell + 1]!;
    fn += values[4 * cell + 2]!;
    tp += values[4 * cell + 3]!;
  }
  return [tn, fp, fn, tp];
}

function confusionOf(cells: readonly number[], values: Float64Array): Confusion {
  const [tn, fp, fn, tp] = sumOf(cells, values);
  return { tp, fp, fn, tn };
}

/** One value for each rate, made in the order of `rateNames`. */
function perRate<T>(of: (rate: RateName) => T): PerRate<T> {
  return {
    selection_rate: of("selection_rate"),
    tpr: of("tpr"),
    fpr: of("fpr"),
    tnr: of("tnr"),
    fnr: of("fnr"),
    accuracy: of("accuracy"),
    precision: of("precision"),
    npv: of("npv"),
    fdr: of("fdr"),
    for: of("for"),
    error_rate: of("error_rate"),
    prevalence: of("prevalence"),
    balanced_accuracy: of("balanced_accuracy"),
    f1: of("f1"),
  };
}
