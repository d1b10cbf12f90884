/** Total weight, weighted mean and Σ w(v − mean)² of some values. */
export interface Moments {
  weight: number;
  mean: number;
  spread: number;
}

export function noMoments(): Moments {
  return { weight: 0, mean: 0, spread: 0 };
}

/** Takes in a value (West 1979): no sum of squares is formed that the mean would cancel out. */
export function addValue(moments: Moments, value: number, weight: number): void {
  if (weight === 0) return;
  moments.weight += weight;
  const off = value - moments.mean;
  moments.mean += (weight / moments.weight) * off;
  moments.spread += weight * off * (value - moments.mean);
}

/** Takes in the moments of other values (Chan, Golub and LeVeque 1979). */
export function addMoments(mine: Moments, other: Moments): void {
  if (other.weight === 0) return;
  const weight = mine.weight + other.weight;
  const off = other.mean - mine.mean;
  mine.spread += other.spread + off * off * ((mine.weight * other.weight) / weight);
  mine.mean += (other.weight / weight) * off;
  mine.weight = weight;
}
