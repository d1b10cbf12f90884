import { rateNames, rates, type RateName } from "./rates.ts";

/** Values of one rate: in each group, and over the rows of all of them. NaN is "not estimable". */
export interface RateVector {
  readonly groups: readonly number[];
  readonly overall: number;
}
export type RateVectors = Readonly<Record<RateName, RateVector>>;

/** A number that compares the groups, from their rates alone. */
export interface Comparison {
  readonly name: string;
  /** The rates it compares: it is undefined when a group lacks one of them. */
  readonly uses: readonly RateName[];
  /** How many groups it takes at least. */
  readonly groups: 1 | 2;
  /** NaN when undefined although every rate is there: a ratio of zeros. */
  compute(vectors: RateVectors): number;
}

/** Largest minus smallest value over the groups. */
export function difference({ groups }: RateVector): number {
  return greatest(groups) - least(groups);
}

/** Smallest over largest value; NaN where every group has 0, for then there is nothing to compare. */
export function ratio({ groups }: RateVector): number {
  const top = greatest(groups);
  return top > 0 ? least(groups) / top : NaN;
}

/** Largest distance of a group from the value over all rows. */
export function differenceToOverall({ groups, overall }: RateVector): number {
  let most = 0;
  for (const value of groups) most = Math.max(most, Math.abs(value - overall));
  return most;
}

/** Smallest of the ratios of a group and the value over all rows, the smaller over the larger. */
export function ratioToOverall({ groups, overall }: RateVector): number {
  if (!(overall > 0)) return NaN;
  let low = 1;
  for (const value of groups) {
    low = Math.min(low, value / overall, value > 0 ? overall / value : 0);
  }
  return low;
}

/**
 * The comparisons, named as in Fairlearn 0.15: demographic parity (of the selection rate), equal
 * opportunity (of the TPR), equalized odds (the worse of TPR and FPR; `_mean` is their mean), and
 * for every rate its difference, ratio, least and greatest group value. `_to_overall` compares each
 * group with all rows instead of with each other.
 */
export const comparisons: readonly Comparison[] = [
  ...compare("demographic_parity", ["selection_rate"]),
  ...compare("equalized_odds", ["tpr", "fpr"]),
  ...compare("equal_opportunity", ["tpr"]),
  mean("equalized_odds_difference_mean", difference),
  mean("equalized_odds_ratio_mean", ratio),
  ...rateNames.flatMap((rate): Comparison[] => [
    ...compare(rates[rate].long, [rate]),
    single(`${rates[rate].long}_group_min`, rate, ({ groups }) => least(groups)),
    single(`${rates[rate].long}_group_max`, rate, ({ groups }) => greatest(groups)),
  ]),
];

function compare(name: string, uses: readonly RateName[]): readonly Comparison[] {
  const worst = (
    suffix: string,
    of: (vector: RateVector) => number,
    pick: (...values: number[]) => number,
  ): Comparison => ({
    name: `${name}_${suffix}`,
    uses,
    groups: 2,
    compute: (vectors) => pick(...uses.map((rate) => of(vectors[rate]))),
  });
  return [
    worst("difference", difference, Math.max),
    worst("ratio", ratio, Math.min),
    worst("difference_to_overall", differenceToOverall, Math.max),
    worst("ratio_to_overall", ratioToOverall, Math.min),
  ];
}

function mean(name: string, of: (vector: RateVector) => number): Comparison {
  return {
    name,
    uses: ["tpr", "fpr"],
    groups: 2,
    compute: ({ tpr, fpr }) => (of(tpr) + of(fpr)) / 2,
  };
}

function single(name: string, rate: RateName, of: (vector: RateVector) => number): Comparison {
  return { name, uses: [rate], groups: 1, compute: (vectors) => of(vectors[rate]) };
}

function least(values: readonly number[]): number {
  let low = Infinity;
  for (const value of values) low = Math.min(low, value);
  return low;
}

function greatest(values: readonly number[]): number {
  let high = -Infinity;
  for (const value of values) high = Math.max(high, value);
  return high;
}
