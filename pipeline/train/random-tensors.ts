import type { Random } from "../core/types.ts";
import type { Tensor, Tf } from "./tensors.ts";

/** Which rows of a batch a part holds, and how the states of a network are laid out. */
export interface Rows {
  readonly from: number;
  readonly to: number;
  readonly of: number;
  /** Step by step (time, rows) instead of row by row (rows, time). */
  readonly timeMajor: boolean;
}

/**
 * A mask of `shape` that is 0 with probability `rate` and 1/(1 − rate) elsewhere, so that the mean
 * stays (Srivastava et al. 2014). Made here and not by tfjs, whose random numbers are its own. With
 * `rows`, the shape is of a part and the values are those of its rows in the mask of the whole.
 */
export function dropoutMask(
  tf: Tf,
  shape: readonly number[],
  rate: number,
  random: Random,
  rows: Rows = { from: 0, to: 1, of: 1, timeMajor: false },
): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const whole = maskValues((size / (rows.to - rows.from)) * rows.of, rate, random);
  return tf.tensor(rowsOf(whole, shape, rows), [...shape]);
}

/** Masks what it is given with fresh masks of one rate; at rate 0 it changes nothing. */
export function dropper(tf: Tf, rate: number, random: Random, rows?: Rows): (x: Tensor) => Tensor {
  return (x) => (rate === 0 ? x : tf.mul(x, dropoutMask(tf, x.shape, rate, random, rows)));
}

function maskValues(size: number, rate: number, random: Random): Float32Array {
  const kept = 1 / (1 - rate);
  const limit = rate * 0x10000;
  const values = new Float32Array(size);
  // Sixteen bits each are enough for a rate, and halve the cost.
  for (let i = 0; i < size; i += 2) {
    const bits = random.uint32();
    values[i] = (bits & 0xffff) < limit ? 0 : kept;
    if (i + 1 < size) values[i + 1] = bits >>> 16 < limit ? 0 : kept;
  }
  return values;
}

/** shape is (rows · k, …) or, step by step, (k · rows, …). */
function rowsOf(
  whole: Float32Array,
  shape: readonly number[],
  { from, to, of, timeMajor }: Rows,
): Float32Array {
  if (to - from === of) return whole;
  const steps = timeMajor ? shape[0]! / (to - from) : 1;
  const step = whole.length / steps;
  const row = step / of;
  const part = new Float32Array(steps * row * (to - from));
  for (let t = 0; t < steps; t++)
    part.set(whole.subarray(t * step + from * row, t * step + to * row), t * row * (to - from));
  return part;
}
