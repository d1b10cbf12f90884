import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { floats, sizeOf, type KernelArguments, type WasmBackend } from "./heap.ts";
import { transposeMatrix } from "./transpose.ts";

const PLAIN = { transposeA: false, transposeB: false };

/**
 * Matrix product with all forms brought to the one that XNNPACK does, A·B without transposition or
 * batch; tfjs's wasm backend runs the others in a naive loop, ten times slower. a is (batch, m, k) or
 * (batch, k, m), b (batch, k, n) or (batch, n, k); a batch of 1 is repeated. `multiply` is tfjs's own.
 */
export function batchMatMul(args: KernelArguments, multiply: KernelFunc): TensorInfo {
  const backend = args.backend as WasmBackend;
  const a = args.inputs.a!;
  const b = args.inputs.b!;
  const { transposeA, transposeB } = args.attrs as unknown as typeof PLAIN;
  const [batchA, batchB] = [
    sizeOf(a.shape, 0, -2 + a.shape.length),
    sizeOf(b.shape, 0, -2 + b.shape.length),
  ];
  const batches = Math.max(batchA, batchB);
  const call = (x: TensorInfo, y: TensorInfo): TensorInfo =>
    multiply({ inputs: { a: x, b: y }, backend, attrs: PLAIN }) as TensorInfo;
  if ((!transposeA && !transposeB && batches === 1) || batches === 0) return call(a, b);
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  if (batches === 1) {
    const left = transposeA ? transposed(backend, a) : a;
    const right = transposeB ? transposed(backend, b) : b;
    const out = call(left, right);
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return out;
  }
  const lead = (batchA === batches ? a : b).shape.slice(0, -2);
  const out = backend.makeOutput([...lead, m, n], "float32");
  const left = backend.makeOutput([1, m, k], "float32");
  for (let i = 0; i < batches; i++) {
    const right = backend.makeOutput([1, k, n], "float32");
    load(backend, a, batchA === 1 ? 0 : i, left, transposeA);
    load(backend, b, batchB === 1 ? 0 : i, right, transposeB);
    const product = call(left, right);
    floats(backend, out).set(floats(backend, product), i * m * n);
    // XNNPACK keeps the packed right side under its id, so each one needs an id of its own.
    backend.disposeData(right.dataId);
    backend.disposeData(product.dataId);
  }
  backend.disposeData(left.dataId);
  return out;
}

function transposed(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const out = backend.makeOutput([...x.shape.slice(0, -2), columns, rows], "float32");
  transposeMatrix(floats(backend, x), floats(backend, out), rows, columns);
  return out;
}

/** Copies one matrix of a batch, turned if it must be. */
function load(
  backend: WasmBackend,
  from: TensorInfo,
  index: number,
  to: TensorInfo,
  turn: boolean,
): void {
  const [rows, columns] = from.shape.slice(-2) as [number, number];
  const size = rows * columns;
  const source = floats(backend, from).subarray(index * size, (index + 1) * size);
  if (turn) transposeMatrix(source, floats(backend, to), rows, columns);
  else floats(backend, to).set(source);
}
