import { PipelineError } from "../../core/error.ts";
import type { Random } from "../../core/types.ts";
import type { LossAndGradients } from "../differentiate.ts";
import { trainLoop, type Problem, type TrainContext, type Trained } from "../loop.ts";
import type { OptimizerSettings } from "../optimizer.ts";
import type { PrivacySettings } from "../settings.ts";
import { disposeAll, type Tensor, type Tensors, type Tf } from "../tensors.ts";
import { affordableSteps, epsilonOf, noiseMultiplier } from "./accountant.ts";
import { clippingOf, type Clipping, type ClippingKind } from "./clipping.ts";
import type { ExampleGradients } from "./example-gradients.ts";
import { gaussianNoise, poissonSample } from "./noise.ts";

/** What private training spent and under which terms (NIST SP 800-226). */
export interface PrivacySpent {
  /** By privacy loss distribution, the tighter accountant. */
  readonly epsilon: number;
  readonly delta: number;
  readonly epsilon_rdp: number;
  readonly noise_multiplier: number;
  readonly sampling_rate: number;
  readonly steps: number;
  readonly clip: number;
  /** How gradients were clipped: all parameters together, each on its own, or to a moving bound. */
  readonly clipping: ClippingKind;
  /** Whose presence is hidden: a row of a table, or so many tokens in a row of a text. */
  readonly unit: string;
  readonly neighbours: "add or remove one";
  readonly sampler: "poisson";
  readonly mechanism: "gaussian";
  /** Feature transforms and the stopping rule look at the data; what of that is outside of ε. */
  readonly outside: readonly string[];
}

/** How many steps of which noise a budget allows. */
export interface PrivacyPlan {
  readonly settings: PrivacySettings;
  readonly noise: number;
  readonly rate: number;
  readonly steps: number;
  /** How many examples there are, and what one is. */
  readonly count: number;
  readonly unit: string;
}

/** Fits noise to the budget, or steps to the noise. Throws `training` when not one step fits. */
export function planPrivacy(
  settings: PrivacySettings,
  examples: { readonly count: number; readonly batch: number; readonly unit: string },
  stepsFor: (rate: number) => number,
): PrivacyPlan {
  const { count, batch, unit } = examples;
  const rate = Math.min(1, batch / count);
  const wanted = stepsFor(rate);
  const { epsilon, delta } = settings;
  const noise =
    settings.noise_multiplier ?? noiseMultiplier({ epsilon, delta, rate, steps: wanted });
  const steps = affordableSteps(settings, { noise, rate }, wanted);
  if (steps === 0) {
    throw new PipelineError("training", "not one step fits the privacy budget at this noise", {
      hint: "raise noise_multiplier or epsilon, or leave noise_multiplier out",
    });
  }
  return { settings, noise, rate, steps, count, unit };
}

/** ε after `steps` steps of a plan. */
export function privacySpent(
  plan: PrivacyPlan,
  steps: number,
  outside: readonly string[],
): PrivacySpent {
  const { noise, rate, settings } = plan;
  const spent = epsilonOf({ noise, rate, steps }, settings.delta);
  return {
    epsilon: spent.pld,
    delta: settings.delta,
    epsilon_rdp: spent.rdp,
    noise_multiplier: noise,
    sampling_rate: rate,
    steps,
    clip: settings.clip,
    clipping: settings.clipping ?? "flat",
    unit: plan.unit,
    neighbours: "add or remove one",
    sampler: "poisson",
    mechanism: "gaussian",
    outside,
  };
}

/** What a private phase needs of the loop: which steps, and how large at most what is done at once. */
export interface PrivatePhase {
  readonly plan: PrivacyPlan;
  /** Its steps are `from` to `to` of the plan's. */
  readonly from: number;
  readonly to: number;
  /** Steps between two validations. */
  readonly period: number;
  /** About how many examples are taken through the network at once; bounds the memory. */
  readonly chunk: number;
  readonly optimizer: Pick<OptimizerSettings, "learningRate" | "warmupSteps">;
}

/** What private training replaces in the problem of the loop. */
export type PrivateSteps = Required<
  Pick<
    Problem<Uint32Array>,
    "epochs" | "accumulate" | "patience" | "keep" | "optimizer" | "batches" | "loss" | "tokens"
  >
>;

