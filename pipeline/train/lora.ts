import { gaussian } from "../core/random.ts";
import type { Random } from "../core/types.ts";
import type { Use } from "./privacy/example-gradients.ts";
import { disposeAll, toTensors } from "./tensors.ts";
import type { Tensor, Tensors, Tf, Weight, Weights } from "./tensors.ts";

/** How a fine-tune adapts matrices that stay as they are: by a product of two narrow ones. */
export interface LoraSettings {
  /** The inner width of the product. */
  readonly rank: number;
  /** The product is scaled by alpha / rank. */
  readonly alpha: number;
}

// The matrices inside the layers of a transformer and of an LSTM.
const ADAPTED = /^(?:qkv|out|up|down|wx|wh)\d+$/;

/**
 * What is trained (Hu et al. 2021): for each matrix W (rows, columns) inside a layer `W.a` (rows, rank),
 * normal, and `W.b` (rank, columns), zero, so that the first step starts from the parent; and the
 * weights that `whole` names, entire.
 */
export function adapterWeights(
  weights: Weights,
  { rank }: LoraSettings,
  whole: (name: string) => boolean,
  random: Random,
): Weights {
  const trained: Record<string, Weight> = {};
  for (const [name, weight] of Object.entries(weights)) {
    if (whole(name)) trained[name] = weight;
    if (whole(name) || !ADAPTED.test(name)) continue;
    const [rows = 0, columns = 0] = weight.shape;
    const source = random.fork(name);
    const next = (): number => gaussian(source) / Math.sqrt(rows);
    trained[`${name}.a`] = {
      shape: [rows, rank],
      values: Float32Array.from({ length: rows * rank }, next),
    };
    trained[`${name}.b`] = { shape: [rank, columns], values: new Float32Array(rank * columns) };
  }
  return trained;
}

/** Parameters of the network from the frozen ones and those in training; differentiable by the latter. */
export function adapt(
  tf: Tf,
  frozen: Tensors,
  trained: Tensors,
  { rank, alpha }: LoraSettings,
): Tensors {
  return Object.fromEntries(
    Object.entries(frozen).map(([name, weight]) => {
      const [a, b] = [trained[`${name}.a`], trained[`${name}.b`]];
      if (a === undefined || b === undefined) return [name, trained[name] ?? weight];
      const product = tf.matMul(a, b);
      return [name, tf.add<Tensor>(weight, tf.mul(product, alpha / rank))];
    }),
  );
}

/**
 * Gradients by example of the adapters from those of the matrices they adapt: with y = x·(W + s·A·B),
 * that by A is xᵀ·(s·dy·Bᵀ) and that by B is (s·x·A)ᵀ·dy. What is frozen is left out.
 */
export function adaptUses(
  tf: Tf,
  uses: readonly Use[],
  trained: Tensors,
  { rank, alpha }: LoraSettings,
): Use[] {
  const times = (x: Tensor, matrix: Tensor, turned: boolean): Tensor => {
    const [examples, time, n] = x.shape as [number, number, number];
    const product = tf.matMul(tf.reshape(x, [-1, n]), matrix, false, turned);
    return tf.mul(tf.reshape(product, [examples, time, -1]), alpha / rank);
  };
  return uses.flatMap((use): Use[] => {
    const [a, b] = [trained[`${use.parameter}.a`], trained[`${use.parameter}.b`]];
    if (a === undefined || b === undefined) return use.parameter in trained ? [use] : [];
    if (!("left" in use)) return [];
    const { parameter, left, right } = use;
    return [
      { parameter: `${parameter}.a`, left, right: times(right, b, true) },
      { parameter: `${parameter}.b`, left: times(left, a, false), right },
    ];
  });
}

/** The whole weights after training, as a model without adapters has them. */
export async function mergeAdapters(
  tf: Tf,
  weights: Weights,
  trained: Weights,
  settings: LoraSettings,
): Promise<Weights> {
  const [frozen, changed] = [toTensors(tf, weights), toTensors(tf, trained)];
  const merged: Record<string, Weight> = {};
  try {
    for (const [name, { shape }] of Object.entries(weights)) {
      const one = tf.tidy(() => tf.mul(adapt(tf, pick(frozen, name), changed, settings)[name]!, 1));
      merged[name] = { shape, values: ((await one.data()) as Float32Array).slice() };
      one.dispose();
    }
  } finally {
    disposeAll(frozen);
    disposeAll(changed);
  }
  return merged;
}

function pick(tensors: Tensors, name: string): Tensors {
  return { [name]: tensors[name]! };
}
