import { rateNames, rates, type RateName } from "./rates.ts";

/** One rate over the groups, as far as comparisons need it. NaN is "not estimable". */
export interface RateSummary {
  readonly least: number;
  readonly greatest: number;
  /** Largest distance of a group from the rate over the rows of all groups. */
  readonly farthest: number;
  /** Smallest ratio of a group and that rate, the smaller over the larger; NaN when it is 0. */
  readonly unlikest: number;
}
export type RateSummaries = Readonly<Record<RateName, RateSummary>>;

/** A number that compares the groups, from their rates alone. */
export interface Comparison {
  readonly name: string;
  /** The rates it compares: it is undefined when a group lacks one of them. */
  readonly uses: readonly RateName[];
  /** How many groups it takes at least. */
  readonly groups: 1 | 2;
  /** NaN when undefined although every rate is there: a ratio of zeros. */
  compute(rates: RateSummaries): number;
}

/** Sums up a rate from its values in the groups and over all rows. */
export function summaryOf(values: Float64Array, overall: number): RateSummary {
  let least = Infinity;
  let greatest = -Infinity;
  let farthest = 0;
  let unlikest = overall > 0 ? 1 : NaN;
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    farthest = Math.max(farthest, Math.abs(value - overall));
    unlikest = Math.min(unlikest, value > overall ? overall / value : value / overall);
  }
  return { least, greatest, farthest, unlikest };
}

/** Largest minus smallest value over the groups. */
const difference = ({ least, greatest }: RateSummary) => greatest - least;
/** Smallest over largest value; NaN where every group has 0, for there is nothing to compare. */
const ratio = ({ least, greatest }: RateSummary) => (greatest > 0 ? least / greatest : NaN);
const differenceToOverall = ({ farthest }: RateSummary) => farthest;
const ratioToOverall = ({ unlikest }: RateSummary) => unlikest;

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
    single(`${rates[rate].long}_group_min`, rate, ({ least }) => least),
    single(`${rates[rate].long}_group_max`, rate, ({ greatest }) => greatest),
  ]),
];

function compare(name: string, uses: readonly RateName[]): readonly Comparison[] {
  const [first, second = first] = uses as readonly [RateName, RateName?];
  const worst = (
    suffix: string,
    of: (rate: RateSummary) => number,
    pick: (a: number, b: number) => number,
  ): Comparison => ({
    name: `${name}_${suffix}`,
    uses,
    groups: 2,
    compute: (rates) => pick(of(rates[first]), of(rates[second])),
  });
  return [
    worst("difference", difference, Math.max),
    worst("ratio", ratio, Math.min),
    worst("difference_to_overall", differenceToOverall, Math.max),
    worst("ratio_to_overall", ratioToOverall, Math.min),
  ];
}

function mean(name: string, of: (rate: RateSummary) => number): Comparison {
  return {
    name,
    uses: ["tpr", "fpr"],
    groups: 2,
    compute: ({ tpr, fpr }) => (of(tpr) + of(fpr)) / 2,
  };
}

function single(name: string, rate: RateName, of: (rate: RateSummary) => number): Comparison {
  return { name, uses: [rate], groups: 1, compute: (rates) => of(rates[rate]) };
}
