import { z } from "zod";
import { name, share } from "./words.ts";

/** How a model is made fairer: before, in or after training. */
export const mitigate = z.strictObject({
  method: z.enum([
    "reweighing",
    "massaging",
    "disparate-impact-remover",
    "correlation-remover",
    "fairness-penalty",
    "adversarial",
    "exponentiated-gradient",
    "threshold-optimizer",
    "calibrated-equalized-odds",
    "reject-option",
  ]),
  by: z.union([name, z.array(name).min(1)]).transform((by) => (typeof by === "string" ? [by] : by)),
  /** The values of the first attribute that are ahead; found from base rates without it. */
  privileged: z.array(z.string()).min(1).optional(),
  constraint: z
    .enum(["demographic_parity", "equalized_odds", "equal_opportunity"])
    .default("demographic_parity"),
  /** How far the constraint may be off: threshold-optimizer and exponentiated-gradient. */
  tolerance: share.default(0),
  /** How far features are repaired by the two removers. */
  level: share.default(1),
  /** Weight of the penalty or of the adversary. */
  strength: z.number().min(0).optional(),
  /** Most models that exponentiated-gradient trains. */
  iterations: z.number().int().min(2).max(50).default(10),
  /** What calibrated-equalized-odds makes equal. */
  cost: z.enum(["fnr", "fpr", "weighted"]).default("weighted"),
  /** Largest gap in selection rate that reject-option leaves. */
  bound: share.default(0.05),
  /** Train a model without mitigation too, so that the report has before and after. */
  baseline: z.boolean().default(true),
});
