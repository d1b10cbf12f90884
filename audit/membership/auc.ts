import type { Metric } from "../../pipeline/core/types.ts";
import { sorted, whyUndefined, type LossSample } from "./attack.ts";

// Two-sided 95 %.
const Z = 1.959963984540054;

/**
 * Area under the attack's curve: the probability that a member's loss is below a non-member's, ties
 * counting half. 0.5 is a coin, 1 a certain attack. The 95 % interval is by DeLong et al. 1988.
 * Undefined with fewer than two rows on a side.
 */
export const membershipAuc: Metric<LossSample> = {
  name: "membership_auc",
  unit: "ratio",
  source: "Yeom et al. 2018; DeLong, DeLong and Clarke-Pearson 1988",
  compute(sample) {
    const n = sample.members.length + sample.nonMembers.length;
    const why = whyUndefined(sample);
    if (why !== undefined) return { value: null, n, why };
    const [inside, outside] = [sorted(sample.members), sorted(sample.nonMembers)];
    // The share of the other side that each row beats.
    const ofMembers = inside.map((loss) => 1 - placement(outside, loss));
    const ofOthers = outside.map((loss) => placement(inside, loss));
    const value = mean(ofMembers);
    const variance =
      varianceOf(ofMembers) / ofMembers.length + varianceOf(ofOthers) / ofOthers.length;
    const reach = Z * Math.sqrt(variance);
    return { value, n, interval: [Math.max(0, value - reach), Math.min(1, value + reach)] };
  },
};

/** The share of sorted values below `value`, those equal to it counting half. */
function placement(values: Float64Array, value: number): number {
  return (countBelow(values, value, false) + countBelow(values, value, true)) / 2 / values.length;
}

function countBelow(values: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = values[middle]!;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const centre = mean(values);
  return values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1);
}
