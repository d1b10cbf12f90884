import { LSTM, LSTM_GRADIENT } from "../kernels/native-lstm.ts";
import type { Tensor, Tf } from "../tensors.ts";
import { delayed, lstm } from "./lstm.ts";

/** Weights of one LSTM layer: wx (in, 4·width), wh (width, 4·width), b (4·width). */
export interface LstmWeights {
  readonly wx: Tensor;
  readonly wh: Tensor;
  readonly b: Tensor;
}

/**
 * One LSTM layer over sequences that start from zero: x (time·batch, in), time-major → h of all steps
 * (time·batch, width), by one kernel where the backend has it, else by `lstm`.
 */
export function lstmLayer(tf: Tf, x: Tensor, weights: LstmWeights, batch: number): Tensor {
  const { wx, wh, b } = weights;
  if (tf.getKernel(LSTM, tf.getBackend()) as unknown) return fused(tf, x, weights, batch);
  // The inputs of all steps are projected at once; only h·Wh is left for the loop.
  const projected = tf.add(tf.matMul(x, wx as never), b); // (time·batch, 4·width)
  return lstm(tf, projected, wh, batch);
}

function fused(tf: Tf, x: Tensor, { wx, wh, b }: LstmWeights, batch: number): Tensor {
  const steps = x.shape[0] / batch;
  const [inputs, width] = [x.shape[1]!, wh.shape[0]];
  const zeros = (): { start: Tensor; peephole: Tensor } => ({
    start: tf.zeros([batch, width]),
    peephole: tf.zeros([width]),
  });
  const layer = tf.customGrad((...given) => {
    const [x, wx, wh, b, save] = given as unknown as [
      ...[Tensor, Tensor, Tensor, Tensor],
      (tensors: Tensor[]) => void,
    ];
    const w = tf.concat([wx, wh], 0);
    const sequence = tf.reshape(x, [steps, batch, inputs]);
    const made = tf.engine().runKernel<Tensor[]>(LSTM, { x: sequence, w, b, ...zeros() });
    const value = tf.reshape(made[6]!, [steps * batch, width]);
    save([x, wx, wh, b, w, value, ...made.slice(0, 6)]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, wx, wh, b, w, h, i, c, f, o, g, tanh] = saved as Twelve;
        const kernel = tf.engine().runKernel<Tensor>(LSTM_GRADIENT, {
          ...{ i, c, f, o, g, tanh, w, b, ...zeros() },
          dy: tf.reshape(dy, [steps, batch, width]),
          x: tf.slice(x, [0, 0], [batch, inputs]),
          back: tf.transpose(swapped(tf, wh)),
        });
        const dz = swapped(tf, tf.reshape(kernel, [steps * batch, 4 * width]));
        return [
          tf.matMul(dz, wx, false, true),
          tf.matMul(x, dz, true),
          tf.matMul(delayed(tf, h, batch), dz, true),
          tf.sum(dz, 0),
        ];
      },
    };
  });
  return layer(x, wx, wh, b);
}

type Six = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
type Twelve = [...Six, ...Six];

/** Columns of four gates with the second and the third exchanged. */
function swapped(tf: Tf, x: Tensor): Tensor {
  const [first, second, third, last] = tf.split(x, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  return tf.concat([first, third, second, last], 1);
}
