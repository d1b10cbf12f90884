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
    const { gates, cells, outputs } = forward(tf, zx, wh, { steps, batch, width });
    save([wh, gates, cells, outputs]);
    return {
      value: outputs,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [wh, gates, cells, outputs] = saved as [Tensor, Tensor, Tensor, Tensor];
        const dz = backward(tf, dy, { gates, cells, wh }, { steps, batch, width });
        return [dz, tf.matMul(delayed(tf, outputs, batch), dz, true)];
      },
    };
  });
  return layer(projected, recurrent);
}

/** One step: gate sums x·Wx + b (batch, 4·width), without h·Wh → the next state. */
export function lstmStep(tf: Tf, z: Tensor, recurrent: Tensor, { h, c }: LstmState): LstmState {
  const sums = tf.add(z, tf.matMul(h as never, recurrent as never));
  const [i, f, g, o] = tf.split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const kept = tf.mul(tf.sigmoid(f), c);
  const next = tf.add(kept, tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return { h: tf.mul(tf.sigmoid(o), tf.tanh(next)), c: next };
}

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
}
interface Kept {
  /** σ of all gate sums, those of the candidate doubled before: (time·batch, 4·width). */
  readonly gates: Tensor;
  readonly cells: Tensor; // (time·batch, width)
}

// With tanh(g) = 2σ(2g) − 1 one sigmoid serves all four gates.
function forward(
  tf: Tf,
  zx: Tensor,
  wh: Tensor,
  { steps, batch, width }: Sizes,
): Kept & { readonly outputs: Tensor } {
  const doubling = tf.tensor1d(
    Float32Array.from({ length: 4 * width }, (_, i) => (Math.floor(i / width) === 2 ? 2 : 1)),
  );
  const [inputs, matrix] = [tf.mul(zx, doubling), tf.mul(wh, doubling)];
  const gates: Tensor[] = [];
  const cells: Tensor[] = [];
  const outputs: Tensor[] = [];
  let h: Tensor = tf.zeros([batch, width]);
  let c: Tensor = h;
  for (let t = 0; t < steps; t++) {
    const [all, nextC, nextH] = tf.tidy(() => {
      const sums = tf.add(rowsAt(tf, inputs, t, batch), tf.matMul(h as never, matrix as never));
      const all = tf.sigmoid(sums);
      const [i, f, g, o] = tf.split(all, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const fresh = tf.mul(i, tf.sub(tf.add(g, g), 1));
      const next = tf.add(tf.mul(f, c), fresh);
      return [all, next, tf.mul(o, tf.tanh(next))] as Tensor[];
    }) as [Tensor, Tensor, Tensor];
    [c, h] = [nextC, nextH];
    gates.push(all);
    cells.push(c);
    outputs.push(h);
  }
  return { gates: tf.concat(gates), cells: tf.concat(cells), outputs: tf.concat(outputs) };
}

// Back through time: dy (time·batch, width) → the gradient by the gate sums (time·batch, 4·width).
// What does not depend on the step after is computed for all steps at once.
function backward(
  tf: Tf,
  dy: Tensor,
  { gates, cells, wh }: Kept & { readonly wh: Tensor },
  { steps, batch, width }: Sizes,
): Tensor {
  const [i, f, s, o] = tf.split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const g = tf.sub(tf.add(s, s), 1);
  const tanh = tf.tanh(cells);
  const slopeOf = (gate: Tensor): Tensor => tf.mul(gate, tf.sub(1, gate));
  // dz = [dc, dc, dc, dh] ⊙ factors, dc = dc of the step after + dh ⊙ reach.
  const factors = tf.concat(
    [
      tf.mul(g, slopeOf(i)),
      tf.mul(delayed(tf, cells, batch), slopeOf(f)),
      tf.mul(i, tf.sub(1, tf.square(g))),
      tf.mul(tanh, slopeOf(o)),
    ],
    1,
  );
  const reach = tf.mul(o, tf.sub(1, tf.square(tanh)));
  const back = tf.transpose(wh);
  const results = new Array<Tensor>(steps);
  let dhNext: Tensor = tf.zeros([batch, width]);
  let dcNext: Tensor = dhNext;
  for (let t = steps - 1; t >= 0; t--) {
    const [dz, dhBefore, dcBefore] = tf.tidy(() => {
      const dh = tf.add(rowsAt(tf, dy, t, batch), dhNext);
      const dc = tf.add(dcNext, tf.mul(dh, rowsAt(tf, reach, t, batch)));
      const dz = tf.mul(tf.concat([dc, dc, dc, dh], 1), rowsAt(tf, factors, t, batch));
      const dhBefore = tf.matMul(dz, back);
      return [dz, dhBefore, tf.mul(dc, rowsAt(tf, f, t, batch))] as Tensor[];
    }) as [Tensor, Tensor, Tensor];
    results[t] = dz;
    [dhNext, dcNext] = [dhBefore, dcBefore];
  }
  return tf.concat(results);
}

/** The rows of one step of a time-major tensor. */
function rowsAt(tf: Tf, x: Tensor, t: number, batch: number): Tensor {
  return tf.slice(x, [t * batch, 0], [batch, x.shape[1]!]);
}

/** Each step gets the rows of the step before, the first one zeros. */
export function delayed(tf: Tf, x: Tensor, batch: number): Tensor {
  const [rows, width] = x.shape as [number, number];
  return tf.concat([tf.zeros([batch, width]), tf.slice(x, [0, 0], [rows - batch, width])]);
}
