import { binaryCrossEntropy } from "../models/mlp.ts";
import type { Tensor, Tensors, Tf } from "../tensors.ts";

/** Rows of one step: inputs (rows, width), labels and weights (rows). */
export interface Examples {
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly weights: Tensor;
}
export type ClippedGradients = Readonly<{
  /** Mean weighted cross-entropy of the rows; not private, so it must not be released. */
  loss: Tensor;
  /** Sum over the rows of the row's gradient, scaled down to a norm of at most `clip`. */
  sums: Tensors;
  /** The norm of each row's gradient before that, (rows). */
  norms: Tensor;
}>;

/**
 * Per-example gradients of a perceptron (`mlpLogits` with `binaryCrossEntropy`), clipped and summed.
 *
 * The gradient of one row by a matrix is the outer product of the layer's input x and the gradient d
 * by its output, so its squared norm is |x|²·|d|² and the clipped sum over rows is Xᵀ·(c ⊙ D): exact,
 * in two passes of matrix products, without ever storing one gradient per row (Goodfellow 2015).
 */
export function clippedGradients(
  tf: Tf,
  parameters: Tensors,
  { inputs, labels, weights }: Examples,
  clip: number,
): ClippedGradients {
  const layers = Object.keys(parameters).length / 2;
  return tf.tidy(() => {
    // Forward; activations[i] is the input of layer i, (rows, widths[i]).
    const activations: Tensor[] = [inputs];
    for (let i = 0; i < layers; i++) {
      const product = tf.matMul(activations[i] as never, parameters[`w${i}`] as never);
      const z = tf.add(product, parameters[`b${i}`]!);
      activations.push(i + 1 < layers ? tf.relu(z) : z);
    }
    const logits = tf.reshape(activations[layers]!, [-1]);
    const losses = binaryCrossEntropy(tf, logits, labels);
    // Backward; outputs[i] is the gradient of each row's loss by the output of layer i.
    const outputs: Tensor[] = [];
    let d = tf.expandDims(tf.mul(tf.sub(tf.sigmoid(logits), labels), weights), 1);
    let squares: Tensor | undefined;
    for (let i = layers - 1; i >= 0; i--) {
      outputs[i] = d;
      // |x|²·|d|² of the matrix and 1·|d|² of the bias.
      const ofInput = tf.add(tf.sum(tf.square(activations[i]!), 1), 1);
      const ofLayer = tf.mul(ofInput, tf.sum(tf.square(d), 1));
      squares = squares ? tf.add(squares, ofLayer) : ofLayer;
      if (i === 0) break;
      const back = tf.matMul(d, parameters[`w${i}`] as never, false, true);
      d = tf.mul(back, tf.step(activations[i]!));
    }
    const norms = tf.sqrt(squares!);
    const scale = tf.expandDims(tf.minimum(1, tf.div(clip, tf.maximum(norms, 1e-12))), 1);
    const sums: Record<string, Tensor> = {};
    for (let i = 0; i < layers; i++) {
      const scaled = tf.mul(outputs[i]!, scale);
      sums[`w${i}`] = tf.matMul(activations[i] as never, scaled, true);
      sums[`b${i}`] = tf.sum(scaled, 0);
    }
    return { loss: tf.mean(tf.mul(losses, weights)), sums, norms };
  });
}
