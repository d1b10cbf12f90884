import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { PipelineError } from "../../core/error.ts";
import type { Tf } from "../tensors.ts";
import type { Attribute, NativeBackend } from "./native.ts";

/** DT_BFLOAT16 of TensorFlow's types.proto; tfjs has no name for it. */
const BFLOAT16 = 14;
const PRODUCT = "BatchMatMul";

let full: KernelFunc | undefined;

/**
 * Matrix products of libtensorflow in bfloat16 (8 bits of exponent as float32, 8 of precision), as
 * PyTorch's autocast has them; all else, and the weights that are trained, stay float32. Throws
 * `backend` where the device cannot. `useFullPrecision` undoes it.
 */
export function useMixedPrecision(tf: Tf): void {
  full ??= tf.getKernel(PRODUCT, "tensorflow").kernelFunc;
  setProduct(tf, product);
  try {
    const probe = tf.tidy(() => tf.sum(tf.matMul(tf.ones([3, 5]), tf.ones([5, 2]))).dataSync()[0]);
    if (probe !== 30) throw new Error("it computes wrong results");
  } catch (cause) {
    useFullPrecision(tf);
    throw new PipelineError("backend", "this device has no matrix product in bfloat16", {
      hint: "drop train.precision: mixed",
      cause,
    });
  }
}

export function useFullPrecision(tf: Tf): void {
  if (full !== undefined) setProduct(tf, full);
}

function setProduct(tf: Tf, kernelFunc: KernelFunc): void {
  tf.unregisterKernel(PRODUCT, "tensorflow");
  tf.registerKernel({ kernelName: PRODUCT, backendName: "tensorflow", kernelFunc });
}

function product({ inputs, backend, attrs }: Parameters<KernelFunc>[0]): TensorInfo {
  const native = backend as unknown as NativeBackend;
  const { binding } = native;
  const type = (name: string, value: number): Attribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value,
  });
  const flag = (name: string, value: unknown): Attribute => ({
    name,
    type: binding.TF_ATTR_BOOL,
    value: value === true,
  });
  const cast = (id: number, from: number, to: number): { id: number } =>
    binding.executeOp(
      "Cast",
      [type("SrcT", from), type("DstT", to), flag("Truncate", false)],
      [id],
      1,
    )[0]!;
  const { transposeA, transposeB } = attrs as Record<"transposeA" | "transposeB", unknown>;
  const ids = native.getInputTensorIds([inputs.a!, inputs.b!]);
  const halves = ids.map((id) => cast(id, binding.TF_FLOAT, BFLOAT16).id);
  const attributes = [flag("adj_x", transposeA), flag("adj_y", transposeB), type("T", BFLOAT16)];
  const [out] = binding.executeOp("BatchMatMulV2", attributes, halves, 1);
  const result = native.createOutputTensor(cast(out!.id, BFLOAT16, binding.TF_FLOAT));
  for (const id of [...halves, out!.id]) binding.deleteTensor(id);
  return result;
}
