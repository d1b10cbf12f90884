import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tf } from "../tensors.ts";
import { transposeMatrix } from "./transpose.ts";

/** What we use of tfjs's wasm backend. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: "float32"): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: TensorInfo["dataId"]): boolean;
}

/** The heap's view of a tensor. It is void after the next allocation, as the heap may grow. */
type Heap = Float32Array<ArrayBuffer>;

let registered = false;

/**
 * Replaces the kernels of tfjs's wasm backend that are slow in training and supplies those that it
 * lacks. Must be called once that backend is active; a second call does nothing.
 *
 * - `BatchMatMul`: its transposed and batched forms run a naive loop, ten times slower than XNNPACK;
 *   here operands are transposed first and batches multiplied one by one.
 * - `UnsortedSegmentSum`: the gradient of gather, missing.
 * - `Transpose` of matrices: copied in blocks.
 */
export function registerWasmKernels(tf: Tf): void {
  if (registered) return;
  registered = true;
  const matMul = tf.getKernel("BatchMatMul", "wasm").kernelFunc;
  const transpose = tf.getKernel("Transpose", "wasm").kernelFunc;
  replace(tf, "BatchMatMul", (args) => batchMatMul(tf, matMul, args));
  replace(tf, "Transpose", (args) => transposeAny(transpose, args));
  replace(tf, "UnsortedSegmentSum", unsortedSegmentSum);
}

type Arguments = Parameters<KernelFunc>[0];

function replace(tf: Tf, kernelName: string, kernelFunc: KernelFunc): void {
  // tf.registerKernel warns when a name is taken.
  if (tf.getKernel(kernelName, "wasm") as unknown) tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}

function heap(backend: WasmBackend, tensor: TensorInfo): Heap {
  return backend.typedArrayFromHeap(tensor) as Heap;
}

// a: (batch, m, k) or (batch, k, m); b: (batch, k, n) or (batch, n, k); a batch of 1 is repeated.
function batchMatMul(tf: Tf, multiply: KernelFunc, args: Arguments): TensorInfo {
  const backend = args.backend as WasmBackend;
  const a = args.inputs.a!;
  const b = args.inputs.b!;
  const attrs = args.attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const { transposeA, transposeB } = attrs;
  const batchOf = (x: TensorInfo): number => x.shape.slice(0, -2).reduce((p, n) => p * n, 1);
  const batches = Math.max(batchOf(a), batchOf(b));
  if ((!transposeA && !transposeB && batches === 1) || batches === 0) return call(a, b);
  const rank = a.shape.length;
  const m = a.shape[transposeA ? rank - 1 : rank - 2]!;
  const k = a.shape[transposeA ? rank - 2 : rank - 1]!;
  const n = b.shape[transposeB ? rank - 2 : rank - 1]!;
  if (batches === 1) {
    const left = transposeA ? transposed(a, k, m) : a;
    const right = transposeB ? transposed(b, n, k) : b;
    const out = call(left, right);
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return out;
  }
  const lead = (batchOf(a) === batches ? a : b).shape.slice(0, -2);
  const out = backend.makeOutput([...lead, m, n], "float32");
  const left = backend.makeOutput([1, m, k], "float32");
  for (let i = 0; i < batches; i++) {
    const right = backend.makeOutput([1, k, n], "float32");
    load(a, batchOf(a) === 1 ? 0 : i, left, transposeA, m, k);
    load(b, batchOf(b) === 1 ? 0 : i, right, transposeB, k, n);
    const product = call(left, right);
    heap(backend, out).set(heap(backend, product), i * m * n);
    // XNNPACK keeps the packed right side under its id, so each one needs an id of its own.
    backend.disposeData(right.dataId);
    backend.disposeData(product.dataId);
  }
  backend.disposeData(left.dataId);
  return out;

  function call(x: TensorInfo, y: TensorInfo): TensorInfo {
    const plain = { transposeA: false, transposeB: false };
    return multiply({ inputs: { a: x, b: y }, backend, attrs: plain }) as TensorInfo;
  }

  function transposed(x: TensorInfo, rows: number, columns: number): TensorInfo {
    const out = backend.makeOutput([...x.shape.slice(0, -2), columns, rows], "float32");
    transposeMatrix(heap(backend, x), heap(backend, out), rows, columns);
    return out;
  }

  function load(
    from: TensorInfo,
    index: number,
    to: TensorInfo,
    turn: boolean,
    rows: number,
    columns: number,
  ): void {
    const size = rows * columns;
    const source = heap(backend, from).subarray(index * size, (index + 1) * size);
    if (turn) transposeMatrix(source, heap(backend, to), columns, rows);
    else heap(backend, to).set(source);
  }
}

function transposeAny(fallback: KernelFunc, args: Arguments): TensorInfo {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const { perm } = args.attrs as unknown as { perm: readonly number[] };
  if (x.dtype !== "float32" || x.shape.length !== 2 || perm[0] !== 1) {
    return fallback(args) as TensorInfo;
  }
  const [rows, columns] = x.shape as [number, number];
  const out = backend.makeOutput([columns, rows], "float32");
  transposeMatrix(heap(backend, x), heap(backend, out), rows, columns);
  return out;
}

// x: (n…, rest…), segmentIds: (n…) in [0, numSegments) → (numSegments, rest…)
function unsortedSegmentSum(args: Arguments): TensorInfo {
  const backend = args.backend as WasmBackend;
  const x = args.inputs.x!;
  const segmentIds = args.inputs.segmentIds!;
  const { numSegments } = args.attrs as unknown as { numSegments: number };
  const rest = x.shape.slice(segmentIds.shape.length);
  const width = rest.reduce((product, n) => product * n, 1);
  const out = backend.makeOutput([numSegments, ...rest], "float32");
  const sums = heap(backend, out).fill(0);
  const values = heap(backend, x);
  const ids = backend.typedArrayFromHeap(segmentIds) as Int32Array;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    // As TensorFlow does: an id below zero is dropped.
    if (id < 0 || id >= numSegments) continue;
    const to = id * width;
    const from = i * width;
    for (let j = 0; j < width; j++) sums[to + j]! += values[from + j]!;
  }
  return out;
}
