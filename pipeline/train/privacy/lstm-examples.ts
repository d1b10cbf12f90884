import { crossEntropy } from "../models/layers.ts";
import { lstm } from "../models/lstm.ts";
import type { NetworkShape, TokenBlock } from "../models/network.ts";
import type { Tensor, Tensors, Tf } from "../tensors.ts";
import type { ExampleGradients, Use } from "./example-gradients.ts";

/**
 * Gradients by sequence of `lstmLm`, of the mean loss over the tokens of each. The forward pass is that
 * of the model, with a zero added where the gradient is wanted: at the embedding and at the gate sums
 * of each layer, which both matrices of the layer and its bias lead to.
 */
export function lstmExamples(
  tf: Tf,
  p: Tensors,
  { layers, width }: NetworkShape,
  { tokens, batch, time }: TokenBlock,
  targets: Tensor,
): ExampleGradients {
  const vocabulary = p.embedding!.shape[0];
  const inputs: Tensor[] = []; // of each layer, (time·batch, width)
  let logits: Tensor | undefined;
  const probes = [
    tf.zeros([time * batch, width]),
    ...Array.from({ length: layers }, () => tf.zeros([time * batch, 4 * width])),
  ];
  const forward = (...added: Tensor[]): Tensor => {
    let x: Tensor = tf.add(tf.gather(p.embedding!, tokens as never), added[0]!);
    for (let i = 0; i < layers; i++) {
      inputs.push(tf.keep(x));
      const product = tf.add(tf.matMul(x as never, p[`wx${i}`] as never), p[`b${i}`]!);
      x = lstm(tf, tf.add(product, added[i + 1]!), p[`wh${i}`]!, batch);
    }
    inputs.push(tf.keep(x));
    logits = tf.keep(tf.add(tf.matMul(x as never, p.out as never), p.bias!));
    // Mean over the tokens of a sequence, sum over the sequences.
    return tf.div(tf.sum(crossEntropy(tf, logits, targets)), time);
  };
  const { value, grads } = tf.valueAndGrads(forward)(probes);
  const [atEmbedding, ...atGates] = grads as [Tensor, ...Tensor[]];
  const wanted = tf.cast(tf.oneHot(targets as never, vocabulary), "float32");
  const atLogits = tf.div(tf.sub(tf.softmax(logits!), wanted), time);
  // (time·batch, n) → (batch, time, n)
  const turn = (x: Tensor): Tensor =>
    tf.transpose(tf.reshape(x, [time, batch, x.shape[1]!]), [1, 0, 2]);
  const ones = tf.ones([batch, time, 1]);
  const outputs = turn(inputs[layers]!);
  const slope = turn(atLogits);
  const uses: Use[] = [
    {
      parameter: "embedding",
      ids: tf.transpose(tf.reshape(tokens, [time, batch])),
      classes: vocabulary,
      right: turn(atEmbedding),
    },
    { parameter: "out", left: outputs, right: slope },
    { parameter: "bias", left: ones, right: slope },
  ];
  for (const [i, gates] of atGates.entries()) {
    const right = turn(gates);
    const hidden = turn(inputs[i + 1]!);
    // Each step's state comes from the step before; the first one starts from zero.
    const before = tf.concat(
      [tf.zeros([batch, 1, width]), tf.slice(hidden, [0, 0, 0], [batch, time - 1, width])],
      1,
    );
    uses.push(
      { parameter: `wx${i}`, left: turn(inputs[i]!), right },
      { parameter: `wh${i}`, left: before, right },
      { parameter: `b${i}`, left: ones, right },
    );
  }
  tf.dispose([...inputs, logits!]);
  return { loss: tf.div(value, batch), uses };
}
