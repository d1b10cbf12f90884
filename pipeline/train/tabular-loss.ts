import { adversaryLoss, adversaryShare, opposed, withoutAdversary } from "./adversary.ts";
import type { Backend } from "./backend.ts";
import { differentiate, type LossAndGradients } from "./differentiate.ts";
import { fairnessPenalty, type FairnessSettings } from "./fair-loss.ts";
import { binaryCrossEntropy, mlpLogits } from "./models/mlp.ts";
import type { RowSource } from "./row-window.ts";
import type { Minibatch } from "./rows.ts";
import type { TabularSettings } from "./settings.ts";
import type { Tensor, Tensors, Tf } from "./tensors.ts";

// Rows scored at once; bounds the memory that one large batch takes.
const SCORE_ROWS = 4096;

/** A step of training: a batch, the parameters, and what drops hidden units, the same at each call. */
interface Step {
  readonly backend: Backend;
  readonly settings: TabularSettings;
  readonly parameters: Tensors;
  readonly batch: Minibatch;
  readonly drop: (hidden: Tensor) => Tensor;
}

/** Σ weight · cross-entropy / rows, plus a penalty where there is one, and its gradients. */
export function weightedLoss({
  backend: { tf },
  settings,
  parameters,
  batch,
  drop,
}: Step): LossAndGradients {
  const { fairness } = settings;
  return tf.tidy(() => {
    const inputs = inputsOf(tf, batch);
    const labels = tf.tensor1d(batch.labels);
    const weights = tf.tensor1d(batch.weights);
    return differentiate(tf, withoutAdversary(parameters), (named) => {
      const logits = mlpLogits(tf, named, inputs, drop);
      const losses = binaryCrossEntropy(tf, logits, labels);
      const loss = tf.div(tf.sum(tf.mul(losses, weights)), batch.rows);
      return fairness?.kind === "penalty"
        ? tf.add(loss, fairnessPenalty(tf, fairness, logits, batch))
        : loss;
    });
  });
}

/**
 * The same against an adversary that reads the scores without dropped units, as people get
 * them; `done` is the part of the training that is over.
 */
export function adversarialLoss(
  step: Step,
  fairness: FairnessSettings,
  done: number,
): LossAndGradients {
  const { backend, parameters, batch } = step;
  const { tf } = backend;
  const adversary = tf.tidy(() => {
    const inputs = inputsOf(tf, batch);
    return differentiate(tf, parameters, (named) =>
      adversaryLoss(tf, fairness, named, mlpLogits(tf, withoutAdversary(named), inputs), batch),
    );
  });
  return opposed(tf, weightedLoss(step), adversary, adversaryShare(fairness.strength, done));
}

function inputsOf(tf: Tf, batch: Minibatch): Tensor {
  return tf.tensor2d(batch.inputs, [batch.rows, batch.inputs.length / batch.rows]);
}

/** Mean cross-entropy over rows, each with its weight. */
export async function validationLoss(
  { tf }: Backend,
  parameters: Tensors,
  rows: RowSource,
): Promise<number> {
  let sum = 0;
  let weight = 0;
  for await (const batch of rows.minibatches(SCORE_ROWS)) {
    const total = tf.tidy(() => {
      const logits = mlpLogits(tf, parameters, inputsOf(tf, batch));
      const losses = binaryCrossEntropy(tf, logits, tf.tensor1d(batch.labels));
      return tf.sum(tf.mul(losses, tf.tensor1d(batch.weights)));
    });
    sum += (await total.data())[0]!;
    for (const own of batch.weights) weight += own;
    total.dispose();
  }
  return sum / weight;
}
