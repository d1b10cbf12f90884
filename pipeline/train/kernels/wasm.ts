import type { KernelFunc } from "@tensorflow/tfjs-core";
import type { Tf } from "../tensors.ts";
import { ADAMW, adamwKernel } from "./adamw.ts";
import { copyKernels } from "./copies.ts";
import { setKernel } from "./heap.ts";
import { batchMatMul } from "./matmul.ts";
import { sum, unsortedSegmentSum } from "./sums.ts";

// tfjs's own kernels under their names, once they have been replaced.
const originals = new Map<string, KernelFunc>();

/**
 * Replaces the kernels of tfjs's wasm backend that are slow in training and supplies the one that it
 * lacks. Must be called once that backend is active.
 */
export function registerWasmKernels(tf: Tf): void {
  const replacements = { ...copyKernels, Sum: sum, BatchMatMul: batchMatMul };
  for (const [name, kernel] of Object.entries(replacements)) {
    const original = originals.get(name) ?? tf.getKernel(name, "wasm").kernelFunc;
    originals.set(name, original);
    setKernel(tf, name, (args) => kernel(args, original));
  }
  setKernel(tf, "UnsortedSegmentSum", unsortedSegmentSum);
  setKernel(tf, ADAMW, adamwKernel);
}

/** Puts tfjs's own kernels back, but leaves the one that it lacks: what benchmarks compare with. */
export function restoreWasmKernels(tf: Tf): void {
  for (const [name, original] of originals) setKernel(tf, name, original);
  if (tf.getKernel(ADAMW, "wasm") as unknown) tf.unregisterKernel(ADAMW, "wasm");
}
