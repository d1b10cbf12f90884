import { rateNames, rates, type RateName } from "./rates.ts";

/** One rate over the groups, as far as comparisons need it. NaN is "not estimable". */
export interface RateSummary {
  readonly least: number;
  readonly greatest: number;
  /** Largest distance of a group from the rate over the rows of all groups. */
  readonly farthest: number;
  /** Smallest ratio of a group and that rate, the smaller over the larger; NaN when it is 0. */
  readonly unlikest: number;
  /** The rate over the rows of all groups. */
  readonly overall: number;
  /** Of a resample: largest minus smallest deviation of a group from its own estimate. */
  readonly noise: number;
  /** Of a resample: largest difference of such a deviation from that of all rows. */
  readonly noiseToOverall: number;
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
  /** Of a resample: how far chance alone may put the gap from the true one. */
  noise?(rates: RateSummaries): number;
  /** The value nearest to parity that the truth may have where chance moves gaps by `noise`. */
  nearest?(rates: RateSummaries, noise: number): number;
}

/**
 * Sums up a rate from its values in the groups and over all rows; `estimates`, of a resample, are the
 * same of the rows themselves.
 */
export function summaryOf(
  values: Float64Array,
  overall: number,
  estimates?: { readonly values: Float64Array; readonly overall: number },
): RateSummary {
  let least = Infinity;
  let greatest = -Infinity;
  let farthest = 0;
  let unlikest = overall > 0 ? 1 : NaN;
  let [below, above, off] = [Infinity, -Infinity, 0];
  const shift = estimates ? overall - estimates.overall : 0;
  for (let g = 0; g < values.length; g++) {
    const value = values[g]!;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    farthest = Math.max(farthest, Math.abs(value - overall));
    unlikest = Math.min(unlikest, value > overall ? overall / value : value / overall);
    const deviation = estimates ? value - estimates.values[g]! : 0;
    below = Math.min(below, deviation);
    above = Math.max(above, deviation);
    off = Math.max(off, Math.abs(deviation - shift));
  }
  return {
    least,
    greatest,
    farthest,
    unlikest,
    overall,
    noise: above - below,
    noiseToOverall: off,
  };
}

/** Largest minus smallest value over the groups. */
const difference = ({ least, greatest }: RateSummary) => greatest - least;
/** Smallest over largest value; NaN where every group has 0, for there is nothing to compare. */
const ratio = ({ least, greatest }: RateSummary) => (greatest > 0 ? least / greatest : NaN);
const differenceToOverall = ({ farthest }: RateSummary) => farthest;
const ratioToOverall = ({ unlikest }: RateSummary) => unlikest;

/** How a comparison of one rate varies by chance, and what that leaves of it. */
interface Chance {
  readonly noise: (rate: RateSummary) => number;
  readonly nearest: (rate: RateSummary, noise: number) => number;
}
const between = ({ noise }: RateSummary) => noise;
const aroundAll = ({ noiseToOverall }: RateSummary) => noiseToOverall;
/** Errors of the rates move a gap by no more than the range of the errors, so that it is this at least. */
const left = (gap: number, noise: number) => Math.max(0, gap - noise);
const ofDifference: Chance = {
  noise: between,
  nearest: (rate, noise) => left(difference(rate), noise),
};
const ofRatio: Chance = {
  noise: between,
  nearest: (rate, noise) => 1 - left(difference(rate), noise) / rate.greatest,
};
const ofDifferenceToOverall: Chance = {
  noise: aroundAll,
  nearest: ({ farthest }, noise) => left(farthest, noise),
};
const ofRatioToOverall: Chance = {
  noise: aroundAll,
  nearest: ({ farthest, greatest, overall }, noise) =>
    1 - left(farthest, noise) / Math.max(greatest, overall),
};

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
  mean("equalized_odds_difference_mean", difference, ofDifference),
  mean("equalized_odds_ratio_mean", ratio, ofRatio),
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
    { noise, nearest }: Chance,
  ): Comparison => ({
    name: `${name}_${suffix}`,
    uses,
    groups: 2,
    compute: (rates) => pick(of(rates[first]), of(rates[second])),
    noise: (rates) => Math.max(noise(rates[first]), noise(rates[second])),
    nearest: (rates, by) => pick(nearest(rates[first], by), nearest(rates[second], by)),
  });
  return [
    worst("difference", difference, Math.max, ofDifference),
    worst("ratio", ratio, Math.min, ofRatio),
    worst("difference_to_overall", differenceToOverall, Math.max, ofDifferenceToOverall),
    worst("ratio_to_overall", ratioToOverall, Math.min, ofRatioToOverall),
  ];
}

function mean(name: string, of: (rate: RateSummary) => number, chance: Chance): Comparison {
  return {
    name,
    uses: ["tpr", "fpr"],
    groups: 2,
    compute: ({ tpr, fpr }) => (of(tpr) + of(fpr)) / 2,
    noise: ({ tpr, fpr }) => Math.max(chance.noise(tpr), chance.noise(fpr)),
    nearest: ({ tpr, fpr }, noise) => (chance.nearest(tpr, noise) + chance.nearest(fpr, noise)) / 2,
  };
}

function single(name: string, rate: RateName, of: (rate: RateSummary) => number): Comparison {
  return { name, uses: [rate], groups: 1, compute: (rates) => of(rates[rate]) };
}
