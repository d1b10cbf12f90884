import { gaussian } from "../../core/random.ts";
import { recordedExamples } from "../privacy/recorded-layers.ts";
import type { Tensor, Tf } from "../tensors.ts";
import type { Encoder, EncoderShape, SequenceBlock } from "./encoder.ts";
import { binaryCrossEntropy, mlpWeights, perceptron } from "./mlp.ts";
import { plainLayers, type Layers } from "./named-layers.ts";

/**
 * Deep averaging network (Iyyer et al. 2015): the mean of the embeddings of a text's tokens through a
 * perceptron. Weights: `embedding` (vocabulary, width), then those of the perceptron.
 */
export const textClassifier: Encoder = {
  start: false,

  weights({ vocabulary, width, hidden }, random) {
    const source = random.fork("text-classifier");
    const values = Float32Array.from({ length: vocabulary * width }, () => 0.1 * gaussian(source));
    return {
      embedding: { shape: [vocabulary, width], values },
      ...mlpWeights([width, ...hidden, 1], source),
    };
  },

  logits: (tf, p, shape, block, drop) => logitsOf(tf, plainLayers(tf, p), shape, block, drop),

  examples: (tf, p, shape, block, { labels, weights }) =>
    recordedExamples(tf, p, block.batch, (layers) => {
      const logits = logitsOf(tf, layers, shape, block, (x) => x);
      return tf.mul(binaryCrossEntropy(tf, logits, labels), weights);
    }),
};

/** Log-odds of the favourable label of each text: (batch). */
function logitsOf(
  tf: Tf,
  layers: Layers,
  { width, hidden }: EncoderShape,
  { batch, time, tokens, lengths }: SequenceBlock,
  drop: (x: Tensor) => Tensor,
): Tensor {
  // 1/length at each token and 0 at padding, so that a sum is the mean; a text may be empty.
  const shares = Float32Array.from({ length: batch * time }, (_, i) => {
    const length = lengths[Math.floor(i / time)]!;
    return i % time < length ? 1 / length : 0;
  });
  const states = layers.embed("embedding", tf.tensor1d(tokens, "int32")); // (batch·time, width)
  const weighed = tf.mul(states, tf.tensor2d(shares, [batch * time, 1]));
  const mean = tf.sum(tf.reshape(weighed, [batch, time, width]), 1); // (batch, width)
  return perceptron(tf, layers, hidden.length + 1, drop(mean), drop);
}
