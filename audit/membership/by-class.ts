import type { Estimate } from "../../pipeline/core/types.ts";
import { membershipAdvantage } from "./advantage.ts";
import type { LossSample } from "./attack.ts";
import { membershipAuc } from "./auc.ts";

/** Losses with the class (or group) of each row. */
export interface ClassedSample extends LossSample {
  readonly memberClasses: readonly string[];
  readonly nonMemberClasses: readonly string[];
}
export interface ClassAttack {
  readonly auc: Estimate;
  readonly advantage: Estimate;
}

/**
 * The attack with a threshold of its own for each class, in order of name: rare classes and groups
 * are often remembered better than the whole suggests (Song and Mittal 2021).
 */
export function attackByClass(sample: ClassedSample): Readonly<Record<string, ClassAttack>> {
  const classes = [...new Set([...sample.memberClasses, ...sample.nonMemberClasses])].sort();
  return Object.fromEntries(
    classes.map((name) => {
      const own = {
        members: ofClass(sample.members, sample.memberClasses, name),
        nonMembers: ofClass(sample.nonMembers, sample.nonMemberClasses, name),
      };
      return [
        name,
        { auc: membershipAuc.compute(own), advantage: membershipAdvantage.compute(own) },
      ];
    }),
  );
}

function ofClass(losses: ArrayLike<number>, classes: readonly string[], name: string): number[] {
  return Array.from(losses).filter((_, i) => classes[i] === name);
}
