import { addRows } from "../models/layers.ts";
import type { Tensor, Tensors, Tf } from "../tensors.ts";

/**
 * A place where a network uses a parameter of shape (r, c): the gradient of example i by it is
 * Σ_t left[i, t]ᵀ · right[i, t], with left (examples, time, r) and right (examples, time, c). Of a table
 * whose rows are looked up, `ids` (examples, time) int32 says which, in place of rows of zeros with a
 * one in them; `classes` is r. A vector of c numbers counts as (1, c). A parameter may be used in
 * several places.
 */
export type Use =
  | Readonly<{ parameter: string; left: Tensor; right: Tensor }>
  | Readonly<{ parameter: string; ids: Tensor; classes: number; right: Tensor }>;

/** What clipping needs to know of the examples of a step, without a gradient stored for each. */
export type ExampleGradients = Readonly<{
  /** Mean loss of the examples; not private, so it must not be released. */
  loss: Tensor;
  uses: readonly Use[];
}>;

/**
 * Squared norm of each example's gradient by each parameter, (examples). Exact: ‖Σ_t lᵀr‖² is
 * Σ_{t,u} (l_t·l_u)(r_t·r_u), which costs time² instead of r·c numbers an example where that is less
 * (Goodfellow 2015; Li et al. 2022, section 4).
 */
export function squaredNorms(tf: Tf, uses: readonly Use[]): Tensors {
  return Object.fromEntries(
    [...byParameter(uses)].map(([name, own]) => [name, squaredNorm(tf, own)]),
  );
}

/**
 * Σ over the examples of scale · gradient, for each parameter in its shape: one matrix product of all
 * examples and steps. `scales` holds a factor for each example, (examples), by parameter.
 */
export function scaledSums(
  tf: Tf,
  uses: readonly Use[],
  scales: (parameter: string) => Tensor,
  parameters: Tensors,
): Tensors {
  return Object.fromEntries(
    [...byParameter(uses)].map(([name, own]) => {
      const scale = tf.reshape(scales(name), [-1, 1, 1]);
      const sums = own.map((use): Tensor => {
        const right = flat(tf, tf.mul(use.right, scale));
        return "ids" in use
          ? addRows(tf, right, tf.reshape(use.ids, [-1]), use.classes)
          : tf.matMul(flat(tf, use.left), right, true);
      });
      return [
        name,
        tf.reshape(sums.length === 1 ? sums[0]! : tf.addN(sums), parameters[name]!.shape),
      ];
    }),
  );
}

function byParameter(uses: readonly Use[]): Map<string, Use[]> {
  const grouped = new Map<string, Use[]>();
  for (const use of uses) grouped.set(use.parameter, [...(grouped.get(use.parameter) ?? []), use]);
  return grouped;
}

function squaredNorm(tf: Tf, uses: readonly Use[]): Tensor {
  const columns = uses[0]!.right.shape[2]!;
  const rows = rowsOf(uses[0]!);
  const time = uses.reduce((sum, { right }) => sum + right.shape[1]!, 0);
  const [only] = uses;
  if (time === 1 && only && "left" in only) {
    return tf.mul(norms(tf, only.left), norms(tf, only.right));
  }
  if (rows === 1 || time * time > rows * columns) {
    return norms(
      tf,
      uses.length === 1 ? whole(tf, uses[0]!) : tf.addN(uses.map((use) => whole(tf, use))),
    );
  }
  // The gradient by a parameter used twice is the sum of both, so their products count too.
  const products = uses.flatMap((one, i) =>
    uses.slice(i).map((other, j) => {
      const product = inner(tf, one, other);
      return j === 0 ? product : tf.mul(product, 2);
    }),
  );
  // Rounding can bring a norm of nearly 0 below 0.
  return tf.relu(products.length === 1 ? products[0]! : tf.addN(products));
}

function rowsOf(use: Use): number {
  return "ids" in use ? use.classes : use.left.shape[2]!;
}

/** Σ of squares of each example: (examples, a, b) → (examples). */
function norms(tf: Tf, x: Tensor): Tensor {
  return tf.sum(tf.square(x), [1, 2]);
}

/** The gradient of each example by one use: (examples, r, c). */
function whole(tf: Tf, use: Use): Tensor {
  if ("left" in use) return tf.matMul<Tensor>(use.left, use.right, true);
  if (use.classes === 1) return tf.sum(use.right, 1, true);
  const left = tf.cast(tf.oneHot(use.ids as never, use.classes), "float32");
  return tf.matMul<Tensor>(left, use.right, true);
}

/** Inner product of each example's gradients by two uses: (examples). */
function inner(tf: Tf, one: Use, other: Use): Tensor {
  const rights = tf.matMul<Tensor>(one.right, other.right, false, true); // (examples, time, time′)
  return tf.sum(tf.mul(lefts(tf, one, other), rights), [1, 2]);
}

/** l_t · l′_u for all places of two uses: (examples, time, time′). */
function lefts(tf: Tf, one: Use, other: Use): Tensor {
  if ("left" in one) {
    return "left" in other
      ? tf.matMul(one.left, other.left, false, true)
      : tf.transpose(lefts(tf, other, one), [0, 2, 1]);
  }
  const [examples, time] = one.ids.shape as [number, number];
  const ids = tf.reshape(one.ids, [examples, time, 1]);
  if ("ids" in other) {
    const same = tf.equal(ids, tf.reshape(other.ids, [examples, 1, -1]));
    return tf.cast(same, "float32");
  }
  // The element of l′_u at the id of place t.
  const places = other.left.shape[1]!;
  const starts = Int32Array.from({ length: examples * places }, (_, i) => i * one.classes);
  const at = tf.add(ids, tf.tensor3d(starts, [examples, 1, places], "int32"));
  const found = tf.gather(tf.reshape(other.left, [-1]), tf.reshape(at, [-1]));
  return tf.reshape(found, [examples, time, places]);
}

/** (examples, time, n) → (examples · time, n) */
function flat(tf: Tf, x: Tensor): Tensor {
  return tf.reshape(x, [-1, x.shape[2]!]);
}
