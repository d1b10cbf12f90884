import type { Tensor, Tf } from "../tensors.ts";

/** Cross-entropy of each row in nats: logits (n, classes), targets (n) int32 → (n). */
export function crossEntropy(tf: Tf, logits: Tensor, targets: Tensor): Tensor {
  const classes = logits.shape[1]!;
  // The gradient softmax − one-hot is written out; through logSoftmax it takes twice the passes.
  const compute = tf.customGrad((z, save) => {
    const input = z as Tensor;
    const oneHot = tf.cast(tf.oneHot(targets as never, classes), "float32");
    const probabilities = tf.softmax(input);
    // The likeliest class has probability 1/Σ e^(z − max), which gives the sum without another exp.
    const peak = tf.sub(tf.max(input, 1), tf.log(tf.max(probabilities, 1)));
    (save as (tensors: Tensor[]) => void)([tf.sub(probabilities, oneHot)]);
    return {
      value: tf.sub(peak, tf.sum(tf.mul(input, oneHot), 1)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, tf.expandDims(dy, 1)),
    };
  });
  return compute(logits);
}

/** Rows of a table: table (classes, width), ids (n) int32 → (n, width). */
export function embed(tf: Tf, table: Tensor, ids: Tensor): Tensor {
  const classes = table.shape[0];
  const lookUp = tf.customGrad((t, save) => {
    (save as (tensors: Tensor[]) => void)([ids]);
    return {
      value: tf.gather(t as Tensor, ids),
      gradFunc: (dy: Tensor, [places]: Tensor[]) => addRows(tf, dy, places!, classes),
    };
  });
  return lookUp(table);
}

/** Sums rows that have the same id: rows (n, width), ids (n) int32 → (classes, width). */
export function addRows(tf: Tf, rows: Tensor, ids: Tensor, classes: number): Tensor {
  // The webgpu backend has no UnsortedSegmentSum.
  return (tf.getKernel("UnsortedSegmentSum", tf.getBackend()) as unknown)
    ? tf.unsortedSegmentSum(rows, ids as never, classes)
    : tf.matMul(tf.cast(tf.oneHot(ids as never, classes), "float32"), rows, true);
}

/** (n, in) · (in, out) + (out) → (n, out). */
export function linear(tf: Tf, x: Tensor, matrix: Tensor, bias: Tensor): Tensor {
  return tf.add(tf.matMul(x as never, matrix as never), bias);
}
