import type { OptimizerSettings } from "./optimizer.ts";

import type { FairnessSettings } from "./fair-loss.ts";
import type { ClippingKind } from "./privacy/clipping.ts";

/** How to train a classifier of rows. The defaults are `tabularDefaults`. */
export interface TabularSettings extends ScheduleSettings {
  readonly kind: "tabular-mlp" | "logistic";
  /** Width of each hidden layer; `logistic` has none. */
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch_size: number;
  readonly learning_rate: number;
  /** Epochs without a better validation loss before training stops. */
  readonly patience: number;
  readonly weight_decay: number;
  /** Share of hidden units that are switched off in a step, in [0, 1). */
  readonly dropout?: number;
  /** Differentially private training; absent means none. */
  readonly privacy?: PrivacySettings;
  /** Training against differences between groups; absent means none. Not with `privacy`. */
  readonly fairness?: FairnessSettings;
}

/** The budget of differentially private training. The unit is one row, added or removed. */
export interface PrivacySettings {
  readonly epsilon: number;
  readonly delta: number;
  /** Largest Euclidean norm of one row's gradient. */
  readonly clip: number;
  /** All parameters together (`flat`, the default), each on its own, or to a bound that moves. */
  readonly clipping?: ClippingKind;
  /** Noise per step as a multiple of `clip`; without it, the least that fits the budget. */
  readonly noise_multiplier?: number;
}

/** Settings that reach the benchmark accuracies on data of ten thousand to a million rows. */
export const tabularDefaults: TabularSettings = {
  kind: "tabular-mlp",
  hidden: [64, 32],
  epochs: 20,
  batch_size: 256,
  learning_rate: 0.002,
  patience: 4,
  weight_decay: 0.01,
  dropout: 0.1,
};

/** What every kind of training may be told about its steps. */
export interface ScheduleSettings {
  /**
   * Batches whose gradients are averaged for one step; 1 if absent. Under a privacy budget a step is one
   * sample of `accumulate` batches in expectation, with one draw of noise.
   */
  readonly accumulate?: number;
  /** Steps in which the learning rate rises to its peak. */
  readonly warmup_steps?: number;
  /** Largest Euclidean norm of all gradients together; 1 if absent. */
  readonly clip_norm?: number;
}

/** The optimiser's settings for a number of steps; `warmup` is used where the policy gives none. */
export function scheduleOf(
  settings: ScheduleSettings & { readonly learning_rate: number; readonly weight_decay?: number },
  totalSteps: number,
  warmup: number,
): OptimizerSettings {
  return {
    learningRate: settings.learning_rate,
    weightDecay: settings.weight_decay ?? 0.1,
    clipNorm: settings.clip_norm ?? 1,
    warmupSteps: Math.min(settings.warmup_steps ?? warmup, totalSteps),
    totalSteps,
  };
}
