/** Favourable rows (or weights) of a group, and all of them. */
export interface Share {
  readonly favourable: number;
  readonly all: number;
}

/**
 * Smoothed empirical differential fairness (Foulds et al. 2020, arXiv:1807.08362): the largest
 * |log ratio| between any two groups of the chances of either outcome, in nats, with a symmetric
 * Dirichlet prior of weight `concentration` (1) over both outcomes. 0 is parity. NaN with fewer than
 * two groups.
 */
export function differentialFairness(groups: readonly Share[], concentration = 1): number {
  if (groups.length < 2) return NaN;
  const rates = groups.map(
    ({ favourable, all }) => (favourable + concentration / 2) / (all + concentration),
  );
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  return Math.max(Math.log(high / low), Math.log((1 - low) / (1 - high)));
}

/** How much less (or more, when positive) fair decisions are than the labels they were learnt from. */
export function biasAmplification(
  decided: readonly Share[],
  labelled: readonly Share[],
  concentration = 1,
): number {
  return (
    differentialFairness(decided, concentration) - differentialFairness(labelled, concentration)
  );
}

/**
 * Demographic disparity of one group: its share of the unfavourable outcomes minus its share of the
 * favourable ones. Above 0 it gets more than its part of rejections. NaN when an outcome is absent.
 */
export function demographicDisparity(group: Share, everyone: Share): number {
  const rejected = (group.all - group.favourable) / (everyone.all - everyone.favourable);
  return rejected - group.favourable / everyone.favourable;
}

/**
 * Conditional demographic disparity (Wachter, Mittelstadt and Russell 2021,
 * doi:10.1016/j.clsr.2021.105567): the disparity within each stratum, averaged by the rows of the
 * strata. Strata in which an outcome is absent say nothing and are left out; NaN when all are.
 */
export function conditionalDisparity(
  strata: readonly { readonly group: Share; readonly everyone: Share }[],
): number {
  let [sum, rows] = [0, 0];
  for (const { group, everyone } of strata) {
    const disparity = demographicDisparity(group, everyone);
    if (!Number.isFinite(disparity)) continue;
    sum += everyone.all * disparity;
    rows += everyone.all;
  }
  return rows === 0 ? NaN : sum / rows;
}
