import type { TrainContext } from "./loop.ts";
import type { Network, NetworkShape } from "./models/network.ts";
import {
  planPrivacy,
  privateProblem,
  type PrivacyPlan,
  type PrivateSteps,
} from "./privacy/private-steps.ts";
import { scheduleOf, type PrivacySettings, type ScheduleSettings } from "./settings.ts";

/** What looks at the text and is not accounted for. */
export const OUTSIDE_OF_TEXT = [
  "the vocabulary of the tokenizer",
  "the number of windows",
  "losses recorded in the history",
];

/**
 * Plans private training over the tokens of a text, cut into windows that do not overlap: a window is
 * the unit, so that each token counts in one example. What is left behind the last whole window is not
 * trained on.
 */
export function privateWindows(
  all: Int32Array,
  network: Network,
  shape: NetworkShape,
  settings: ScheduleSettings & {
    readonly privacy: PrivacySettings;
    /** Tokens of a window. */
    readonly context: number;
    /** Windows at once; a step draws `accumulate` times as many. */
    readonly batch_size: number;
    readonly learning_rate: number;
    readonly steps: number;
    /** Steps between two validations. */
    readonly evaluate_every?: number;
  },
  context: TrainContext,
): { readonly plan: PrivacyPlan; readonly steps: PrivateSteps } {
  const { tf } = context.backend;
  const { batch_size: chunk, accumulate = 1 } = settings;
  const time = Math.min(settings.context, all.length - 1);
  const count = Math.floor((all.length - 1) / time);
  const plan = planPrivacy(
    settings.privacy,
    { count, batch: chunk * accumulate, unit: `window of ${time} tokens` },
    () => settings.steps,
  );
  context.reserve?.(settings.privacy);
  const { steps: to } = plan;
  const optimizer = scheduleOf(settings, to, Math.min(100, Math.ceil(to / 10)));
  // Private steps are few and large, so a curve of them needs short periods.
  const period = Math.min(to, settings.evaluate_every ?? Math.max(5, Math.ceil(to / 20)));
  const phase = { plan, from: 0, to, period, chunk, optimizer };
  const steps: PrivateSteps = {
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
      return network.examples(tf, parameters, shape, { batch, time, tokens }, targets);
    }),
  };
  return { plan, steps };
}
