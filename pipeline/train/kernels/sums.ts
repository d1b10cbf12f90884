import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { floats, sizeOf, type KernelArguments, type WasmBackend } from "./heap.ts";

/**
 * Sum over leading axes of float32 (the gradient of a bias) row by row; tfjs transposes first. Sums
 * over other axes go to `fallback`.
 */
export function sum(args: KernelArguments, fallback: KernelFunc): TensorInfo | TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const { axis, keepDims } = args.attrs as unknown as {
    axis: number | readonly number[] | undefined;
    keepDims: boolean;
  };
  const axes = [axis ?? []].flat().sort((a, b) => a - b);
  const leading = axes.length > 0 && axes.every((at, i) => at === i);
  if (x.dtype !== "float32" || !leading || axes.length === x.shape.length || keepDims) {
    return fallback(args);
  }
  const rest = x.shape.slice(axes.length);
  const out = backend.makeOutput(rest, "float32");
  const [values, sums] = [floats(backend, x), floats(backend, out).fill(0)];
  const width = sums.length;
  const rows = sizeOf(x.shape, 0, axes.length);
  // Eight rows at a time: the running sums are read and written an eighth as often.
  let row = 0;
  for (; row + 8 <= rows; row += 8) {
    const at = row * width;
    for (let i = 0, j = at; i < width; i++, j++) {
      sums[i]! +=
        values[j]! +
        values[j + width]! +
        (values[j + 2 * width]! + values[j + 3 * width]!) +
        (values[j + 4 * width]! + values[j + 5 * width]!) +
        (values[j + 6 * width]! + values[j + 7 * width]!);
    }
  }
  for (; row < rows; row++) {
    for (let i = 0, j = row * width; i < width; i++, j++) sums[i]! += values[j]!;
  }
  return out;
}

/**
 * The gradient of gather, which the wasm backend lacks: x (n…, rest…), segmentIds (n…) →
 * (numSegments, rest…). As in TensorFlow, an id outside of the segments is dropped.
 */
export function unsortedSegmentSum(args: KernelArguments): TensorInfo {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const segmentIds = args.inputs.segmentIds!;
  const { numSegments } = args.attrs as unknown as { numSegments: number };
  const rest = x.shape.slice(segmentIds.shape.length);
  const width = sizeOf(rest);
  const out = backend.makeOutput([numSegments, ...rest], "float32");
  const sums = floats(backend, out).fill(0);
  const values = floats(backend, x);
  for (const [i, id] of backend.typedArrayFromHeap(segmentIds).entries()) {
    if (id < 0 || id >= numSegments) continue;
    const [to, from] = [id * width, i * width];
    for (let j = 0; j < width; j++) sums[to + j]! += values[from + j]!;
  }
  return out;
}
