import { PipelineError } from "../../../core/error.ts";
import { digamma } from "../special.ts";
import { always, never, unsuppressed, type ClassView, type Model } from "./model.ts";

const SOURCE = "Machanavajjhala et al. 2007, l-diversity: privacy beyond k-anonymity";

/** Every class holds at least l distinct sensitive values. */
export function distinctDiversity(sensitive: string, l: number): Model {
  assertL(l);
  return {
    name: `distinct ${l}-diversity of ${sensitive}`,
    source: SOURCE,
    sensitive,
    monotone: always,
    needs: { values: l },
    bind: () => (view) => view.distinct >= l,
  };
}

/**
 * The entropy of the sensitive values in every class is at least ln l. `grassberger` corrects the
 * bias of small classes (Grassberger 2003, Entropy estimates from insufficient samplings); the size of
 * the class is corrected as its parts are, so that the entropy of a class of one value is 0.
 */
export function entropyDiversity(
  sensitive: string,
  l: number,
  estimator: "shannon" | "grassberger" = "shannon",
): Model {
  assertL(l);
  const enough = Math.log(l);
  const entropy = estimator === "shannon" ? shannon : grassberger;
  return {
    name: `${estimator === "shannon" ? "" : "Grassberger "}entropy ${l}-diversity of ${sensitive}`,
    source: SOURCE,
    sensitive,
    monotone: estimator === "shannon" ? unsuppressed : never,
    needs: { values: l },
    bind: () => (view) => view.distinct >= l && entropy(view) >= enough,
  };
}

/** The most frequent value of a class is rarer than c times the l-th and all rarer ones together. */
export function recursiveDiversity(sensitive: string, c: number, l: number): Model {
  assertL(l);
  if (!(c > 0)) throw new PipelineError("policy", "c of recursive (c,l)-diversity is above 0");
  return {
    name: `recursive (${c},${l})-diversity of ${sensitive}`,
    source: SOURCE,
    sensitive,
    monotone: unsuppressed,
    needs: { values: l },
    bind: () => (view) => {
      if (view.distinct < l) return false;
      const counts = view.counts.slice(0, view.distinct).sort();
      let tail = 0;
      for (let i = 0; i <= counts.length - l; i++) tail += counts[i]!;
      return counts[counts.length - 1]! < c * tail;
    },
  };
}

function assertL(l: number): void {
  if (!(l >= 1)) throw new PipelineError("policy", "l of l-diversity is a number from 1");
}

function shannon({ count, distinct, counts }: ClassView): number {
  let sum = 0;
  for (let i = 0; i < distinct; i++) sum -= (counts[i]! / count) * Math.log(counts[i]! / count);
  return sum;
}

function grassberger({ count, distinct, counts }: ClassView): number {
  let sum = 0;
  for (let i = 0; i < distinct; i++) sum += counts[i]! * grassbergerG(counts[i]!);
  return grassbergerG(count) - sum / count;
}

/** ψ(n) + ½(−1)ⁿ(ψ((n+1)/2) − ψ(n/2)). */
function grassbergerG(n: number): number {
  return digamma(n) + (n % 2 === 0 ? 0.5 : -0.5) * (digamma((n + 1) / 2) - digamma(n / 2));
}
