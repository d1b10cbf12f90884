/** log Γ(x) for x above 0, to 15 digits: Stirling's series from x = 15 on, the recurrence below. */
export function logGamma(x: number): number {
  let shift = 0;
  while (x < 15) shift += Math.log(x++);
  const square = x * x;
  const series =
    1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series / x - shift;
}

/** Chance that a chi-square variable of `degrees` degrees of freedom is at least `x`. */
export function chiSquareTail(x: number, degrees: number): number {
  return x <= 0 ? 1 : upperGamma(degrees / 2, x / 2);
}

/** Chance that a standard normal variable is at least |z| away from 0, on either side. */
export function normalTails(z: number): number {
  return chiSquareTail(z * z, 1);
}

/** Regularised upper incomplete gamma function Q(a, x) for a, x above 0 (DLMF 8.2.4). */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    // Series of P (DLMF 8.7.1).
    let term = 1 / a;
    let sum = term;
    for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - sum * scale);
  }
  // Continued fraction of Q (DLMF 8.9.2), evaluated forward by Lentz's method.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (numerator * d + b || 1e-300);
    c = b + numerator / c || 1e-300;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return scale * fraction;
}
