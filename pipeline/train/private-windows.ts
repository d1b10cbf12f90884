import { PipelineError } from "../core/error.ts";
import type { Problem, TrainContext } from "./loop.ts";
import type { Network, NetworkShape } from "./models/network.ts";
import type { OptimizerSettings } from "./optimizer.ts";
import { planPrivacy, privateProblem, type PrivacyPlan } from "./privacy/private-steps.ts";
import type { PrivacySettings } from "./settings.ts";

/** What looks at the text and is not accounted for. */
export const OUTSIDE_OF_TEXT = [
  "the vocabulary of the tokenizer",
  "the number of windows",
  "losses recorded in the history",
];

/**
 * Plans private training over the tokens of a text, cut into windows that do not overlap: a window is
 * the unit, so that each token counts in one example. What is left behind the last whole window is not
 * trained on. Throws `training` before anything is trained where a layer of the network has no
 * gradients by example.
 */
export function privateWindows(
  all: Int32Array,
  network: Network & { readonly kind: string },
  shape: NetworkShape,
  settings: {
    readonly privacy: PrivacySettings;
    readonly time: number;
    /** Windows at once, and how many times that a step draws. */
    readonly batch: number;
    readonly accumulate: number;
    readonly steps: number;
    readonly period: (steps: number) => number;
    readonly optimizer: (steps: number) => Pick<OptimizerSettings, "learningRate" | "warmupSteps">;
  },
  context: TrainContext,
): Omit<Problem<Uint32Array>, "fingerprint" | "initial" | "validate"> & {
  readonly plan: PrivacyPlan;
} {
  const { tf } = context.backend;
  const examples = examplesOf(network);
  const time = Math.min(settings.time, all.length - 1);
  const count = Math.floor((all.length - 1) / time);
  const plan = planPrivacy(
    settings.privacy,
    { count, batch: settings.batch * settings.accumulate, unit: `window of ${time} tokens` },
    () => settings.steps,
  );
  context.reserve?.(settings.privacy);
  const { steps: to } = plan;
  const phase = {
    plan,
    ...{ from: 0, to, period: settings.period(to), chunk: settings.batch },
    optimizer: settings.optimizer(to),
  };
  return {
    plan,
    tokens: (chosen) => chosen.length * time,
    ...privateProblem(phase, context, (parameters, chosen) => {
      const batch = chosen.length;
      // A recurrent network takes them step by step, others window by window.
      const [ofWindow, ofPlace] = network.timeMajor ? [1, batch] : [time, 1];
      const laidOut = (shift: number): Int32Array => {
        const ids = new Int32Array(batch * time);
        for (let i = 0; i < batch; i++)
          for (let t = 0; t < time; t++)
            ids[i * ofWindow + t * ofPlace] = all[chosen[i]! * time + t + shift]!;
        return ids;
      };
      const tokens = tf.tensor1d(laidOut(0), "int32");
      const targets = tf.tensor1d(laidOut(1), "int32");
      return examples(tf, parameters, shape, { batch, time, tokens }, targets);
    }),
  };
}

/** Refuses a network that has a layer without gradients by example. */
function examplesOf(
  network: Network & { readonly kind: string },
): NonNullable<Network["examples"]> {
  if (network.examples) return network.examples;
  throw new PipelineError(
    "training",
    `a ${network.kind} cannot be trained with a privacy budget: it has layers without gradients by example`,
    { hint: "drop train.privacy" },
  );
}
