import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";

/**
 * Wilson's score interval of a proportion of `k` in `n` (Wilson 1927, doi:10.2307/2276774), within
 * [0, 1]. `k` need not be whole; n must be above 0.
 */
export function wilson(k: number, n: number, confidence = 0.95): readonly [number, number] {
  const z = normalQuantile(0.5 + confidence / 2, 0, 1);
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [
    k === 0 ? 0 : Math.max(0, (centre - half) / scale),
    k === n ? 1 : Math.min(1, (centre + half) / scale),
  ];
}

/**
 * Clopper and Pearson's interval of a proportion of `k` in `n` (1934, doi:10.1093/biomet/26.4.404):
 * it covers at least `confidence`, and is wider than Wilson's for it.
 */
export function clopperPearson(k: number, n: number, confidence = 0.95): readonly [number, number] {
  const tail = (1 - confidence) / 2;
  return [
    k === 0 ? 0 : betaQuantile(tail, k, n - k + 1),
    k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k),
  ];
}

/** Jeffreys' interval: the posterior quantiles under a Beta(½, ½) prior, 0 and 1 at the edges. */
export function jeffreys(k: number, n: number, confidence = 0.95): readonly [number, number] {
  const tail = (1 - confidence) / 2;
  return [
    k === 0 ? 0 : betaQuantile(tail, k + 0.5, n - k + 0.5),
    k === n ? 1 : betaQuantile(1 - tail, k + 0.5, n - k + 0.5),
  ];
}

/**
 * Newcombe's interval of the difference k₁/n₁ − k₂/n₂ of independent proportions from their Wilson
 * intervals (method 10 of Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873).
 */
export function newcombe(
  k1: number,
  n1: number,
  k2: number,
  n2: number,
  confidence = 0.95,
): readonly [number, number] {
  const [p1, p2] = [k1 / n1, k2 / n2];
  const [l1, u1] = wilson(k1, n1, confidence);
  const [l2, u2] = wilson(k2, n2, confidence);
  return [p1 - p2 - Math.hypot(p1 - l1, u2 - p2), p1 - p2 + Math.hypot(u1 - p1, p2 - l2)];
}

/**
 * Katz's interval of the ratio (k₁/n₁) / (k₂/n₂) on the log scale (Katz et al. 1978,
 * doi:10.2307/2530610). Null where a count is 0: the logarithm has no variance there.
 */
export function katz(
  k1: number,
  n1: number,
  k2: number,
  n2: number,
  confidence = 0.95,
): readonly [number, number] | null {
  if (k1 === 0 || k2 === 0) return null;
  const z = normalQuantile(0.5 + confidence / 2, 0, 1);
  const ratio = k1 / n1 / (k2 / n2);
  const width = Math.exp(z * Math.sqrt(1 / k1 - 1 / n1 + 1 / k2 - 1 / n2));
  return [ratio / width, ratio * width];
}
