import { PipelineError } from "../../../core/error.ts";
import { unsuppressed, type Model } from "./model.ts";

/**
 * No sensitive value is more than β times likelier in a class than in the table, relative to the
 * table. `enhanced` also caps the gain at −ln of the value's share, which guards frequent values.
 */
export function betaLikeness(sensitive: string, beta: number, enhanced = false): Model {
  if (!(beta > 0)) throw new PipelineError("policy", "β of β-likeness is above 0");
  return {
    name: `${enhanced ? "enhanced " : ""}${beta}-likeness of ${sensitive}`,
    source: "Cao and Karras 2012, Publishing microdata with a robust privacy guarantee",
    sensitive,
    monotone: unsuppressed,
    bind({ counts, total }) {
      const share = counts.map((n) => n / total);
      const limit = share.map((q) => (enhanced ? Math.min(beta, -Math.log(q)) : beta));
      return (view) => {
        for (let i = 0; i < view.distinct; i++) {
          const q = share[view.codes[i]!]!;
          if ((view.counts[i]! / view.count - q) / q > limit[view.codes[i]!]!) return false;
        }
        return true;
      };
    },
  };
}

/** Every sensitive value occurs in every class, and its odds there differ by less than e^δ. */
export function deltaDisclosure(sensitive: string, delta: number): Model {
  if (!(delta > 0)) throw new PipelineError("policy", "δ of δ-disclosure privacy is above 0");
  return {
    name: `${delta}-disclosure privacy of ${sensitive}`,
    source: "Brickell and Shmatikov 2008, The cost of privacy",
    sensitive,
    monotone: unsuppressed,
    bind({ counts, total }) {
      const held = counts.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
      return (view) => {
        if (view.distinct < held) return false;
        for (let i = 0; i < view.distinct; i++) {
          const q = counts[view.codes[i]!]! / total;
          if (Math.abs(Math.log(view.counts[i]! / view.count / q)) >= delta) return false;
        }
        return true;
      };
    },
  };
}
