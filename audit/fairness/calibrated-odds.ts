import { groupKey } from "../statistics/group-key.ts";
import { calibrationOf, generalizedConfusion } from "./calibration.ts";
import { scoreGroups, type ScoreGroup, type ScoreState } from "./scores.ts";

/** With chance `share`, a person of group `key` gets the group's base rate for a score. Plain data. */
export interface WithheldScores {
  readonly key: string;
  readonly share: number;
  readonly baseRate: number;
}

/** What is equalised: generalised FNR, FPR, or their sum weighted by the labels. */
export type OddsCost = "fnr" | "fpr" | "weighted";

/**
 * Calibrated equalized odds (Pleiss et al. 2017, arXiv:1709.02012) for any number of groups: every
 * group is brought to the cost of the one that is worst off by withholding scores, which keeps
 * scores calibrated. `share` is 1 where even that does not reach it. Groups without both labels are
 * left as they are.
 */
export function calibratedOdds(
  state: ScoreState,
  by: readonly string[],
  cost: OddsCost,
): readonly WithheldScores[] {
  const groups = scoreGroups(state, by)
    .groups.map((group) => ({ key: groupKey(group.values), ...costsOf(group, cost) }))
    .filter(({ own }) => !Number.isNaN(own));
  const worst = Math.max(...groups.map(({ own }) => own));
  return groups.map(({ key, own, blind, baseRate }) => ({
    key,
    baseRate,
    share: own >= worst ? 0 : blind <= own ? 1 : Math.min(1, (worst - own) / (blind - own)),
  }));
}

/** The score that a person is given; `u` in [0, 1) is the person's own random number. */
export function withheldScore(rule: WithheldScores, score: number, u: number): number {
  return u < rule.share ? rule.baseRate : score;
}

/** Cost of a group's scores, and of giving everyone the base rate. */
function costsOf(
  { histogram }: ScoreGroup,
  cost: OddsCost,
): { readonly own: number; readonly blind: number; readonly baseRate: number } {
  const { tp, fp, fn, tn } = generalizedConfusion(histogram);
  const { baseRate } = calibrationOf(histogram);
  const [fnr, fpr] = [fn / (tp + fn), fp / (fp + tn)];
  if (cost === "fnr") return { own: fnr, blind: 1 - baseRate, baseRate };
  if (cost === "fpr") return { own: fpr, blind: baseRate, baseRate };
  const own = fnr * baseRate + fpr * (1 - baseRate);
  return { own, blind: 2 * baseRate * (1 - baseRate), baseRate };
}
