import type { Random } from "../../core/types.ts";
import type { ExampleGradients } from "../privacy/example-gradients.ts";
import type { Tensor, Tensors, Tf, Weights } from "../tensors.ts";
import type { NetworkShape } from "./network.ts";

/** What decides the shape of an encoder of texts. */
export interface EncoderShape extends NetworkShape {
  /** Width of each hidden layer behind the mean of a text's tokens; an attention encoder has none. */
  readonly hidden: readonly number[];
}

/** Texts of one batch, padded at their ends to one length. */
export interface SequenceBlock {
  readonly batch: number;
  readonly time: number;
  readonly tokens: Int32Array; // (batch · time)
  /** Tokens of each text before its padding: (batch). */
  readonly lengths: Int32Array;
}

/** A network that reads a whole text at once. */
export interface Encoder {
  /** Whether a text begins with the start token, whose state stands for the whole. */
  readonly start: boolean;
  weights(shape: EncoderShape, random: Random): Weights;
  /** Log-odds of the favourable label of each text: (batch). */
  logits(
    tf: Tf,
    parameters: Tensors,
    shape: EncoderShape,
    block: SequenceBlock,
    drop: (x: Tensor) => Tensor,
  ): Tensor;
  /** Gradients by text, for private training. */
  examples(
    tf: Tf,
    parameters: Tensors,
    shape: EncoderShape,
    block: SequenceBlock,
    task: Labels,
  ): ExampleGradients;
}

/** The label of each text, 0 or 1, and the weight of its loss: (batch) each. */
export interface Labels {
  readonly labels: Tensor;
  readonly weights: Tensor;
}
