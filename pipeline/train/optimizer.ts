import { ADAMW, type AdamwAttributes } from "./kernels/adamw.ts";
import type { Tensor, Tensors, Tf } from "./tensors.ts";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface OptimizerSettings {
  /** Learning rate at the peak, after the warm-up. */
  readonly learningRate: number;
  /** Decoupled decay of matrices; vectors (biases, gains) are not decayed. */
  readonly weightDecay: number;
  /** Largest Euclidean norm of all gradients together; `Infinity` for no clipping. */
  readonly clipNorm: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/** First and second moments of AdamW, one tensor per parameter. */
export interface Moments {
  first: Record<string, Tensor>;
  second: Record<string, Tensor>;
}

/** Moments of zero for fresh parameters. The caller disposes them. */
export function zeroMoments(tf: Tf, parameters: Tensors): Moments {
  const zeros = (): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, tensor]) => [name, tf.zerosLike(tensor)]),
    );
  return { first: zeros(), second: zeros() };
}

/** Linear warm-up to the peak, then a cosine down to a tenth of it (Loshchilov and Hutter 2017). */
export function learningRateAt(step: number, settings: OptimizerSettings): number {
  const { learningRate, warmupSteps, totalSteps } = settings;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const done = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return learningRate * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019). Returns the parameters after `step` (from 0) and
 * replaces the moments; the old parameters, old moments and `gradients` are disposed.
 */
export function adamw(
  tf: Tf,
  parameters: Tensors,
  gradients: Tensors,
  moments: Moments,
  step: number,
  settings: OptimizerSettings,
): Tensors {
  const rate = learningRateAt(step, settings);
  // The bias corrections are folded into the step size and epsilon, which saves two tensors each.
  const root = Math.sqrt(1 - BETA2 ** (step + 1));
  const size = (rate * root) / (1 - BETA1 ** (step + 1));
  const scale = Number.isFinite(settings.clipNorm)
    ? clipScale(tf, gradients, settings.clipNorm)
    : tf.scalar(1);
  const fused = tf.getKernel(ADAMW, tf.getBackend()) as unknown;
  const next: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const decay = parameter.rank >= 2 ? rate * settings.weightDecay : 0;
    const attributes: AdamwAttributes = {
      beta1: BETA1,
      beta2: BETA2,
      size,
      epsilon: EPSILON * root,
      kept: 1 - decay,
    };
    const inputs = {
      parameter,
      gradient: gradients[name]!,
      first: moments.first[name]!,
      second: moments.second[name]!,
      scale,
    };
    const [value, first, second] = fused
      ? tf.engine().runKernel<Tensor[]>(ADAMW, inputs, attributes)
      : stepOf(tf, inputs, attributes);
    tf.dispose([inputs.first, inputs.second, parameter, inputs.gradient]);
    moments.first[name] = first!;
    moments.second[name] = second!;
    next[name] = value!;
  }
  scale.dispose();
  return next;
}

/** One parameter by ops, on backends that do not have it as a kernel. */
function stepOf(
  tf: Tf,
  inputs: Readonly<Record<"parameter" | "gradient" | "first" | "second" | "scale", Tensor>>,
  { beta1, beta2, size, epsilon, kept }: AdamwAttributes,
): Tensor[] {
  return tf.tidy(() => {
    const gradient = tf.mul(inputs.gradient, inputs.scale);
    const first = tf.add(tf.mul(inputs.first, beta1), tf.mul(gradient, 1 - beta1));
    const second = tf.add(tf.mul(inputs.second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const move = tf.div(tf.mul(first, size), tf.add(tf.sqrt(second), epsilon));
    return [tf.sub(tf.mul(inputs.parameter, kept), move), first, second];
  });
}

/** min(1, limit / norm) of all gradients together, as a scalar on the device. */
function clipScale(tf: Tf, gradients: Tensors, limit: number): Tensor {
  return tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    const norm = tf.sqrt(tf.addN(squares));
    return tf.minimum(1, tf.div(limit, tf.maximum(norm, 1e-12)));
  });
}
