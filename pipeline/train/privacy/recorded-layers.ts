import { layerNorm } from "../models/attention.ts";
import { linear } from "../models/layers.ts";
import type { Layers } from "../models/named-layers.ts";
import type { Tensor, Tensors, Tf } from "../tensors.ts";
import type { ExampleGradients, Use } from "./example-gradients.ts";

type Save = (tensors: Tensor[]) => void;

/** What a layer was given and the gradient by what it gave, (n, …) each, kept until the end. */
interface Record {
  readonly parameter: string;
  /** Absent where it is one everywhere. */
  readonly left?: Tensor;
  /** In place of `left`: the row of a table that each place took. */
  readonly ids?: Tensor;
  readonly right: Tensor;
}

/**
 * Gradients by example of a network written in named layers. `losses` evaluates it and returns the
 * loss of each example, (examples); every layer must get the rows of an example together, and of each
 * example as many: (examples · time, …).
 *
 * One backward pass: each layer notes its input and the gradient by its output there, of which its
 * parameters' gradients are products. That pass takes no gradient by a parameter.
 */
export function recordedExamples(
  tf: Tf,
  p: Tensors,
  examples: number,
  losses: (layers: Layers) => Tensor,
): ExampleGradients {
  const records: Record[] = [];
  const forward = (seed: Tensor): Tensor =>
    tf.sum(losses(recordingLayers(tf, p, seed, (one) => records.push(one))));
  // Every example's loss depends on its own rows alone, so the sum has the gradients of all.
  const { value } = tf.valueAndGrads(forward)([tf.scalar(0)]);
  // (examples · time, n) → (examples, time, n)
  const apart = (x: Tensor): Tensor => tf.reshape(x, [examples, -1, x.shape[1]!]);
  const uses = records.map(({ parameter, left, ids, right }): Use => {
    const slope = apart(right);
    if (ids) {
      const classes = p[parameter]!.shape[0];
      return { parameter, ids: tf.reshape(ids, [examples, -1]), classes, right: slope };
    }
    return {
      parameter,
      left: left ? apart(left) : tf.ones([examples, slope.shape[1]!, 1]),
      right: slope,
    };
  });
  for (const { left, ids, right } of records)
    for (const tensor of [left, ids, right]) tensor?.dispose();
  return { loss: tf.div(value, examples), uses };
}

/** `seed` is a zero that the embeddings depend on, so that there is something to differentiate by. */
function recordingLayers(tf: Tf, p: Tensors, seed: Tensor, record: (one: Record) => void): Layers {
  // A copy, as the pass frees its own gradients as soon as it has passed them on.
  const kept = (x: Tensor): Tensor => tf.keep(tf.clone(x));
  return {
    embed(table, places) {
      const ids = kept(places);
      const lookUp = tf.customGrad(() => ({
        value: tf.gather(p[table]!, places as never),
        gradFunc: (dy: Tensor) => {
          record({ parameter: table, ids, right: kept(dy) });
          return tf.zeros([]);
        },
      }));
      return lookUp(seed);
    },

    linear(x, matrix, bias) {
      const layer = tf.customGrad((input, save) => {
        (save as Save)([input as Tensor]);
        return {
          value: linear(tf, input as Tensor, p[matrix]!, p[bias]!),
          gradFunc: (dy: Tensor, [input]: Tensor[]) => {
            const right = kept(dy);
            record({ parameter: matrix, left: kept(input!), right });
            record({ parameter: bias, right: kept(dy) });
            return tf.matMul(dy, p[matrix] as never, false, true);
          },
        };
      });
      return layer(x);
    },

    norm(x, gain, shift) {
      const width = p[gain]!.size;
      const normal = layerNorm(tf, x, tf.ones([width]), tf.zeros([width]));
      const scaled = tf.customGrad((input, save) => {
        (save as Save)([input as Tensor]);
        return {
          value: tf.add(tf.mul(input as Tensor, p[gain]!), p[shift]!),
          gradFunc: (dy: Tensor, [input]: Tensor[]) => {
            record({ parameter: gain, right: tf.keep(tf.mul(dy, input!)) });
            record({ parameter: shift, right: kept(dy) });
            return tf.mul(dy, p[gain]!);
          },
        };
      });
      return scaled(normal);
    },

    project(x, table, bias) {
      const layer = tf.customGrad((input, save) => {
        (save as Save)([input as Tensor]);
        const product: Tensor = tf.matMul(input as never, p[table] as never, false, true);
        return {
          value: bias === undefined ? product : tf.add(product, p[bias]!),
          gradFunc: (dy: Tensor, [input]: Tensor[]) => {
            record({ parameter: table, left: kept(dy), right: kept(input!) });
            if (bias !== undefined) record({ parameter: bias, right: kept(dy) });
            return tf.matMul(dy, p[table] as never);
          },
        };
      });
      return layer(x);
    },
  };
}
