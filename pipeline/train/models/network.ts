import type { Random } from "../../core/types.ts";
import type { ExampleGradients } from "../privacy/example-gradients.ts";
import type { Tensor, Tensors, Tf, Weights } from "../tensors.ts";

/** What decides the shape of a language network. */
export interface NetworkShape {
  /** How many token ids there are. */
  readonly vocabulary: number;
  /** Longest sequence that it is trained on. */
  readonly context: number;
  readonly width: number;
  readonly layers: number;
  /** Attention heads; of no use to a recurrent network. */
  readonly heads: number;
}

/** Token ids of several sequences of one length, in the order that the network asks for. */
export interface TokenBlock {
  readonly tokens: Tensor; // (batch · time) int32
  readonly batch: number;
  readonly time: number;
}

/** A network that predicts the next token. */
export interface Network {
  /** Whether blocks are laid out step by step (time, batch) instead of text by text (batch, time). */
  readonly timeMajor: boolean;
  weights(shape: NetworkShape, random: Random): Weights;
  /** Logits of the token after each one: (batch · time, vocabulary), in the order of the block. */
  logits(
    tf: Tf,
    parameters: Tensors,
    shape: NetworkShape,
    block: TokenBlock,
    drop: (x: Tensor) => Tensor,
  ): Tensor;
  /** Gradients by sequence, of the mean loss of its tokens, for private training. */
  readonly examples: (
    tf: Tf,
    parameters: Tensors,
    shape: NetworkShape,
    block: TokenBlock,
    targets: Tensor,
  ) => ExampleGradients;
  /** Reads one text token by token, keeping what it needs of the past. */
  reader(tf: Tf, parameters: Tensors, shape: NetworkShape): Reader;
}

/** Reads one text. `dispose` frees what it keeps, not the parameters. */
export interface Reader {
  /** Takes the next tokens of the text; returns the logits after the last. */
  read(tokens: readonly number[]): Promise<Float32Array>;
  dispose(): void;
}
