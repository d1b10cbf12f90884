/**
 * A decision rule for the scores of one group: with chance `share` each, the score is held against a
 * threshold; with the rest of the chance the score is ignored and `rate` of people are favoured.
 * Plain data, so that it is stored with the model. The shares sum to 1 with `ignored`.
 */
export interface ThresholdRule {
  readonly mix: readonly { readonly share: number; readonly threshold: number }[];
  readonly ignored: number;
  readonly rate: number;
}

/** The chance of a favourable decision for a score. */
export function chanceOf(rule: ThresholdRule, score: number): number {
  let chance = rule.ignored * rule.rate;
  for (const { share, threshold } of rule.mix) if (score >= threshold) chance += share;
  return chance;
}

/**
 * The decision for a score: 1 is favourable. `u` in [0, 1) is the person's own random number, from a
 * keyed stream forked by row, so that the same person gets the same decision again.
 */
export function decide(rule: ThresholdRule, score: number, u: number): 0 | 1 {
  return u < chanceOf(rule, score) ? 1 : 0;
}
