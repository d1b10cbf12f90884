import type { TensorInfo } from "@tensorflow/tfjs-core";
import { floats, type KernelArguments, type WasmBackend } from "./heap.ts";

/** The name under which a backend may have the whole update of one parameter as a kernel. */
export const ADAMW = "ProbityAdamW";

/** Numbers of one AdamW step; the names are those of `optimizer.ts`. */
export type AdamwAttributes = Readonly<{
  beta1: number;
  beta2: number;
  /** Learning rate with both bias corrections. */
  size: number;
  epsilon: number;
  /** What decay leaves of the parameter. */
  kept: number;
}>;

/**
 * One AdamW step of one parameter in a single pass, where ops take fourteen: inputs `parameter`,
 * `gradient`, `first`, `second` of one shape and `scale`, a scalar by which the gradient is clipped →
 * the new parameter and moments.
 */
export function adamwKernel(args: KernelArguments): TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const { beta1, beta2, size, epsilon, kept } = args.attrs as unknown as AdamwAttributes;
  const { shape } = args.inputs.parameter!;
  // All allocated before any is viewed, as the heap may move.
  const outputs = [0, 1, 2].map(() => backend.makeOutput(shape, "float32"));
  const [parameter, first, second] = outputs.map((out) => floats(backend, out));
  const [oldParameter, oldFirst, oldSecond, gradients] = (
    ["parameter", "first", "second", "gradient"] as const
  ).map((name) => floats(backend, args.inputs[name]!));
  const scale = floats(backend, args.inputs.scale!)[0]!;
  for (let i = 0; i < gradients!.length; i++) {
    const gradient = gradients![i]! * scale;
    const m = beta1 * oldFirst![i]! + (1 - beta1) * gradient;
    const v = beta2 * oldSecond![i]! + (1 - beta2) * gradient * gradient;
    first![i] = m;
    second![i] = v;
    parameter![i] = kept * oldParameter![i]! - (size * m) / (Math.sqrt(v) + epsilon);
  }
  return outputs;
}
