import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

/**
 * The smallest gap that a two-sided z test of two proportions finds with chance `power` (0.8) at
 * level `alpha` (0.05), when the reference has rate `p1` among `n1` and the other group has `n2`
 * rows: `below` and `above` the reference, each null where even a rate of 0 or 1 would be missed and
 * where the reference has that rate itself.
 * A gap smaller than this that was not found says nothing.
 */
export function minimumDetectableGap(
  p1: number,
  n1: number,
  n2: number,
  options: { readonly alpha?: number; readonly power?: number } = {},
): { readonly below: number | null; readonly above: number | null } {
  const { alpha = 0.05, power = 0.8 } = options;
  const found = normalQuantile(1 - alpha / 2, 0, 1);
  const kept = normalQuantile(power, 0, 1);
  /** How far a true rate `p2` lies beyond what the test needs; rises with the gap. */
  const excess = (p2: number) => {
    const pooled = (n1 * p1 + n2 * p2) / (n1 + n2);
    const under = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
    const actual = Math.sqrt((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2);
    return Math.abs(p2 - p1) - found * under - kept * actual;
  };
  const toward = (end: number) => {
    // On the side of its own end a reference has no room for a gap.
    if (end === p1 || n1 === 0 || n2 === 0 || !(excess(end) >= 0)) return null;
    let [missed, seen] = [p1, end];
    for (let i = 0; i < 60; i++) {
      const middle = (missed + seen) / 2;
      if (excess(middle) >= 0) seen = middle;
      else missed = middle;
    }
    return Math.abs(seen - p1);
  };
  return { below: toward(0), above: toward(1) };
}
