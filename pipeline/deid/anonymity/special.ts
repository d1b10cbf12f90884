/** ψ(x), for x above 0: recurrence up to 10, then the asymptotic series (Abramowitz and Stegun 6.3). */
export function digamma(value: number): number {
  let x = value;
  let shift = 0;
  for (; x < 10; x++) shift -= 1 / x;
  const z = 1 / (x * x);
  const series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z / 132))));
  return shift + Math.log(x) - 0.5 / x - series;
}

/** ln Γ(x), for x above 0: recurrence up to 10, then Stirling's series (Abramowitz and Stegun 6.1.41). */
export function logGamma(value: number): number {
  let x = value;
  let shift = 0;
  for (; x < 10; x++) shift -= Math.log(x);
  const z = 1 / (x * x);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

/** Where a continuous function changes its sign between two points, to the last bits; they must differ. */
export function root(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const rising = f(high) > 0;
  for (let i = 0; i < 200 && high - low > 1e-15 * Math.max(1, Math.abs(high)); i++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0 === rising) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
