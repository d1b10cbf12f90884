import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { floats, sizeOf, type KernelArguments, type WasmBackend } from "./heap.ts";
import { transposeMatrix } from "./transpose.ts";

/**
 * Kernels that only move values, for float32. tfjs's own compute an index per element; these copy
 * the longest runs that stay together. Other types go to `fallback`.
 */
export const copyKernels: Readonly<
  Record<string, (args: KernelArguments, fallback: KernelFunc) => TensorInfo | TensorInfo[]>
> = { Slice: slice, SplitV: splitV, Concat: concat, GatherV2: gather, Transpose: transpose };

function slice(args: KernelArguments, fallback: KernelFunc): TensorInfo | TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const { begin, size } = args.attrs as unknown as Record<"begin" | "size", number[] | number>;
  if (x.dtype !== "float32" || typeof begin === "number" || typeof size === "number") {
    return fallback(args);
  }
  const rank = x.shape.length;
  const from = x.shape.map((_, i) => begin[i] ?? 0);
  const shape = x.shape.map((n, i) => ((size[i] ?? -1) < 0 ? n - from[i]! : size[i]!));
  const valid = shape.every((n, i) => n >= 0 && from[i]! >= 0 && from[i]! + n <= x.shape[i]!);
  if (!valid) return fallback(args);
  const out = backend.makeOutput(shape, "float32");
  if (sizeOf(shape) === 0) return out;
  const [source, target] = [floats(backend, x), floats(backend, out)];
  // Axes after `last` are whole, so a run spans them all.
  let last = rank - 1;
  while (last > 0 && shape[last] === x.shape[last]) last--;
  const run = rank === 0 ? 1 : sizeOf(shape, last);
  const inner = sizeOf(x.shape, last + 1);
  const runs = sizeOf(shape) / run;
  for (let i = 0; i < runs; i++) {
    let rest = i;
    let at = (from[last] ?? 0) * inner;
    let stride = sizeOf(x.shape, last);
    for (let axis = last - 1; axis >= 0; axis--) {
      at += ((rest % shape[axis]!) + from[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= x.shape[axis]!;
    }
    copy(source, at, target, i * run, run);
  }
  return out;
}

function splitV(args: KernelArguments, fallback: KernelFunc): TensorInfo | TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const { numOrSizeSplits, axis } = args.attrs as unknown as {
    numOrSizeSplits: number | readonly number[];
    axis: number;
  };
  const along = (axis + x.shape.length) % x.shape.length;
  if (x.dtype !== "float32" || typeof numOrSizeSplits !== "number") return fallback(args);
  const width = x.shape[along]! / numOrSizeSplits;
  return Array.from({ length: numOrSizeSplits }, (_, i) => {
    const begin = x.shape.map((_, j) => (j === along ? i * width : 0));
    const size = x.shape.map((n, j) => (j === along ? width : n));
    return slice({ inputs: { x }, backend, attrs: { begin, size } }, fallback) as TensorInfo;
  });
}

function concat(args: KernelArguments, fallback: KernelFunc): TensorInfo | TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const parts = Object.values(args.inputs).map((part) => part!);
  const { axis } = args.attrs as unknown as { axis: number };
  if (parts.some(({ dtype }) => dtype !== "float32")) return fallback(args);
  const { shape } = parts[0]!;
  const along = (axis + shape.length) % shape.length;
  const total = parts.reduce((sum, part) => sum + part.shape[along]!, 0);
  const joined = shape.map((n, i) => (i === along ? total : n));
  const out = backend.makeOutput(joined, "float32");
  const target = floats(backend, out);
  const rows = sizeOf(shape, 0, along);
  const width = sizeOf(joined, along);
  let offset = 0;
  for (const part of parts) {
    const source = floats(backend, part);
    const run = sizeOf(part.shape, along);
    for (let row = 0; row < rows; row++) {
      copy(source, row * run, target, row * width + offset, run);
    }
    offset += run;
  }
  return out;
}

function gather(args: KernelArguments, fallback: KernelFunc): TensorInfo | TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const indices = args.inputs.indices!;
  const { axis, batchDims } = args.attrs as unknown as { axis: number; batchDims: number };
  const simple = x.dtype === "float32" && indices.dtype === "int32" && axis === 0 && !batchDims;
  if (!simple) return fallback(args);
  const out = backend.makeOutput([...indices.shape, ...x.shape.slice(1)], "float32");
  const [source, target] = [floats(backend, x), floats(backend, out)];
  const places = backend.typedArrayFromHeap(indices);
  const run = sizeOf(x.shape, 1);
  for (const [i, place] of places.entries()) {
    if (place < 0 || place >= x.shape[0]!) {
      backend.disposeData(out.dataId);
      throw new RangeError(`gather: index ${place} is outside of [0, ${x.shape[0]})`);
    }
    copy(source, place * run, target, i * run, run);
  }
  return out;
}

/** Of matrices, and of the middle axes of four: (a, b, c, d) → (a, c, b, d). */
function transpose(args: KernelArguments, fallback: KernelFunc): TensorInfo | TensorInfo[] {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const { perm } = args.attrs as unknown as { perm: readonly number[] };
  const order = perm.join();
  if (x.dtype !== "float32" || (order !== "1,0" && order !== "0,2,1,3")) return fallback(args);
  const out = backend.makeOutput(
    perm.map((axis) => x.shape[axis]!),
    "float32",
  );
  const [source, target] = [floats(backend, x), floats(backend, out)];
  if (order === "1,0") {
    transposeMatrix(source, target, x.shape[0]!, x.shape[1]!);
    return out;
  }
  const [a, b, c, d] = x.shape as [number, number, number, number];
  for (let i = 0, to = 0; i < a; i++) {
    for (let k = 0; k < c; k++) {
      for (let j = 0; j < b; j++, to += d) copy(source, ((i * b + j) * c + k) * d, target, to, d);
    }
  }
  return out;
}

/** A short run is copied by a loop, as a call for it would cost more than the copying. */
function copy(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  length: number,
): void {
  if (length > 64) target.set(source.subarray(from, from + length), to);
  else for (let i = 0; i < length; i++) target[to + i] = source[from + i]!;
}
