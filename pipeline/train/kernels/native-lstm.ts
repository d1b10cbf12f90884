import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tf } from "../tensors.ts";
import type { Attribute, NativeBackend } from "./native.ts";

/** A whole LSTM layer, and back through its time, as kernels of libtensorflow. */
export const LSTM = "ProbityLstm";
export const LSTM_GRADIENT = "ProbityLstmGradient";

type Arguments = Parameters<KernelFunc>[0];

/** Registers the kernels; call it when the backend `tensorflow` is there. */
export function registerNativeKernels(tf: Tf): void {
  const kernels = { [LSTM]: lstmKernel, [LSTM_GRADIENT]: lstmGradientKernel };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, "tensorflow") as unknown) continue;
    tf.registerKernel({ kernelName, backendName: "tensorflow", kernelFunc });
  }
}

/**
 * BlockLSTMV2: x (time, batch, in), w (in + width, 4·width), b (4·width) in the order input, forget,
 * candidate, output; start (batch, width) and peephole (width) are zeros → input gate, cell, forget
 * gate, output gate, candidate, tanh of the cell, output, each (time, batch, width).
 */
function lstmKernel({ inputs, backend }: Arguments): TensorInfo[] {
  const native = backend as unknown as NativeBackend;
  const { binding } = native;
  const { x, start, w, peephole, b } = inputs as Record<string, TensorInfo>;
  const ids = native.getInputTensorIds([
    x!,
    start!,
    start!,
    w!,
    ...Array<TensorInfo>(3).fill(peephole!),
    b!,
  ]);
  // A scalar of 64 bits, which tfjs has no type for; the binding takes its two halves.
  const time = binding.createTensor([], binding.TF_INT64, Int32Array.of(x!.shape[0]!, 0));
  const clip = { name: "cell_clip", type: binding.TF_ATTR_FLOAT, value: 0 };
  const attributes = [clip, noPeephole(native), float(native)];
  const made = binding.executeOp("BlockLSTMV2", attributes, [time, ...ids], 7);
  binding.deleteTensor(time);
  return made.map((handle) => native.createOutputTensor(handle));
}

/**
 * Back through time: the outputs of the forward kernel, `dy` (time, batch, width), x of one step, w, b,
 * zeros, and `back` (4·width, width), the transposed recurrent matrix with its gates in the order
 * input, candidate, forget, output → the gradient by the gate sums (time, batch, 4·width) in that
 * order. Three operations a step, on handles alone: tensors of tfjs would cost more than the arithmetic.
 */
function lstmGradientKernel({ inputs, backend }: Arguments): TensorInfo {
  const native = backend as unknown as NativeBackend;
  const { binding } = native;
  const given = inputs as Record<string, TensorInfo>;
  const id = (name: string): number => native.getInputTensorIds([given[name]!])[0]!;
  const steps = given.dy!.shape[0]!;
  const made: number[] = [];
  const run = (
    name: string,
    attributes: readonly Attribute[],
    ids: readonly number[],
    n: number,
  ): number[] => {
    const handles = binding.executeOp(name, attributes, ids, n).map((handle) => handle.id);
    made.push(...handles);
    return handles;
  };
  const T = float(native);
  const integer = (name: string, value: number): Attribute => ({
    name,
    type: binding.TF_ATTR_INT,
    value,
  });
  const flag = (name: string): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value: false });
  const byStep = (name: string): number[] =>
    run("Unpack", [integer("num", steps), T, integer("axis", 0)], [id(name)], steps);
  const [i, c, f, o] = ["i", "c", "f", "o"].map(byStep) as [number[], number[], number[], number[]];
  const [g, tanh, dy] = ["g", "tanh", "dy"].map(byStep) as [number[], number[], number[]];
  const [x, start, w, b, back] = ["x", "start", "w", "b", "back"].map(id);
  const peepholes = Array<number>(3).fill(id("peephole"));
  const results = new Array<number>(steps);
  let [dcNext, dhNext] = [start!, start!];
  for (let t = steps - 1; t >= 0; t--) {
    const [dh] = run("AddV2", [T], [dy[t]!, dhNext], 1);
    const state = [x!, t > 0 ? c[t - 1]! : start!, start!, w!, ...peepholes, b!];
    const gates = [i[t]!, c[t]!, f[t]!, o[t]!, g[t]!, tanh[t]!];
    const cell = [...state, ...gates, dcNext, dh!];
    const [dcBefore, dz] = run("LSTMBlockCellGrad", [noPeephole(native), T], cell, 5);
    const product = [flag("transpose_a"), flag("transpose_b"), T];
    [dcNext, results[t]] = [dcBefore!, dz!];
    if (t > 0) dhNext = run("MatMul", product, [dz!, back!], 1)[0]!;
  }
  const [all] = binding.executeOp("Pack", [integer("N", steps), T, integer("axis", 0)], results, 1);
  for (const one of made) binding.deleteTensor(one);
  return native.createOutputTensor(all!);
}

function noPeephole({ binding }: NativeBackend): Attribute {
  return { name: "use_peephole", type: binding.TF_ATTR_BOOL, value: false };
}

function float({ binding }: NativeBackend): Attribute {
  return { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}
