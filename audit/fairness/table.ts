import type { Group } from "../../pipeline/core/types.ts";
import { groupOf, type Margin } from "../statistics/group-key.ts";
import { comparisons, type RateVector } from "./comparisons.ts";
import { rateOf, rates, type Confusion, type RateName } from "./rates.ts";

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
  const groups = margin.groups.map(({ values, cells }): TableGroup => {
    const counts = confusionOf(cells, rows);
    const weighted = confusionOf(cells, weights);
    const n = counts.tp + counts.fp + counts.fn + counts.tn;
    const few =
      n < (options.minGroup ?? 1)
        ? `${n} rows, fewer than the ${options.minGroup ?? 1} asked for`
        : undefined;
    const found = perRate((rate) => rateOf(rate, weighted));
    const missing = perRate((rate) =>
      few === undefined && Number.isNaN(found[rate]) ? rates[rate].needs : few,
    );
    return { group: groupOf(margin.by, values), cells, n, counts, weighted, rates: found, missing };
  });
  const exclude = options.undefinedGroups === "exclude";
  const everyone = groups.map((_, g) => g);
  const table: Omit<Table, "values"> = {
    by: margin.by,
    groups,
    exclude,
    compared: perRate((rate) =>
      exclude ? everyone.filter((g) => groups[g]!.missing[rate] === undefined) : everyone,
    ),
    samples: comparisons.map(() => new Float64Array(resamples)),
    rateSamples: perRate(() => groups.map(() => new Float64Array(resamples))),
  };
  return { ...table, values: comparisonsOf(table, weights, -1) };
}

/** Computes the rates and comparisons of resample `r` and keeps them in the table. */
export function keepSample(table: Table, sample: Float64Array, r: number): void {
  comparisonsOf(table, sample, r).forEach((value, c) => {
    table.samples[c]![r] = value;
  });
}

function comparisonsOf(table: Omit<Table, "values">, cells: Float64Array, r: number): number[] {
  const total = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const confusions = table.groups.map((group) => {
    const confusion = confusionOf(group.cells, cells);
    total.tp += confusion.tp;
    total.fp += confusion.fp;
    total.fn += confusion.fn;
    total.tn += confusion.tn;
    return confusion;
  });
  const vectors = perRate((rate): RateVector => {
    const groups = confusions.map((confusion) => rateOf(rate, confusion));
    if (r >= 0) {
      for (let g = 0; g < groups.length; g++) table.rateSamples[rate][g]![r] = groups[g]!;
    }
    return {
      groups: table.exclude ? table.compared[rate].map((g) => groups[g]!) : groups,
      overall: rateOf(rate, total),
    };
  });
  return comparisons.map((comparison) => comparison.compute(vectors));
}

function confusionOf(cells: readonly number[], values: Float64Array): Confusion {
  let [tn, fp, fn, tp] = [0, 0, 0, 0];
  for (const cell of cells) {
    tn += values[4 * cell]!;
    fp += values[4 * cell + 1]!;
    fn += values[4 * cell + 2]!;
    tp += values[4 * cell + 3]!;
  }
  return { tp, fp, fn, tn };
}

function perRate<T>(of: (rate: RateName) => T): PerRate<T> {
  return {
    selection_rate: of("selection_rate"),
    tpr: of("tpr"),
    fpr: of("fpr"),
    tnr: of("tnr"),
    fnr: of("fnr"),
    accuracy: of("accuracy"),
    precision: of("precision"),
  };
}
