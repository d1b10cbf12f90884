import type { Tensor, Tf } from "../tensors.ts";

/** What a layer carries from one step to the next, each (batch, width). */
export interface LstmState {
  readonly h: Tensor;
  readonly c: Tensor;
}

/**
 * One LSTM layer over a sequence that starts from zero (Hochreiter and Schmidhuber 1997, with the
 * forget gate of Gers 2000): projected (time·batch, 4·width), time-major, holds x·Wx + b for all
 * steps; recurrent (width, 4·width) → h of all steps (time·batch, width). Gates in the order input,
 * forget, candidate, output.
 *
 * The backward pass is written out: op by op, tfjs would keep and differentiate ten times as many
 * tensors.
 */
export function lstm(tf: Tf, projected: Tensor, recurrent: Tensor, batch: number): Tensor {
  const steps = projected.shape[0] / batch;
  const width = recurrent.shape[0];
  const layer = tf.customGrad((...inputs) => {
    const [zx, wh, save] = inputs as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    const gates: Tensor[] = [];
    const cells: Tensor[] = [];
    const outputs: Tensor[] = [];
    let state: LstmState = { h: tf.zeros([batch, width]), c: tf.zeros([batch, width]) };
    for (let t = 0; t < steps; t++) {
      const z = tf.slice(zx, [t * batch, 0], [batch, 4 * width]);
      const step = lstmStep(tf, z, wh, state);
      state = step;
      gates.push(step.gates);
      cells.push(state.c);
      outputs.push(state.h);
    }
    const h = tf.concat(outputs, 0);
    save([zx, wh, tf.concat(gates, 0), tf.concat(cells, 0), h]);
    return {
      value: h,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [, wh, gates, cells, h] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
        const dz = backward(tf, dy, { gates, cells, wh, steps, batch });
        // h of the step before: zeros, then all but the last.
        const before = tf.concat([
          tf.zeros([batch, width]),
          tf.slice(h, [0, 0], [(steps - 1) * batch, width]),
        ]);
        return [dz, tf.matMul(before, dz, true)];
      },
    };
  });
  return layer(projected, recurrent);
}

/** One step: projected input z (batch, 4·width) → the next state and the gates after activation. */
export function lstmStep(
  tf: Tf,
  z: Tensor,
  recurrent: Tensor,
  { h, c }: LstmState,
): LstmState & { readonly gates: Tensor } {
  const sums = tf.add(z, tf.matMul(h as never, recurrent as never));
  const [zi, zf, zg, zo] = tf.split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const [i, f, g, o] = [tf.sigmoid(zi), tf.sigmoid(zf), tf.tanh(zg), tf.sigmoid(zo)];
  const next = tf.add(tf.mul(f, c), tf.mul(i, g));
  return { h: tf.mul(o, tf.tanh(next)), c: next, gates: tf.concat([i, f, g, o], 1) };
}

interface Kept {
  readonly gates: Tensor; // (time·batch, 4·width)
  readonly cells: Tensor; // (time·batch, width)
  readonly wh: Tensor; // (width, 4·width)
  readonly steps: number;
  readonly batch: number;
}

// Back through time: dy (time·batch, width) → the gradient by the gate sums (time·batch, 4·width).
function backward(tf: Tf, dy: Tensor, { gates, cells, wh, steps, batch }: Kept): Tensor {
  const width = wh.shape[0];
  const back = tf.transpose(wh);
  const at = (x: Tensor, t: number): Tensor => tf.slice(x, [t * batch, 0], [batch, x.shape[1]!]);
  const zeros = tf.zeros([batch, width]);
  const results: Tensor[] = new Array<Tensor>(steps);
  let dh: Tensor = zeros;
  let dc: Tensor = zeros;
  for (let t = steps - 1; t >= 0; t--) {
    const [step, dhNext, dcNext] = tf.tidy(() => {
      const [i, f, g, o] = tf.split(at(gates, t), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const tanh = tf.tanh(at(cells, t));
      const before = t === 0 ? zeros : at(cells, t - 1);
      const dht = tf.add(at(dy, t), dh);
      const dct = tf.add(dc, tf.mul(tf.mul(dht, o), tf.sub(1, tf.square(tanh))));
      const sigmoidSlope = (s: Tensor): Tensor => tf.mul(s, tf.sub(1, s));
      const dz = tf.concat(
        [
          tf.mul(tf.mul(dct, g), sigmoidSlope(i)),
          tf.mul(tf.mul(dct, before), sigmoidSlope(f)),
          tf.mul(tf.mul(dct, i), tf.sub(1, tf.square(g))),
          tf.mul(tf.mul(dht, tanh), sigmoidSlope(o)),
        ],
        1,
      );
      return [dz, tf.matMul(dz, back), tf.mul(dct, f)] as Tensor[];
    }) as [Tensor, Tensor, Tensor];
    results[t] = step;
    dh = dhNext;
    dc = dcNext;
  }
  return tf.concat(results, 0);
}
