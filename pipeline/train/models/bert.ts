import { gaussian } from "../../core/random.ts";
import type { ExampleGradients } from "../privacy/example-gradients.ts";
import { recordedExamples } from "../privacy/recorded-layers.ts";
import type { Tensor, Tensors, Tf, Weight } from "../tensors.ts";
import type { Encoder, EncoderShape, SequenceBlock } from "./encoder.ts";
import { crossEntropy, embed } from "./layers.ts";
import { binaryCrossEntropy } from "./mlp.ts";
import { plainLayers, type Layers } from "./named-layers.ts";
import { transform, transformerWeights } from "./transformer.ts";

/** Parameters that only the classifier has, and the one that only the guessing of masked tokens has. */
export const classifierNames: readonly string[] = ["pool", "poolb", "class", "classb"];
export const maskedName = "masked";

/**
 * Bidirectional transformer (Devlin et al. 2019, with the norms before each part): the weights of
 * `transformer.ts`, then `masked` (vocabulary), the bias of guessed tokens, and for classification
 * `pool` (width, width) with bias over the state of the start token, and `class` (width, 1) with bias.
 */
export const bert: Encoder = {
  start: true,

  weights(shape, random) {
    const source = random.fork("bert");
    const { vocabulary, width } = shape;
    const normal = (rows: number, columns: number): Weight => ({
      shape: [rows, columns],
      values: Float32Array.from({ length: rows * columns }, () => 0.02 * gaussian(source)),
    });
    const zeros = (size: number): Weight => ({ shape: [size], values: new Float32Array(size) });
    return {
      ...transformerWeights(shape, source),
      [maskedName]: zeros(vocabulary),
      pool: normal(width, width),
      poolb: zeros(width),
      class: normal(width, 1),
      classb: zeros(1),
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
  shape: EncoderShape,
  block: SequenceBlock,
  drop: (x: Tensor) => Tensor,
): Tensor {
  const { batch, time } = block;
  const states = encode(tf, layers, shape, block, drop); // (batch·time, width)
  const starts = Int32Array.from({ length: batch }, (_, i) => i * time);
  const whole = embed(tf, states, tf.tensor1d(starts, "int32")); // (batch, width)
  const pooled = tf.tanh(layers.linear(whole, "pool", "poolb"));
  return tf.reshape(layers.linear(drop(pooled), "class", "classb"), [batch]);
}

/** Logits of the tokens at `places` (indices into batch·time): (places, vocabulary). */
export function maskedLogits(
  tf: Tf,
  p: Tensors,
  shape: EncoderShape,
  block: SequenceBlock,
  places: Int32Array,
  drop: (x: Tensor) => Tensor,
): Tensor {
  return maskedBy(tf, plainLayers(tf, p), shape, block, places, drop);
}

/**
 * Gradients by text of the mean cross-entropy of its hidden tokens. `places`, `targets` and `shares` hold
 * as many for each text, (batch · n); a share is 1 / (hidden tokens of the text), or 0 for a place that
 * fills up.
 */
export function maskedExamples(
  tf: Tf,
  p: Tensors,
  shape: EncoderShape,
  block: SequenceBlock,
  hidden: {
    readonly places: Int32Array;
    readonly targets: Int32Array;
    readonly shares: Float32Array;
  },
): ExampleGradients {
  return recordedExamples(tf, p, block.batch, (layers) => {
    const logits = maskedBy(tf, layers, shape, block, hidden.places, (x) => x);
    const losses = crossEntropy(tf, logits, tf.tensor1d(hidden.targets, "int32"));
    const weighed = tf.mul(losses, tf.tensor1d(hidden.shares));
    return tf.sum(tf.reshape(weighed, [block.batch, -1]), 1);
  });
}

function maskedBy(
  tf: Tf,
  layers: Layers,
  shape: EncoderShape,
  block: SequenceBlock,
  places: Int32Array,
  drop: (x: Tensor) => Tensor,
): Tensor {
  const states = encode(tf, layers, shape, block, drop);
  const hidden = embed(tf, states, tf.tensor1d(places, "int32")); // (places, width)
  return layers.project(hidden, "tokens", maskedName);
}

function encode(
  tf: Tf,
  layers: Layers,
  shape: EncoderShape,
  { batch, time, tokens, lengths }: SequenceBlock,
  drop: (x: Tensor) => Tensor,
): Tensor {
  // −1e9 where the column is padding: (batch·heads, 1, time).
  const { heads } = shape;
  const mask = Float32Array.from({ length: batch * heads * time }, (_, i) =>
    i % time < lengths[Math.floor(i / (heads * time))]! ? 0 : -1e9,
  );
  const block = { batch, time, tokens: tf.tensor1d(tokens, "int32") };
  return transform(tf, layers, shape, block, drop, tf.tensor3d(mask, [batch * heads, 1, time]));
}
