import type { Estimate } from "../../pipeline/core/types.ts";

// Two-sided 95 %.
const Z = 1.959963984540054;

/** How a training text goes on after a prefix, and what the model wrote after that prefix. */
export interface Continuation {
  readonly expected: string;
  readonly generated: string;
}

/**
 * The share of prefixes after which the model, decoding greedily, writes the training text's own
 * continuation word for word (Carlini et al. 2023, definition 3.1). `expected` is compared with as
 * much of `generated` as it is long. The 95 % interval is Wilson's. Undefined without prefixes.
 */
export function extractionRate(continuations: readonly Continuation[]): Estimate {
  const n = continuations.length;
  if (n === 0) return { value: null, n, why: "no prefixes were tried" };
  const extracted = continuations.filter(
    ({ expected, generated }) => expected.length > 0 && generated.startsWith(expected),
  ).length;
  const share = extracted / n;
  const scale = 1 + Z ** 2 / n;
  const centre = (share + Z ** 2 / (2 * n)) / scale;
  const reach = (Z / scale) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return {
    value: share,
    n,
    interval: [Math.max(0, centre - reach), Math.min(1, centre + reach)],
  };
}
