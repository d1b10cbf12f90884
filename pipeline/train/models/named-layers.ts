import type { Tensor, Tensors, Tf } from "../tensors.ts";
import { layerNorm } from "./attention.ts";
import { embed, linear } from "./layers.ts";

/**
 * The layers that learn something, by the names of what they learn. A network that is written in them
 * can be evaluated as it is, or with a record of what each layer was given, which leads to the
 * gradients by example.
 */
export interface Layers {
  /** Rows of a table (classes, width) at ids (n) int32: (n, width). */
  embed(table: string, ids: Tensor): Tensor;
  /** (n, in) · (in, out) + (out) → (n, out). */
  linear(x: Tensor, matrix: string, bias: string): Tensor;
  /** Each row to mean 0 and variance 1, times gain plus shift: (n, width). */
  norm(x: Tensor, gain: string, shift: string): Tensor;
  /** Likeness to each row of a table (classes, width), (n, width) → (n, classes), plus a bias. */
  project(x: Tensor, table: string, bias?: string): Tensor;
}

/** The layers as they are. */
export function plainLayers(tf: Tf, p: Tensors): Layers {
  return {
    embed: (table, ids) => embed(tf, p[table]!, ids),
    linear: (x, matrix, bias) => linear(tf, x, p[matrix]!, p[bias]!),
    norm: (x, gain, shift) => layerNorm(tf, x, p[gain]!, p[shift]!),
    project(x, table, bias) {
      const product: Tensor = tf.matMul(x, p[table] as never, false, true);
      return bias === undefined ? product : tf.add(product, p[bias]!);
    },
  };
}
