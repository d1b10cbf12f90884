import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tf } from "../tensors.ts";

/** What we use of tfjs's wasm backend. */
export interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: TensorInfo["dtype"]): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: TensorInfo["dataId"]): boolean;
}

export type KernelArguments = Parameters<KernelFunc>[0];

/** Sets a kernel of the wasm backend, over the one that is there if any. */
export function setKernel(tf: Tf, kernelName: string, kernelFunc: KernelFunc): void {
  // tf.registerKernel warns when a name is taken.
  if (tf.getKernel(kernelName, "wasm") as unknown) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}

/**
 * The values of a float32 tensor, in place. The view is void after the next allocation, as the heap
 * may grow and move.
 */
export function floats(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** Product of the sizes from axis `from` to before axis `to`. */
export function sizeOf(shape: readonly number[], from = 0, to = shape.length): number {
  let size = 1;
  for (let i = from; i < to; i++) size *= shape[i]!;
  return size;
}
