import type { TrainContext } from "./loop.ts";
import { maskedExamples } from "./models/bert.ts";
import type { Encoder, EncoderShape, SequenceBlock } from "./models/encoder.ts";
import {
  planPrivacy,
  privacySpent,
  privateProblem,
  type PrivacyPlan,
  type PrivacySpent,
  type PrivateSteps,
} from "./privacy/private-steps.ts";
import { padSequences, type LabelledSequences } from "./sequences.ts";
import { scheduleOf, type PrivacySettings, type ScheduleSettings } from "./settings.ts";
import type { Trainable } from "./parent.ts";

/** What looks at the texts and is not accounted for. */
const OUTSIDE = [
  "the vocabulary of the tokenizer",
  "the number of texts",
  "losses recorded in the history",
];

/** How a private phase takes its steps. */
interface Phase extends ScheduleSettings {
  readonly batch_size: number;
  readonly learning_rate: number;
}

/** One text with some tokens hidden, where they are and what they were. */
interface HiddenTokens {
  readonly block: SequenceBlock;
  readonly places: Int32Array;
  readonly targets: Int32Array;
}

/** Private training of an encoder, in one phase or two under one budget. */
export interface PrivateTexts {
  readonly plan: PrivacyPlan;
  /** Steps in which it learns to guess hidden tokens; the others are the classifier's. */
  readonly maskedSteps: number;
}

/**
 * Plans the steps of all phases together: each draws from the same texts at the same rate, so that the
 * budget holds for both. Undefined without a budget.
 */
export function planPrivateTexts(
  train: LabelledSequences,
  settings: Phase & {
    readonly privacy?: PrivacySettings;
    readonly epochs: number;
    /** Epochs in which it learns to guess hidden tokens. */
    readonly masked: number;
    readonly unit: string;
  },
  context: TrainContext,
): PrivateTexts | undefined {
  const { privacy, batch_size, accumulate = 1, epochs, masked, unit } = settings;
  if (privacy === undefined) return undefined;
  const plan = planPrivacy(
    privacy,
    { count: train.count, batch: batch_size * accumulate, unit },
    (rate) => Math.ceil(masked / rate) + Math.ceil(epochs / rate),
  );
  context.reserve?.(privacy);
  // Where the noise is given and the budget allows fewer steps, both phases have fewer.
  const maskedSteps = Math.floor((plan.steps * masked) / (masked + epochs));
  return { plan, maskedSteps };
}

/** What a finished training spent. */
export function spentOn(secret: PrivateTexts | undefined): { readonly privacy?: PrivacySpent } {
  return secret ? { privacy: privacySpent(secret.plan, secret.plan.steps, OUTSIDE) } : {};
}

/** The steps of the phase that classifies. */
export function privateLabels(
  { plan, maskedSteps }: PrivateTexts,
  train: LabelledSequences,
  phase: Phase,
  network: { readonly encoder: Encoder; readonly shape: EncoderShape; readonly learnt: Trainable },
  context: TrainContext,
): PrivateSteps {
  const { tf } = context.backend;
  const { encoder, shape, learnt } = network;
  return {
    ...tokensOf(train),
    ...privateProblem(
      { plan, ...stepsOf(plan, phase, maskedSteps, plan.steps) },
      context,
      (trained, chosen) => {
        const labels = tf.tensor1d(Float32Array.from(chosen, (i) => train.labels[i]!));
        const weights = tf.tensor1d(Float32Array.from(chosen, (i) => train.weights[i]!));
        const block = padSequences(train, chosen);
        const task = { labels, weights };
        return learnt.uses(
          encoder.examples(tf, learnt.expand(trained), shape, block, task),
          trained,
        );
      },
    ),
  };
}

/**
 * The steps of the phase in which a bert learns to guess hidden tokens. Which are hidden must come from
 * the system's randomness, each text on its own: from one seeded stream, a text would change what is
 * hidden of those after it.
 */
export function privateMasks(
  { plan, maskedSteps }: PrivateTexts,
  train: LabelledSequences,
  phase: Phase,
  { shape, hide }: { readonly shape: EncoderShape; readonly hide: (text: number) => HiddenTokens },
  context: TrainContext,
): PrivateSteps {
  const { tf } = context.backend;
  return {
    ...tokensOf(train),
    ...privateProblem(
      { plan, ...stepsOf(plan, phase, 0, maskedSteps) },
      context,
      (trained, chosen) => {
        const block = padSequences(train, chosen);
        const hidden = Array.from(chosen, hide);
        const most = Math.max(...hidden.map(({ places }) => places.length));
        const places = new Int32Array(most * chosen.length);
        const targets = new Int32Array(places.length);
        const shares = new Float32Array(places.length);
        for (const [i, one] of hidden.entries()) {
          block.tokens.set(one.block.tokens, i * block.time);
          places.fill(i * block.time, i * most, (i + 1) * most);
          for (const [j, place] of one.places.entries()) {
            places[i * most + j] = i * block.time + place;
            targets[i * most + j] = one.targets[j]!;
            shares[i * most + j] = 1 / one.places.length;
          }
        }
        return maskedExamples(tf, trained, shape, block, { places, targets, shares });
      },
    ),
  };
}

function stepsOf(
  plan: PrivacyPlan,
  phase: Phase,
  from: number,
  to: number,
): Omit<Parameters<typeof privateProblem>[0], "plan"> {
  const period = Math.ceil(1 / plan.rate);
  const optimizer = scheduleOf(phase, to - from, Math.min(100, period));
  return { from, to, period, chunk: phase.batch_size, optimizer };
}

function tokensOf({ starts }: LabelledSequences): Pick<PrivateSteps, "tokens"> {
  return {
    tokens: (chosen) => chosen.reduce((sum, i) => sum + starts[i + 1]! - starts[i]!, 0),
  };
}
