import type { Minibatch } from "./rows.ts";
import type { Tensor, Tf } from "./tensors.ts";

/** What training does against differences between groups, whose numbers come with the rows. */
export interface FairnessSettings {
  readonly kind: "penalty" | "adversarial";
  /** Scores are made alike over all rows, within each label, or within the favourable label. */
  readonly constraint: "demographic_parity" | "equalized_odds" | "equal_opportunity";
  /** How much it weighs beside the cross-entropy, from 0; an adversary grows to it. */
  readonly strength: number;
  /** Groups are numbered from 0 to here, exclusive; −1 is in none. */
  readonly groups: number;
}

/**
 * The squared distance of each group's mean score from that of all rows (in the manner of Zafar et al.
 * 2017, arXiv:1507.05259), summed over groups and the labels of the constraint, times the strength.
 */
export function fairnessPenalty(
  tf: Tf,
  settings: FairnessSettings,
  logits: Tensor,
  batch: Minibatch,
): Tensor {
  return tf.mul(settings.strength, penaltyOf(tf, settings, logits, batch));
}

function penaltyOf(tf: Tf, settings: FairnessSettings, logits: Tensor, batch: Minibatch): Tensor {
  const contrasts = contrastsOf(settings, batch);
  const matrix = tf.tensor2d(contrasts.flat(), [contrasts.length, batch.rows]);
  const scores = tf.reshape(tf.sigmoid(logits), [-1, 1]);
  return tf.sum(tf.square(tf.matMul(matrix, scores as never)));
}

/** What each group's mean score minus that of all rows is, as weights of the rows. */
function contrastsOf({ constraint, groups }: FairnessSettings, batch: Minibatch): number[][] {
  const among: Readonly<Record<FairnessSettings["constraint"], readonly (readonly number[])[]>> = {
    demographic_parity: [[0, 1]],
    equalized_odds: [[0], [1]],
    equal_opportunity: [[1]],
  };
  const rows = [...batch.labels.keys()];
  return among[constraint].flatMap((labels) => {
    const within = rows.map((i) => labels.includes(batch.labels[i]!));
    const all = within.filter(Boolean).length;
    return Array.from({ length: groups }, (_, g) => {
      const own = rows.map((i) => within[i]! && batch.groups[i] === g);
      const n = own.filter(Boolean).length;
      // A group without rows here says nothing in this step.
      return rows.map((i) => (n === 0 ? 0 : Number(own[i]) / n - Number(within[i]) / all));
    });
  });
}
