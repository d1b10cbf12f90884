import { PipelineError } from "../../../core/error.ts";
import { ambiguityMetric, classSizeMetric, discernibilityMetric } from "./class-size.ts";
import { entropyMetric } from "./entropy.ts";
import { lossMetric } from "./loss.ts";
import { heightMetric, precisionMetric } from "./precision.ts";
import type { Utility } from "./utility.ts";

/** Every metric that a search can minimise, by the name it has in policies and on the command line. */
export const utilities: Readonly<Record<string, () => Utility>> = {
  loss: () => lossMetric(),
  discernibility: () => discernibilityMetric(),
  "monotone-discernibility": () => discernibilityMetric(true),
  "class-size": () => classSizeMetric(),
  entropy: () => entropyMetric(),
  "monotone-entropy": () => entropyMetric(true),
  precision: () => precisionMetric(),
  "monotone-precision": () => precisionMetric(true),
  height: () => heightMetric(),
  ambiguity: () => ambiguityMetric(),
};

/** A metric by name, or a `policy` error that lists them. */
export function utilityNamed(name: string): Utility {
  const make = Object.hasOwn(utilities, name) ? utilities[name] : undefined;
  if (make === undefined) {
    throw new PipelineError("policy", `there is no metric ${name}`, {
      hint: `the metrics are ${Object.keys(utilities).join(", ")}`,
    });
  }
  return make();
}
