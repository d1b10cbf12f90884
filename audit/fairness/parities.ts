import type { Group } from "../../pipeline/core/types.ts";
import type { Disparity, DisparityRate } from "./disparities.ts";

/**
 * Aequitas's verdicts (Saleiro et al. 2018, §3.2, arXiv:1811.05577) and the rates whose disparities
 * must all be within τ for one to hold. `unsupervised_fairness` asks for equal shares of all
 * selected too, which groups of unequal size cannot have.
 */
const required = {
  statistical_parity: ["ppr"],
  impact_parity: ["pprev"],
  tpr_parity: ["tpr"],
  tnr_parity: ["tnr"],
  fpr_parity: ["fpr"],
  fnr_parity: ["fnr"],
  fdr_parity: ["fdr"],
  for_parity: ["for"],
  precision_parity: ["precision"],
  npv_parity: ["npv"],
  equalized_odds: ["fpr", "tpr"],
  type_1_parity: ["fdr", "fpr"],
  type_2_parity: ["for", "fnr"],
  unsupervised_fairness: ["ppr", "pprev"],
  supervised_fairness: ["fdr", "fpr", "for", "fnr"],
  overall_fairness: ["ppr", "pprev", "fdr", "fpr", "for", "fnr"],
} as const satisfies Record<string, readonly DisparityRate[]>;

export interface Parity {
  readonly name: keyof typeof required;
  /** Whether every group has it; null where none fails it and some cannot be judged. */
  readonly holds: boolean | null;
  /** The groups outside the band. */
  readonly fails: readonly Group[];
  readonly why?: string;
}

/** The verdicts on one set of attributes, from its disparities. */
export function parities(disparities: readonly Disparity[]): readonly Parity[] {
  return (Object.keys(required) as Parity["name"][]).map((name): Parity => {
    const rates: readonly DisparityRate[] = required[name];
    const judged = disparities.filter(({ rate }) => rates.includes(rate));
    const fails = distinct(judged.filter(({ parity }) => parity === false));
    if (fails.length > 0) return { name, holds: false, fails };
    const open = distinct(judged.filter(({ parity }) => parity === null));
    if (open.length === 0) return { name, holds: true, fails };
    return { name, holds: null, fails, why: `not estimable for ${open.length} of the groups` };
  });
}

function distinct(found: readonly Disparity[]): readonly Group[] {
  return [...new Map(found.map(({ group }) => [JSON.stringify(group), group])).values()];
}
