import { gaussian } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import type { Tensor, Tensors, Tf, Weight, Weights } from "../tensors.ts";
import { plainLayers, type Layers } from "./named-layers.ts";

/**
 * Weights of a perceptron with layers of the given widths: `w0` (widths[0] × widths[1]), `b0`
 * (widths[1]), `w1`, … Normal with variance 2/fan-in (He et al. 2015), the last layer 1/fan-in.
 */
export function mlpWeights(widths: readonly number[], random: Random): Weights {
  const weights: Record<string, Weight> = {};
  for (let i = 0; i + 1 < widths.length; i++) {
    const [rows, columns] = [widths[i]!, widths[i + 1]!];
    const layer = random.fork(`layer ${i}`);
    const deviation = Math.sqrt((i + 2 < widths.length ? 2 : 1) / rows);
    const values = Float32Array.from({ length: rows * columns }, () => deviation * gaussian(layer));
    weights[`w${i}`] = { shape: [rows, columns], values };
    weights[`b${i}`] = { shape: [columns], values: new Float32Array(columns) };
  }
  return weights;
}

/**
 * Logits of a perceptron with ReLU between its layers: (rows, inputs) → (rows). `drop` masks the
 * activations of one hidden layer during training.
 */
export function mlpLogits(
  tf: Tf,
  parameters: Tensors,
  inputs: Tensor,
  drop: (hidden: Tensor, layer: number) => Tensor = (hidden) => hidden,
): Tensor {
  const count = Object.keys(parameters).length / 2;
  return perceptron(tf, plainLayers(tf, parameters), count, inputs, drop);
}

/** The same in named layers, of which there are `count`. */
export function perceptron(
  tf: Tf,
  layers: Layers,
  count: number,
  inputs: Tensor,
  drop: (hidden: Tensor, layer: number) => Tensor,
): Tensor {
  let x = inputs;
  for (let i = 0; i < count; i++) {
    x = layers.linear(x, `w${i}`, `b${i}`); // (rows, in) · (in, out) + (out) → (rows, out)
    if (i + 1 < count) x = drop(tf.relu(x), i);
  }
  return tf.reshape(x, [-1]); // (rows, 1) → (rows)
}

/**
 * Cross-entropy of each row in nats, for logits z and labels y in {0, 1}: log(1 + e^−z) where y = 1,
 * log(1 + e^z) where y = 0, written so that no exponential overflows. Its derivative σ(z) − y is given,
 * as that of the parts is wrong at z = 0, where a row lands whose hidden units are all off.
 */
export function binaryCrossEntropy(tf: Tf, logits: Tensor, labels: Tensor): Tensor {
  const compute = tf.customGrad((z, save) => {
    const input = z as Tensor;
    (save as (tensors: Tensor[]) => void)([tf.sub(tf.sigmoid(input), labels)]);
    const tail = tf.log1p(tf.exp(tf.neg(tf.abs(input))));
    return {
      value: tf.add(tf.sub(tf.relu(input), tf.mul(input, labels)), tail),
      gradFunc: (dy: Tensor, [slope]: Tensor[]) => tf.mul(dy, slope!),
    };
  });
  return compute(logits);
}
