import { gaussian } from "../core/random.ts";
import type { Random } from "../core/types.ts";
import type { LossAndGradients } from "./differentiate.ts";
import type { FairnessSettings } from "./fair-loss.ts";
import type { Minibatch } from "./rows.ts";
import { disposeAll, type Tensor, type Tensors, type Tf, type Weights } from "./tensors.ts";

const ADVERSARY = "adversary/";
/**
 * The adversary's weights are kept divided by this, so that an optimiser whose steps do not depend on
 * the size of gradients moves them faster than the model: it must be near its best answer all along.
 */
const GAIN = 10;

/** The adversary's own weights, a row for each thing it sees. */
export function adversaryWeights(settings: FairnessSettings, random: Random): Weights {
  const { groups } = settings;
  const row = (): Float32Array =>
    Float32Array.from({ length: groups }, () => (0.1 / GAIN) * gaussian(random));
  return {
    ...Object.fromEntries(
      Array.from({ length: seenBy(settings.constraint) }, (_, i) => [
        `${ADVERSARY}w${i}`,
        { shape: [1, groups], values: row() },
      ]),
    ),
    [`${ADVERSARY}b`]: { shape: [groups], values: new Float32Array(groups) },
  };
}

/** Two views of the score; with labels, those within each label and the label itself. */
function seenBy(constraint: FairnessSettings["constraint"]): number {
  return { demographic_parity: 2, equalized_odds: 5, equal_opportunity: 3 }[constraint];
}

/** All but the adversary's: what makes predictions. */
export function withoutAdversary<T>(named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).filter(([name]) => !name.startsWith(ADVERSARY)));
}

/**
 * How much the adversary weighs when a part `done` of the training is over: it grows from 0 to
 * `strength` over the first third, in which the model learns what to predict and the adversary whom to
 * tell apart.
 */
export function adversaryShare(strength: number, done: number): number {
  return strength * Math.min(1, 3 * done);
}

/**
 * The gradients of a step of adversarial debiasing (Zhang, Lemoine and Mitchell 2018,
 * arXiv:1801.07593, eq. 1). The adversary follows its own loss down. The model follows
 *
 *     g − proj_h g − share · h
 *
 * where g is the gradient of its own loss and h that of the adversary's loss, both by the weights of
 * the model: without the projection a step could help the adversary. Disposes what it is given.
 */
export function opposed(
  tf: Tf,
  own: LossAndGradients,
  adversary: LossAndGradients,
  share: number,
): LossAndGradients {
  const combined = tf.tidy(() => {
    const shared = Object.keys(own.gradients);
    const inner = (a: Tensors, b: Tensors): Tensor =>
      tf.addN(shared.map((name) => tf.sum(tf.mul(a[name]!, b[name]!))));
    const along = tf.div(
      inner(own.gradients, adversary.gradients),
      tf.maximum(inner(adversary.gradients, adversary.gradients), 1e-12),
    );
    const against = tf.add(along, share);
    const gradients = Object.fromEntries(
      Object.entries(adversary.gradients).map(([name, h]) => {
        const g = own.gradients[name];
        return [name, g === undefined ? tf.clone(h) : tf.sub(g, tf.mul(against, h))];
      }),
    );
    return { loss: tf.clone(own.loss), gradients };
  });
  for (const one of [own, adversary]) {
    one.loss.dispose();
    disposeAll(one.gradients);
  }
  return combined;
}

/**
 * Mean cross-entropy with which a softmax regression tells the group from the score, within the labels
 * of the constraint, which weigh the same; rows without a group say nothing.
 */
export function adversaryLoss(
  tf: Tf,
  { constraint, groups }: FairnessSettings,
  parameters: Tensors,
  logits: Tensor,
  batch: Minibatch,
): Tensor {
  const labels = tf.tensor1d(batch.labels);
  // A logit without bounds would let the adversary grow without bounds too.
  const views = [tf.tanh(tf.mul(logits, 0.25)), tf.sigmoid(logits)];
  const within = (mask: Tensor) => views.map((view) => tf.mul(view, mask));
  const features =
    constraint === "demographic_parity"
      ? views
      : constraint === "equal_opportunity"
        ? [...within(labels), labels]
        : [...within(labels), labels, ...within(tf.sub(1, labels))];
  const guesses = features.reduce<Tensor>(
    (sum, feature, i) =>
      tf.add(
        sum,
        tf.matMul(tf.reshape(feature, [-1, 1]) as never, parameters[`${ADVERSARY}w${i}`] as never),
      ),
    parameters[`${ADVERSARY}b`]!,
  );
  const truth = tf.tensor2d(truthOf(constraint, groups, batch), [batch.rows, groups]);
  return softmaxLoss(tf, tf.mul(guesses, GAIN), truth);
}

/**
 * Each row's group as shares of the loss, which sum to 1. Labels that a constraint tells apart weigh
 * the same: of the rarer one the adversary would learn, and the model unlearn, next to nothing.
 */
function truthOf(
  constraint: FairnessSettings["constraint"],
  groups: number,
  batch: Minibatch,
): Float32Array {
  const kindOf = (i: number): number =>
    batch.groups[i]! < 0 || (constraint === "equal_opportunity" && batch.labels[i] === 0)
      ? -1
      : constraint === "demographic_parity"
        ? 0
        : batch.labels[i]!;
  const rows = [0, 0];
  for (let i = 0; i < batch.rows; i++) if (kindOf(i) >= 0) rows[kindOf(i)]!++;
  const kinds = rows.filter((n) => n > 0).length;
  const truth = new Float32Array(batch.rows * groups);
  batch.groups.forEach((group, i) => {
    const kind = kindOf(i);
    if (kind >= 0) truth[i * groups + group] = 1 / kinds / rows[kind]!;
  });
  return truth;
}

/** Cross-entropy of a softmax, summed over rows; a row of zeros in `truth` has none. */
function softmaxLoss(tf: Tf, guesses: Tensor, truth: Tensor): Tensor {
  const compute = tf.customGrad((z, save) => {
    const shifted = tf.sub(z as Tensor, tf.max(z as Tensor, 1, true));
    const powers = tf.exp(shifted);
    const sums = tf.sum(powers, 1, true);
    const known = tf.sum(truth, 1, true);
    (save as (tensors: Tensor[]) => void)([tf.sub(tf.mul(tf.div(powers, sums), known), truth)]);
    return {
      value: tf.neg(tf.sum(tf.mul(truth, tf.sub(shifted, tf.log(sums))))),
      gradFunc: (dy: Tensor, [slope]: Tensor[]) => tf.mul(dy, slope!),
    };
  });
  return compute(guesses);
}
