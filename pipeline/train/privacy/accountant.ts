import { PipelineError } from "../../core/error.ts";
import type { Mechanism } from "./mechanism.ts";
import { epsilonByPld } from "./pld.ts";
import { epsilonByRdp } from "./rdp.ts";

/** Grid of a search: five times quicker, and still an upper bound. */
const COARSE = 5e-4;

/** ε by both accountants; either is an upper bound on what was spent. */
export interface PrivacyLoss {
  readonly rdp: number;
  readonly pld: number;
}

/** ε spent by a mechanism at `delta`. Infinite without noise. Throws `usage` outside the domain. */
export function epsilonOf(mechanism: Mechanism, delta: number): PrivacyLoss {
  check(mechanism, delta);
  return { rdp: epsilonByRdp(mechanism, delta), pld: epsilonByPld(mechanism, delta) };
}

/**
 * The least noise, to three digits and rounded up, whose ε by privacy loss distribution is at most
 * `epsilon`. Throws `usage` where a noise of 10,000 would not do.
 */
export function noiseMultiplier(target: {
  readonly epsilon: number;
  readonly delta: number;
  readonly rate: number;
  readonly steps: number;
}): number {
  const { epsilon, delta, rate, steps } = target;
  check({ noise: 1, rate, steps }, delta);
  if (!(epsilon > 0)) throw new PipelineError("usage", "epsilon must be above 0");
  const fits = (noise: number): boolean =>
    epsilonByPld({ noise, rate, steps }, delta, COARSE) <= epsilon;
  // By RDP, which is quick and an upper bound, then down as far as the PLD allows: a tenth or so.
  let high = leastNoise((noise) => epsilonByRdp({ noise, rate, steps }, delta) <= epsilon);
  let low = 0.85 * high;
  while (fits(low)) [low, high] = [low / 2, low];
  while (high - low > 0.001 * high) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high * 1000) / 1000;
}

/** How many steps, at most `limit`, keep ε by privacy loss distribution within `epsilon`. */
export function affordableSteps(
  budget: { readonly epsilon: number; readonly delta: number },
  mechanism: Omit<Mechanism, "steps">,
  limit: number,
): number {
  const fits = (steps: number): boolean =>
    epsilonByPld({ ...mechanism, steps }, budget.delta, COARSE) <= budget.epsilon;
  if (limit === 0 || !fits(1)) return 0;
  if (fits(limit)) return limit;
  let [low, high] = [1, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function leastNoise(fits: (noise: number) => boolean): number {
  let high = 0.25;
  while (!fits(high)) {
    high *= 2;
    if (high > 10_000) throw new PipelineError("usage", "no noise fits this privacy budget");
  }
  let low = high / 2;
  while (high - low > 0.001 * high) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
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
