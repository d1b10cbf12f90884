import { attend, gelu, layerNorm } from "../../../pipeline/train/models/attention.ts";
import { crossEntropy, embed } from "../../../pipeline/train/models/layers.ts";
import { lstmLayer } from "../../../pipeline/train/models/lstm-layer.ts";
import { lstm } from "../../../pipeline/train/models/lstm.ts";
import { binaryCrossEntropy, mlpLogits } from "../../../pipeline/train/models/mlp.ts";
import type { Tensor, Tf } from "../../../pipeline/train/tensors.ts";
import { gaussian, seededRandom } from "../../../pipeline/core/random.ts";

/** One function of tensors whose gradients are checked on every backend. */
export interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  /** Standard deviation of the inputs; 1 if absent. */
  readonly scale?: number;
  /** How many elements of each input are held against differences; all if absent. */
  readonly sample?: number;
  readonly output: (tf: Tf, inputs: readonly Tensor[]) => Tensor;
}

const at = (inputs: readonly Tensor[], i: number): never => inputs[i] as never;
export const cases: readonly Case[] = [
  {
    name: "matMul",
    shapes: [
      [3, 5],
      [5, 2],
    ],
    output: (tf, x) => tf.matMul(at(x, 0), at(x, 1)),
  },
  {
    name: "matMul AᵀB",
    shapes: [
      [5, 3],
      [5, 2],
    ],
    output: (tf, x) => tf.matMul(at(x, 0), at(x, 1), true),
  },
  {
    name: "matMul ABᵀ",
    shapes: [
      [3, 5],
      [2, 5],
    ],
    output: (tf, x) => tf.matMul(at(x, 0), at(x, 1), false, true),
  },
  {
    name: "matMul AᵀBᵀ",
    shapes: [
      [5, 3],
      [2, 5],
    ],
    output: (tf, x) => tf.matMul(at(x, 0), at(x, 1), true, true),
  },
  {
    name: "batched matMul",
    shapes: [
      [4, 3, 5],
      [4, 5, 2],
    ],
    output: (tf, x) => tf.matMul(at(x, 0), at(x, 1)),
  },
  {
    name: "batched matMul ABᵀ",
    shapes: [
      [2, 2, 3, 5],
      [2, 2, 4, 5],
    ],
    output: (tf, x) => tf.matMul(at(x, 0), at(x, 1), false, true),
  },
  {
    name: "broadcast add and multiply",
    shapes: [[3, 4], [4], [3, 1]],
    output: (tf, x) => tf.mul(tf.add(x[0]!, x[1]!), x[2]!),
  },
  {
    name: "divide",
    shapes: [[3, 4], [4]],
    output: (tf, x) => tf.div(x[0]!, tf.add(tf.square(x[1]!), 1)),
  },
  {
    name: "sum, mean, reshape, transpose",
    shapes: [[2, 3, 4]],
    output: (tf, x) =>
      tf.mul(tf.sum(tf.transpose(x[0]!, [2, 0, 1]), 0), tf.mean(tf.reshape(x[0]!, [4, 2, 3]), [0])),
  },
  {
    name: "exp, tanh, sigmoid, abs, relu, log1p",
    shapes: [[12]],
    output: (tf, x) =>
      tf.add(
        tf.mul(tf.tanh(x[0]!), tf.sigmoid(x[0]!)),
        tf.log1p(tf.exp(tf.neg(tf.abs(tf.relu(x[0]!))))),
      ),
  },
  {
    name: "embed",
    shapes: [[6, 3]],
    output: (tf, x) => embed(tf, x[0]!, tf.tensor1d([1, 5, 1, 0], "int32")),
  },
  {
    name: "crossEntropy",
    shapes: [[4, 5]],
    output: (tf, x) => crossEntropy(tf, x[0]!, tf.tensor1d([0, 4, 2, 2], "int32")),
  },
  {
    name: "attention",
    shapes: [[2 * 5, 3 * 6]],
    output: (tf, x) => attend(tf, x[0]!, { batch: 2, time: 5, heads: 2, width: 6 }),
  },
  {
    name: "layerNorm",
    shapes: [[3, 6], [6], [6]],
    output: (tf, x) => layerNorm(tf, x[0]!, x[1]!, x[2]!),
  },
  { name: "gelu", shapes: [[3, 6]], output: (tf, x) => gelu(tf, x[0]!) },
  {
    name: "lstm",
    shapes: [
      [6, 12],
      [3, 12],
    ],
    output: (tf, x) => lstm(tf, x[0]!, x[1]!, 2),
  },
  ...[1, 3].map((steps) => ({
    name: `lstm layer of ${steps} steps`,
    shapes: [[2 * steps, 4], [4, 12], [3, 12], [12]],
    output: (tf: Tf, [x, wx, wh, b]: readonly Tensor[]): Tensor =>
      lstmLayer(tf, x!, { wx: wx!, wh: wh!, b: b! }, 2),
  })),
  {
    name: "lstm of one step",
    shapes: [
      [2, 12],
      [3, 12],
    ],
    output: (tf, x) => lstm(tf, x[0]!, x[1]!, 2),
  },
  {
    name: "two-layer perceptron",
    shapes: [[4, 5], [5], [5, 1], [1]],
    output: (tf: Tf, [w0, b0, w1, b1]: readonly Tensor[]): Tensor => {
      const inputs = tf.tensor2d([1, -2, 3, 0.5, 0.3, 0.2, -1, 2], [2, 4]);
      const logits = mlpLogits(tf, { w0: w0!, b0: b0!, w1: w1!, b1: b1! }, inputs);
      return binaryCrossEntropy(tf, logits, tf.tensor1d([1, 0]));
    },
  },
];

/** Random inputs of a case, the same each time. */
export function inputsOf({ name, shapes, scale = 1 }: Case): Float32Array[] {
  const random = seededRandom(name);
  return shapes.map((shape) =>
    Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, () => scale * gaussian(random)),
  );
}

/** The output along a random direction, so that every element of it counts. */
export function objective(tf: Tf, { name, output }: Case, inputs: readonly Tensor[]): Tensor {
  const out = output(tf, inputs);
  const direction = seededRandom(`${name} out`);
  const weights = Float32Array.from({ length: out.size }, () => gaussian(direction));
  return tf.sum(tf.mul(tf.reshape(out, [-1]), tf.tensor1d(weights)));
}

/** Inputs on the device. */
export function place(tf: Tf, { shapes }: Case, data: readonly Float32Array[]): Tensor[] {
  return data.map((x, i) => tf.tensor(x.slice(), [...shapes[i]!]));
}
