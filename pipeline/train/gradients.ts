import type { GradConfig } from "@tensorflow/tfjs-core";
import type { Tensor, Tf } from "./tensors.ts";

/**
 * Registers the derivatives of the kernels that our models use. The bundle of tfjs-core that Node
 * loads comes without any, and its separate files cannot be imported from an ES module. A kernel
 * without one throws when it is differentiated.
 */
export function registerGradients(tf: Tf): void {
  for (const config of gradientsOf(tf)) {
    // tf.registerGradient warns when a name is taken, as it is where a binding brings its own.
    if ((tf.getGradient(config.kernelName) as unknown) === undefined) tf.registerGradient(config);
  }
}

type Rule = (
  dy: Tensor,
  saved: readonly Tensor[],
  attributes: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, () => Tensor>>;

function gradientsOf(tf: Tf): GradConfig[] {
  const none: Rule = (dy) => ({ x: () => dy });
  // Each line: kernel, inputs kept, whether the output is kept after them, dy → gradients.
  return [
    rule("Identity", [], false, none),
    rule("Cast", [], false, none),
    rule("Reshape", ["x"], false, (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) })),
    rule("ExpandDims", ["input"], false, (dy, [x]) => ({
      input: () => tf.reshape(dy, x!.shape),
    })),
    rule("Neg", [], false, (dy) => ({ x: () => tf.neg(dy) })),
    rule("Abs", ["x"], false, (dy, [x]) => ({ x: () => tf.mul(dy, tf.sign(x!)) })),
    rule("Exp", [], true, (dy, [y]) => ({ x: () => tf.mul(dy, y!) })),
    rule("Log1p", ["x"], false, (dy, [x]) => ({ x: () => tf.div(dy, tf.add(x!, 1)) })),
    rule("Square", ["x"], false, (dy, [x]) => ({ x: () => tf.mul(dy, tf.mul(x!, 2)) })),
    rule("Relu", ["x"], false, (dy, [x]) => ({ x: () => tf.mul(dy, tf.step(x!)) })),
    rule("Tanh", [], true, (dy, [y]) => ({
      x: () => tf.mul(dy, tf.sub(1, tf.square(y!))),
    })),
    rule("Sigmoid", [], true, (dy, [y]) => ({
      x: () => tf.mul(dy, tf.mul(y!, tf.sub(1, y!))),
    })),
    rule("Add", ["a", "b"], false, (dy, [a, b]) => ({
      a: () => sumTo(tf, dy, a!.shape),
      b: () => sumTo(tf, dy, b!.shape),
    })),
    rule("Sub", ["a", "b"], false, (dy, [a, b]) => ({
      a: () => sumTo(tf, dy, a!.shape),
      b: () => tf.neg(sumTo(tf, dy, b!.shape)),
    })),
    rule("Multiply", ["a", "b"], false, (dy, [a, b]) => ({
      a: () => sumTo(tf, tf.mul(dy, b!), a!.shape),
      b: () => sumTo(tf, tf.mul(dy, a!), b!.shape),
    })),
    rule("RealDiv", ["a", "b"], false, (dy, [a, b]) => ({
      a: () => sumTo(tf, tf.div(dy, b!), a!.shape),
      b: () => tf.neg(sumTo(tf, tf.div(tf.mul(dy, a!), tf.square(b!)), b!.shape)),
    })),
    rule("Sum", ["x"], false, (dy, [x], { axis }) => ({
      x: () => tf.mul(tf.reshape(dy, keptShape(x!, axis)), tf.onesLike(x!)),
    })),
    rule("Mean", ["x"], false, (dy, [x], { axis }) => ({
      x: () => {
        const scaled = tf.mul(dy, dy.size / x!.size);
        return tf.mul(tf.reshape(scaled, keptShape(x!, axis)), tf.onesLike(x!));
      },
    })),
    rule("Transpose", [], false, (dy, _, { perm }) => ({
      x: () => tf.transpose(dy, inverse(perm as readonly number[])),
    })),
    rule("BatchMatMul", ["a", "b"], false, (dy, [a, b], attributes) =>
      matMulGradients(tf, [dy, a!, b!], attributes),
    ),
  ];
}

function rule(
  kernelName: string,
  inputsToSave: string[],
  keepsOutput: boolean,
  gradients: Rule,
): GradConfig {
  return {
    kernelName,
    inputsToSave,
    outputsToSave: keepsOutput ? [true] : [],
    gradFunc: (dy, saved, attributes) => gradients(dy as Tensor, saved, attributes),
  };
}

/** Sums what broadcasting has repeated, so that a gradient has the shape of its input. */
function sumTo(tf: Tf, x: Tensor, shape: readonly number[]): Tensor {
  const lead = x.rank - shape.length;
  const axes = x.shape.map((_, i) => i).filter((i) => i < lead || shape[i - lead] !== x.shape[i]);
  return axes.length === 0 ? x : tf.reshape(tf.sum(x, axes), [...shape]);
}

/** The shape of `x` with the reduced axes kept as 1; without an axis all are reduced. */
function keptShape(x: Tensor, axis: unknown): number[] {
  const given = axis === undefined || axis === null ? x.shape.map((_, i) => i) : [axis].flat();
  const reduced = new Set(given.map((i) => ((i as number) + x.rank) % x.rank));
  return x.shape.map((n, i) => (reduced.has(i) ? 1 : n));
}

function inverse(perm: readonly number[]): number[] {
  const back: number[] = [];
  for (const [to, from] of perm.entries()) back[from] = to;
  return back;
}

// With C = A·B: dA = dC·Bᵀ and dB = Aᵀ·dC; a transposed operand has the transposed gradient.
function matMulGradients(
  tf: Tf,
  [dy, a, b]: [Tensor, Tensor, Tensor],
  attributes: Readonly<Record<string, unknown>>,
): Record<string, () => Tensor> {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  const product = (x: Tensor, y: Tensor, turnX: boolean, turnY: boolean): Tensor =>
    tf.matMul(x, y, turnX, turnY);
  return {
    a: () => (transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB)),
    b: () => (transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false)),
  };
}
