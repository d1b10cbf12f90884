import type { Tf } from "../tensors.ts";
import { copyKernels } from "./copies.ts";
import { setKernel } from "./heap.ts";
import { batchMatMul } from "./matmul.ts";
import { sum, unsortedSegmentSum } from "./sums.ts";

let registered = false;

/**
 * Replaces the kernels of tfjs's wasm backend that are slow in training and supplies the one that it
 * lacks. Must be called once that backend is active; a second call does nothing.
 */
export function registerWasmKernels(tf: Tf): void {
  if (registered) return;
  registered = true;
  const replaced = { ...copyKernels, Sum: sum, BatchMatMul: batchMatMul };
  for (const [name, kernel] of Object.entries(replaced)) {
    const original = tf.getKernel(name, "wasm").kernelFunc;
    setKernel(tf, name, (args) => kernel(args, original));
  }
  setKernel(tf, "UnsortedSegmentSum", unsortedSegmentSum);
}
