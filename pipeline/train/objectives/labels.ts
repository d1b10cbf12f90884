import { differentiate } from "../differentiate.ts";
import type { Encoder, EncoderShape, SequenceBlock } from "../models/encoder.ts";
import { binaryCrossEntropy } from "../models/mlp.ts";
import type { Expand, Objective } from "./objective.ts";

/** Texts with their labels (0 or 1) and the weights of their losses. */
export interface LabelledBlock {
  readonly block: SequenceBlock;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
}

/** Weighted cross-entropy of the label of each text, divided by the number of texts. */
export function labelOfText(
  encoder: Encoder,
  shape: EncoderShape,
  expand: Expand,
): Objective<LabelledBlock> {
  return {
    timeMajor: false,
    loss: (tf, parameters, { block, labels, weights }, drop) =>
      tf.tidy(() => {
        const wanted = tf.tensor1d(labels);
        const shares = tf.tensor1d(weights);
        return differentiate(tf, parameters, (named) => {
          const logits = encoder.logits(tf, expand(named), shape, block, drop);
          const losses = binaryCrossEntropy(tf, logits, wanted);
          return tf.div(tf.sum(tf.mul(losses, shares)), block.batch);
        });
      }),
    rows: ({ block }) => block.batch,
    terms: ({ block }) => block.batch,
    part: ({ block, labels, weights }, from, to) => ({
      block: partOfBlock(block, from, to),
      labels: labels.slice(from, to),
      weights: weights.slice(from, to),
    }),
  };
}

/** Some texts of a block, padded as they are. */
export function partOfBlock(
  { time, tokens, lengths }: SequenceBlock,
  from: number,
  to: number,
): SequenceBlock {
  return {
    batch: to - from,
    time,
    tokens: tokens.slice(from * time, to * time),
    lengths: lengths.slice(from, to),
  };
}
