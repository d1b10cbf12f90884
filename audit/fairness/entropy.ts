import type { Confusion } from "./rates.ts";

/** People who draw the same benefit: how many, and which group they are of. */
export interface Benefit {
  readonly benefit: number;
  readonly count: number;
  readonly group: string;
}

/**
 * Benefits of a binary decision, ŷ − y + 1 (Speicher et al. 2018): 2 for a false positive, 0 for a
 * false negative, 1 for everyone else.
 */
export function benefitsOf(groups: Readonly<Record<string, Confusion>>): readonly Benefit[] {
  return Object.entries(groups).flatMap(([group, { tp, fp, fn, tn }]) => [
    { benefit: 1, count: tp + tn, group },
    { benefit: 2, count: fp, group },
    { benefit: 0, count: fn, group },
  ]);
}

/**
 * Generalised entropy index of benefits (Shorrocks 1980; Speicher et al. 2018,
 * doi:10.1145/3219819.3220046): 0 when all are equal. α = 1 is Theil's index, α = 0 the mean log
 * deviation −mean(log(b/μ)), α = 2 half the squared coefficient of variation. NaN without people or
 * when the mean is 0; infinite at α ≤ 0 when someone has no benefit.
 */
export function generalizedEntropy(benefits: readonly Benefit[], alpha: number): number {
  const n = benefits.reduce((sum, { count }) => sum + count, 0);
  const mean = benefits.reduce((sum, { benefit, count }) => sum + benefit * count, 0) / n;
  if (!(mean > 0)) return NaN;
  let sum = 0;
  for (const { benefit, count } of benefits) {
    if (count > 0) sum += count * inequality(benefit / mean, alpha);
  }
  return alpha === 0 || alpha === 1 ? sum / n : sum / (n * alpha * (alpha - 1));
}

/** The part of the index between groups: everyone is given the mean benefit of the own group. */
export function betweenGroups(benefits: readonly Benefit[]): readonly Benefit[] {
  const sums = new Map<string, { total: number; count: number }>();
  for (const { benefit, count, group } of benefits) {
    const sum = sums.get(group) ?? { total: 0, count: 0 };
    sums.set(group, { total: sum.total + benefit * count, count: sum.count + count });
  }
  return [...sums]
    .filter(([, { count }]) => count > 0)
    .map(([group, { total, count }]) => ({ benefit: total / count, count, group }));
}

/** Standard deviation over mean of the benefits: the square root of twice the index at α = 2. */
export function coefficientOfVariation(benefits: readonly Benefit[]): number {
  return Math.sqrt(2 * generalizedEntropy(benefits, 2));
}

function inequality(ratio: number, alpha: number): number {
  if (alpha === 0) return -Math.log(ratio);
  if (alpha === 1) return ratio === 0 ? 0 : ratio * Math.log(ratio);
  return ratio ** alpha - 1;
}
