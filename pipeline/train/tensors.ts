import type * as tfjs from "@tensorflow/tfjs-core";

/** The module `@tensorflow/tfjs-core`; it is loaded lazily, so it travels as a value. */
export type Tf = typeof tfjs;
export type Tensor = tfjs.Tensor;
/** The trainable tensors of a model under their names. The order of the names is part of the model. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A tensor off the device: float32 values in row-major order. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
export type Weights = Readonly<Record<string, Weight>>;

/** Copies weights to the device. The caller disposes the result. */
export function toTensors(tf: Tf, weights: Weights): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { shape, values }] of Object.entries(weights)) {
    // A copy, as the CPU backends keep the array that they are given.
    tensors[name] = tf.tensor(values.slice(), [...shape], "float32");
  }
  return tensors;
}

/** Copies tensors back from the device. */
export async function toWeights(tensors: Tensors): Promise<Weights> {
  const weights: Record<string, Weight> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const values = (await tensor.data()) as Float32Array;
    weights[name] = { shape: [...tensor.shape], values: values.slice() };
  }
  return weights;
}

/** Frees the memory of every tensor of a record. */
export function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** How many numbers the weights hold. */
export function countParameters(weights: Weights): number {
  return Object.values(weights).reduce((sum, { values }) => sum + values.length, 0);
}