/** Trains as the problem says, or by the private steps in place of its own. */
export function trainUnder<B>(
  problem: Problem<B>,
  context: TrainContext,
  secret: PrivateSteps | undefined,
): Promise<Trained> {
  return secret ? trainLoop({ ...problem, ...secret }, context) : trainLoop(problem, context);
}

/**
 * What the training loop does under a budget: each step draws its examples on its own, clips and adds
 * noise. Patience, weight decay and the choice among epochs are off: stopping by validation rows
 * would be a release that nobody accounts for. `examples` gives the gradients of the examples chosen.
 */
export function privateProblem(
  { plan, from, to, period, chunk, optimizer }: PrivatePhase,
  { backend: { tf }, entropy }: TrainContext,
  examples: (parameters: Tensors, chosen: Uint32Array) => ExampleGradients,
): Omit<PrivateSteps, "tokens"> {
  const clipping = clippingFor(plan);
  return {
    epochs: Math.ceil((to - from) / period),
    accumulate: 1,
    patience: Infinity,
    keep: "last",
    optimizer: { ...optimizer, weightDecay: 0, clipNorm: Infinity, totalSteps: to - from },
    batches: async function* (epoch) {
      for (
        let step = from + epoch * period;
        step < Math.min(to, from + (epoch + 1) * period);
        step++
      )
        yield await Promise.resolve(poissonSample(plan.count, plan.rate, entropy));
    },
    loss: (parameters, chosen) =>
      privateGradients(
        tf,
        parameters,
        partsOf(chosen, chunk).map((part) => () => examples(parameters, part)),
        { plan, clipping, entropy },
      ),
  };
}

/** Equal parts of about `size`, at most one and a half of it. */
function partsOf(chosen: Uint32Array, size: number): Uint32Array[] {
  if (chosen.length === 0) return [];
  const count = Math.max(1, Math.round(chosen.length / size));
  return Array.from({ length: count }, (_, i) =>
    chosen.subarray(
      Math.floor((i * chosen.length) / count),
      Math.floor(((i + 1) * chosen.length) / count),
    ),
  );
}

function clippingFor({ settings, noise, rate, count }: PrivacyPlan): Clipping {
  const expected = rate * count;
  return clippingOf(settings.clipping ?? "flat", { clip: settings.clip, noise, expected });
}

/**
 * Noisy mean gradient: (Σ clipped gradients + N(0, (noise · bound)²)) / expected examples. The divisor is
 * the expected number, as the number drawn is itself private. The examples come in parts, one of which
 * is in memory at a time; there are none for an empty draw, which is legitimate and releases noise
 * alone.
 */
export async function privateGradients(
  tf: Tf,
  parameters: Tensors,
  parts: readonly (() => ExampleGradients)[],
  how: { readonly plan: PrivacyPlan; readonly clipping: Clipping; readonly entropy: Random },
): Promise<LossAndGradients> {
  const { plan, clipping, entropy } = how;
  const expected = plan.rate * plan.count;
  const deviation = plan.noise * clipping.noiseFactor * clipping.bound();
  let sums: Tensors | undefined;
  const norms: number[] = [];
  let loss = 0;
  for (const part of parts) {
    const before = sums;
    const one = tf.tidy(() => {
      const gradients = part();
      const clipped = clipping.sum(tf, gradients, parameters);
      return { loss: gradients.loss, norms: clipped.norms, sums: added(tf, before, clipped.sums) };
    });
    if (before) disposeAll(before);
    sums = one.sums;
    const own = await one.norms.data();
    loss += own.length * (await one.loss.data())[0]!;
    norms.push(...own);
    tf.dispose([one.loss, one.norms]);
  }
  const gradients: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const sum = sums?.[name];
    // A parameter that no example's gradient was taken by would be trained without protection.
    if (sums && !sum)
      throw new PipelineError("internal", `no gradients by example for the parameter ${name}`);
    const noise = new Float64Array(parameter.size);
    gaussianNoise(noise, deviation, entropy);
    const values = await sum?.data();
    const noisy = Float32Array.from(noise, (n, i) => ((values?.[i] ?? 0) + n) / expected);
    gradients[name] = tf.tensor(noisy, parameter.shape);
  }
  clipping.adapt(norms, expected, entropy);
  if (sums) disposeAll(sums);
  return { loss: tf.scalar(norms.length === 0 ? 0 : loss / norms.length), gradients };
}

function added(tf: Tf, before: Tensors | undefined, sums: Tensors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, before ? tf.add(before[name]!, sum) : sum]),
  );
}
