import { seededRandom } from "../../../pipeline/core/random.ts";
import { mlpLogits, binaryCrossEntropy } from "../../../pipeline/train/models/mlp.ts";
import { crossEntropy } from "../../../pipeline/train/models/layers.ts";
import { bert, maskedLogits } from "../../../pipeline/train/models/bert.ts";
import { encoders, networks } from "../../../pipeline/train/models/networks.ts";
import type { Tensor, Tensors, Tf, Weights } from "../../../pipeline/train/tensors.ts";
import type { Case } from "./gradient-cases.ts";

// Every model that is trained here, as a function of all its weights.

const shape = { vocabulary: 5, context: 3, width: 4, layers: 1, heads: 2, hidden: [3] };
const [batch, time] = [2, 3];
const ids = Int32Array.of(0, 4, 2, 1, 1, 3);

/** A case whose inputs are the weights of a model. */
function caseOf(
  name: string,
  weights: Weights,
  output: (tf: Tf, parameters: Tensors) => Tensor,
  unused: readonly string[] = [],
): Case {
  const used = Object.entries(weights).filter(([key]) => !unused.includes(key));
  return {
    name: `model ${name}`,
    shapes: used.map(([, weight]) => weight.shape),
    // Larger weights bend the loss too much for differences to be told from rounding.
    scale: 0.5,
    sample: 2,
    output: (tf, inputs) =>
      output(tf, Object.fromEntries(used.map(([key], i) => [key, inputs[i]!]))),
  };
}

const source = seededRandom("shapes");
export const modelCases: readonly Case[] = [
  ...(["gpt", "lstm-lm"] as const).map((kind) =>
    caseOf(kind, networks[kind].weights(shape, source), (tf, parameters) => {
      const block = { batch, time, tokens: tf.tensor1d(ids, "int32") };
      const logits = networks[kind].logits(tf, parameters, shape, block, (x) => x);
      return crossEntropy(tf, logits, tf.tensor1d([1, 0, 3, 2, 4, 1], "int32"));
    }),
  ),
  ...(["bert", "text-classifier"] as const).map((kind) =>
    caseOf(
      kind,
      encoders[kind].weights(shape, source),
      (tf, parameters) => {
        const block = { batch, time, tokens: ids, lengths: Int32Array.of(3, 2) };
        const logits = encoders[kind].logits(tf, parameters, shape, block, (x) => x);
        return binaryCrossEntropy(tf, logits, tf.tensor1d([1, 0]));
      },
      ["masked"],
    ),
  ),
  caseOf(
    "bert that guesses tokens",
    bert.weights(shape, source),
    (tf, parameters) => {
      const block = { batch, time, tokens: ids, lengths: Int32Array.of(3, 2) };
      const logits = maskedLogits(tf, parameters, shape, block, Int32Array.of(1, 4), (x) => x);
      return crossEntropy(tf, logits, tf.tensor1d([2, 0], "int32"));
    },
    ["pool", "poolb", "class", "classb"],
  ),
  ...[[], [3]].map((hidden) => {
    const widths = [4, ...hidden, 1];
    const weights = Object.fromEntries(
      widths.slice(1).flatMap((to, i) => [
        [`w${i}`, { shape: [widths[i]!, to], values: new Float32Array() }],
        [`b${i}`, { shape: [to], values: new Float32Array() }],
      ]),
    );
    return caseOf(hidden.length === 0 ? "logistic" : "tabular-mlp", weights, (tf, parameters) => {
      const rows = tf.tensor2d([1, -2, 3, 0.5, 0.3, 0.2, -1, 2, -0.4, 1, 0.7, -1.5], [3, 4]);
      return binaryCrossEntropy(tf, mlpLogits(tf, parameters, rows), tf.tensor1d([1, 0, 1]));
    });
  }),
];
