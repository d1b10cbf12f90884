import { PipelineError } from "../../core/error.ts";
import type { Mechanism } from "./mechanism.ts";
import { COARSE, epsilonByPld } from "./pld.ts";
import { epsilonByRdp } from "./rdp.ts";

/** Noise that a search goes up to. */
const MOST_NOISE = 1e6;

/** ε by both accountants; either is an upper bound on what was spent. */
export interface PrivacyLoss {
  readonly rdp: number;
  readonly pld: number;
}

/** ε spent by a mechanism at `delta`. Infinite without noise. Throws `usage` outside the domain. */
export function epsilonOf(mechanism: Mechanism, delta: number): PrivacyLoss {
  check(mechanism, delta);
  const rdp = epsilonByRdp(bounded(mechanism), delta);
  // Both are upper bounds: where the grid of losses is too coarse, the other one counts.
  return { rdp, pld: Math.min(epsilonByPld(bounded(mechanism), delta), rdp) };
}

/** The same on a coarse grid, for a search. */
function quickEpsilon(mechanism: Mechanism, delta: number): number {
  const some = bounded(mechanism);
  return Math.min(epsilonByPld(some, delta, COARSE), epsilonByRdp(some, delta));
}

/** With more noise ε is 0 to all digits, with less it is beyond all numbers; squares would not be numbers. */
function bounded(mechanism: Mechanism): Mechanism {
  const { noise } = mechanism;
  return { ...mechanism, noise: noise < 1e-100 ? 0 : Math.min(noise, 1e100) };
}

/**
 * The least noise, to three digits and rounded up, whose ε by privacy loss distribution is at most
 * `epsilon`; 0 where nothing is released. Throws `usage` where a noise of a million would not do.
 */
export function noiseMultiplier(target: {
  readonly epsilon: number;
  readonly delta: number;
  readonly rate: number;
  readonly steps: number;
}): number {
  const { epsilon, delta, rate, steps } = target;
  check({ noise: 1, rate, steps }, delta);
  if (!(epsilon > 0 && epsilon < Infinity))
    throw new PipelineError("usage", "epsilon must be above 0 and finite");
  if (rate === 0 || steps === 0) return 0;
  const noise = leastNoise((noise) => quickEpsilon({ noise, rate, steps }, delta), epsilon);
  return Math.ceil(noise * 1000) / 1000;
}

/** How many steps, at most `limit`, keep ε by privacy loss distribution within `epsilon`. */
export function affordableSteps(
  budget: { readonly epsilon: number; readonly delta: number },
  mechanism: Omit<Mechanism, "steps">,
  limit: number,
): number {
  const fits = (steps: number): boolean =>
    quickEpsilon({ ...mechanism, steps }, budget.delta) <= budget.epsilon;
  if (limit === 0 || fits(limit)) return limit;
  if (!fits(1)) return 0;
  let [low, high] = [1, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

interface Tried {
  readonly noise: number;
  readonly epsilon: number;
}

/** The least noise with an ε of at most `wanted`, to a thousandth; ε falls with the noise. */
function leastNoise(epsilonAt: (noise: number) => number, wanted: number): number {
  const attempt = (noise: number): Tried => ({ noise, epsilon: epsilonAt(noise) });
  let high = attempt(1);
  let low: Tried | undefined;
  // With much noise ε is about in inverse proportion to it.
  const step = (ratio: number): number => Math.min(32, Math.max(2, ratio));
  while (high.epsilon > wanted) {
    [low, high] = [high, attempt(high.noise * step(high.epsilon / wanted))];
    if (high.noise > MOST_NOISE)
      throw new PipelineError("usage", `no noise up to ${MOST_NOISE} fits this privacy budget`);
  }
  while (low === undefined) {
    const less = attempt(high.noise / step(wanted / high.epsilon));
    if (less.epsilon > wanted) low = less;
    else high = less;
    if (high.noise < 0.001) return high.noise;
  }
  // Straight between the two, then just beyond what that gave, to close in from the other side.
  let last: Tried | undefined;
  for (let turn = 0; high.noise - low.noise > 0.001 * high.noise; turn++) {
    const beyond: number | undefined =
      last && last.noise * (last.epsilon > wanted ? 1.0008 : 0.9992);
    const inside = beyond !== undefined && beyond > low.noise && beyond < high.noise;
    const one = attempt(inside ? beyond : between(low, high, turn < 8 ? wanted : undefined));
    if (one.epsilon > wanted) low = one;
    else high = one;
    last = inside ? undefined : one;
  }
  return high.noise;
}

/** Where ε would be `wanted` on a line through both, in logarithms; without it, the middle. */
function between(low: Tried, high: Tried, wanted: number | undefined): number {
  if (wanted === undefined) return Math.sqrt(low.noise * high.noise);
  const [above, below] = [Math.log(low.epsilon / wanted), Math.log(wanted / high.epsilon)];
  const straight = above / (above + below);
  const share = Number.isFinite(straight) ? Math.min(0.99, Math.max(0.01, straight)) : 0.5;
  return low.noise * (high.noise / low.noise) ** share;
}

function check({ noise, rate, steps }: Mechanism, delta: number): void {
  const wrong =
    !(noise >= 0) || !Number.isFinite(noise)
      ? "noise must be 0 or more"
      : !(rate >= 0 && rate <= 1)
        ? "rate must be between 0 and 1"
        : !(Number.isInteger(steps) && steps >= 0)
          ? "steps must be a whole number"
          : !(delta > 0 && delta < 1)
            ? "delta must be between 0 and 1, both excluded"
            : undefined;
  if (wrong) throw new PipelineError("usage", wrong);
}
