import { setImmediate as yieldToEvents } from "node:timers/promises";
import { PipelineError } from "../core/error.ts";
import type { Progress, Random } from "../core/types.ts";
import type { Backend } from "./backend.ts";
import { earlierLosses, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { EpochRecord, State } from "./checkpoint.ts";
import type { LossAndGradients } from "./differentiate.ts";
import type { Workers } from "./parallel/gradients.ts";
import { adamw, learningRateAt, zeroMoments, type OptimizerSettings } from "./optimizer.ts";
import { disposeAll, toTensors, toWeights, type Tensors, type Tf } from "./tensors.ts";
import type { Weights } from "./tensors.ts";

/** All that training may touch. */
export interface TrainContext {
  readonly backend: Backend;
  /** Seeded and recorded: initial weights, shuffles, dropout. */
  readonly random: Random;
  /** From the system, never replayed: privacy noise and private sampling. */
  readonly entropy: Random;
  readonly signal: AbortSignal;
  progress(event: Progress): void;
  /** Threads that work on one batch; one if absent. */
  readonly workers?: Workers;
  /** Told what private training may spend before its first step; refuses by throwing. */
  reserve?(planned: { readonly epsilon: number; readonly delta: number }): void;
  /** Takes numbers of a step for whoever watches the training. */
  readonly log?: (step: number, values: Readonly<Record<string, number>>) => void;
  /** Where the state after each epoch is kept; the bytes hold weights and must be sealed. */
  readonly checkpoint?: {
    load(): Promise<Uint8Array | undefined>;
    save(bytes: Uint8Array): Promise<void>;
  };
}

/** What is trained. Every random choice is a fork by epoch or step, so a position is a number. */
export interface Problem<B> {
  /** Names what must be equal for a checkpoint to fit: architecture, settings, data. */
  readonly fingerprint: string;
  readonly initial: Weights;
  /** The fingerprints of the phases before and after this one, where training has two. */
  readonly previous?: string;
  readonly next?: string;
  /** Losses of the phase before this one. */
  readonly earlier?: readonly EpochRecord[];
  readonly epochs: number;
  /** Epochs without a better validation loss before it stops. */
  readonly patience: number;
  /** Which weights are the result: those of the best validation loss, or those of the last step. */
  readonly keep: "best" | "last";
  readonly optimizer: OptimizerSettings;
  /** The batches of one epoch; the same each time it is called. */
  batches(epoch: number): AsyncIterable<B>;
  /** `place` counts the batches from the first one of the training. */
  loss(parameters: Tensors, batch: B, place: number): LossAndGradients | Promise<LossAndGradients>;
  /** Batches whose gradients are averaged for one step; 1 if absent. */
  readonly accumulate?: number;
  /** Tokens of a batch, where it has any. */
  tokens?(batch: B): number;
  /** Mean loss over the validation rows. */
  validate(parameters: Tensors): Promise<number>;
}

/** The best weights by validation loss, and the losses on the way there. */
export interface Trained {
  readonly weights: Weights;
  readonly history: readonly EpochRecord[];
  /** Steps taken, over all resumptions. */
  readonly steps: number;
}

/**
 * Trains until the epochs are over or patience is lost. With a checkpoint it
 * goes on after the last finished epoch and ends with the weights of an undisturbed run, bit for
 * bit. Throws `training` when the loss is no longer finite, leaving the last good checkpoint.
 */
export async function trainLoop<B>(problem: Problem<B>, context: TrainContext): Promise<Trained> {
  const { tf } = context.backend;
  const saved = await context.checkpoint?.load();
  const over = problem.next && saved ? earlierLosses(saved, problem.next) : undefined;
  // The phase after this one has begun, and its checkpoint has all that this one gave it.
  if (over) return { weights: problem.initial, history: over, steps: 0 };
  const state = begin(problem, saved);
  const began = performance.now();
  let tokens = 0;
  let parameters = toTensors(tf, state.weights);
  const moments = state.moments
    ? {
        first: { ...toTensors(tf, state.moments.first) },
        second: { ...toTensors(tf, state.moments.second) },
      }
    : zeroMoments(tf, parameters);
  try {
    while (!isOver(state, problem)) {
      const train = await runEpoch();
      const validation = await problem.validate(parameters);
      if (!Number.isFinite(validation)) throw explosion(state.epoch, undefined);
      state.history.push({ epoch: state.epoch + 1, train, validation });
      state.weights = await toWeights(parameters);
      if (validation < state.best.loss) {
        state.best = { loss: validation, weights: state.weights };
        state.stale = 0;
      } else state.stale++;
      state.epoch++;
      context.log?.(state.step, { "loss/train": train, "loss/validation": validation });
      if (context.checkpoint) {
        state.moments = {
          first: await toWeights(moments.first),
          second: await toWeights(moments.second),
        };
        await context.checkpoint.save(saveCheckpoint(problem.fingerprint, state, problem.earlier));
      }
    }
  } finally {
    disposeAll(parameters);
    disposeAll(moments.first);
    disposeAll(moments.second);
  }
  const weights = problem.keep === "best" ? state.best.weights : state.weights;
  return { weights, history: state.history, steps: state.step };

  async function runEpoch(): Promise<number> {
    let sum = 0;
    let count = 0;
    let rested = performance.now();
    const share = problem.accumulate ?? 1;
    let pending: LossAndGradients["gradients"] | undefined;
    let waiting = 0;
    const step = (): void => {
      if (pending === undefined) return;
      const gradients = waiting === 1 ? pending : scaled(tf, pending, 1 / waiting);
      pending = undefined;
      waiting = 0;
      parameters = adamw(tf, parameters, gradients, moments, state.step, problem.optimizer);
      state.step++;
    };
    try {
      for await (const batch of problem.batches(state.epoch)) {
        if (context.signal.aborted) throw new PipelineError("interrupted", "training was stopped");
        const place = state.step * share + waiting;
        const { loss, gradients } = await problem.loss(parameters, batch, place);
        const value = (await loss.data())[0]!;
        loss.dispose();
        if (!Number.isFinite(value)) {
          disposeAll(gradients);
          throw explosion(state.epoch, count);
        }
        pending = pending === undefined ? gradients : added(tf, pending, gradients);
        waiting++;
        sum += value;
        count++;
        tokens += problem.tokens?.(batch) ?? 0;
        if (waiting === share) step();
        // Single losses of private training would be a release that nobody accounts for.
        if (count % LOG_EVERY === 0 && problem.keep === "best") {
          const rate = learningRateAt(state.step, problem.optimizer);
          context.log?.(state.step, { "loss/step": value, learning_rate: rate });
        }
        // Training on a CPU backend never waits, so signals and timers need an opening.
        if (performance.now() - rested > 50) {
          const speed = Math.round((1000 * tokens) / (performance.now() - began));
          context.progress({
            stage: "train",
            done: state.step,
            total: problem.optimizer.totalSteps,
            unit: "steps",
            note: `epoch ${state.epoch + 1}, loss ${(sum / count).toFixed(4)}${speed > 0 ? `, ${speed.toLocaleString("en")} tokens/s` : ""}`,
          });
          await yieldToEvents();
          rested = performance.now();
        }
      }
      // The last step of an epoch may rest on fewer batches.
      step();
    } finally {
      if (pending !== undefined) disposeAll(pending);
    }
    return count === 0 ? 0 : sum / count;
  }
}

/** Batches between two records of the loss. */
const LOG_EVERY = 10;

function added(tf: Tf, a: Tensors, b: Tensors): Tensors {
  const sums = Object.fromEntries(Object.keys(a).map((name) => [name, tf.add(a[name]!, b[name]!)]));
  disposeAll(a);
  disposeAll(b);
  return sums;
}

function scaled(tf: Tf, gradients: Tensors, by: number): Tensors {
  const all = Object.entries(gradients).map(([name, one]) => [name, tf.mul(one, by)] as const);
  disposeAll(gradients);
  return Object.fromEntries(all);
}

function begin<B>(problem: Problem<B>, saved: Uint8Array | undefined): State {
  const former = problem.previous && saved ? earlierLosses(saved, problem.previous) : undefined;
  if (saved && !former) return loadCheckpoint(saved, problem.fingerprint, problem.initial);
  return {
    epoch: 0,
    step: 0,
    stale: 0,
    weights: problem.initial,
    moments: undefined,
    best: { loss: Infinity, weights: problem.initial },
    history: [],
  };
}

function isOver<B>(state: State, problem: Problem<B>): boolean {
  return state.epoch >= problem.epochs || state.stale >= problem.patience;
}

function explosion(epoch: number, batch: number | undefined): PipelineError {
  const where = batch === undefined ? "on the validation rows" : `at batch ${batch + 1}`;
  return new PipelineError(
    "training",
    `the loss is not a finite number in epoch ${epoch + 1}, ${where}`,
    { hint: "lower learning_rate; the checkpoint of the last good epoch is kept" },
  );
}
