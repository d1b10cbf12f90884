/**
 * Holm's step-down adjustment (1979): p-values that, held against one level, keep the chance of any
 * false finding below it. In the order given.
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  for (const [rank, i] of ascending(pValues).entries()) {
    highest = Math.max(highest, Math.min(1, pValues[i]! * (pValues.length - rank)));
    adjusted[i] = highest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's step-up adjustment (1995, doi:10.1111/j.2517-6161.1995.tb02031.x): held
 * against one level they keep the expected share of false findings below it. In the order given.
 */
export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  const adjusted = new Array<number>(pValues.length);
  let lowest = 1;
  const order = ascending(pValues);
  for (let rank = order.length; rank >= 1; rank--) {
    const i = order[rank - 1]!;
    lowest = Math.min(lowest, (pValues[i]! * pValues.length) / rank);
    adjusted[i] = lowest;
  }
  return adjusted;
}

function ascending(values: readonly number[]): readonly number[] {
  return values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
}
