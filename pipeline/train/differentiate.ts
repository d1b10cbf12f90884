import type { Tensor, Tensors, Tf } from "./tensors.ts";

/**
 * Loss (a scalar) and its gradient by each parameter, on the device. A type and not an interface, as
 * tf.tidy takes only what has an index signature.
 */
export type LossAndGradients = Readonly<{ loss: Tensor; gradients: Tensors }>;

/** Evaluates a scalar loss and differentiates it by every parameter. The caller disposes both. */
export function differentiate(
  tf: Tf,
  parameters: Tensors,
  loss: (parameters: Tensors) => Tensor,
): LossAndGradients {
  const names = Object.keys(parameters);
  return tf.tidy(() => {
    const named = (values: readonly Tensor[]): Tensors =>
      Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    const both = tf.valueAndGrads((...values: Tensor[]) => loss(named(values)) as never);
    const { value, grads } = both(Object.values(parameters));
    return { loss: value, gradients: named(grads) };
  });
}
