import type { LossAndGradients } from "../differentiate.ts";
import type { Tensor, Tensors, Tf } from "../tensors.ts";

/**
 * A loss that is a mean over terms, each of which is of one row of a batch alone. The gradient of a
 * batch is then the mean of the gradients of its parts, weighted with their terms.
 */
export interface Objective<B> {
  /** Whether the network lays its states out step by step (time, rows) instead of row by row. */
  readonly timeMajor: boolean;
  /** Mean loss over the terms of a batch, a scalar, with its gradients. The caller disposes both. */
  loss(tf: Tf, parameters: Tensors, batch: B, drop: (x: Tensor) => Tensor): LossAndGradients;
  rows(batch: B): number;
  terms(batch: B): number;
  /** The rows from `from` to before `to`, padded as in the whole. What it holds is its own. */
  part(batch: B, from: number, to: number): B;
}

/** Computes the parameters of a network from those in training. */
export type Expand = (trained: Tensors) => Tensors;
