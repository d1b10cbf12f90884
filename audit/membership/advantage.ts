import type { Metric } from "../../pipeline/core/types.ts";
import { rocOf, whyUndefined, type LossSample } from "./attack.ts";

/**
 * Membership advantage: the largest true positive minus false positive rate over all thresholds.
 * 0 tells nothing, 1 everything. The 95 % interval is by the inequality of Dvoretzky, Kiefer and
 * Wolfowitz (constant of Massart 1990) on both distributions, so it holds although the threshold was
 * chosen on the same rows. Undefined with fewer than two rows on a side.
 */
export const membershipAdvantage: Metric<LossSample> = {
  name: "membership_advantage",
  unit: "difference",
  source: "Yeom et al. 2018, definition 4",
  compute(sample) {
    const { length: members } = sample.members;
    const { length: others } = sample.nonMembers;
    const n = members + others;
    const why = whyUndefined(sample);
    if (why !== undefined) return { value: null, n, why };
    const value = rocOf(sample).reduce((best, { tpr, fpr }) => Math.max(best, tpr - fpr), 0);
    // Each band fails with probability 0.025.
    const band = (rows: number): number => Math.sqrt(Math.log(2 / 0.025) / (2 * rows));
    const reach = band(members) + band(others);
    return { value, n, interval: [Math.max(0, value - reach), Math.min(1, value + reach)] };
  },
};
