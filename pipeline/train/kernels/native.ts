import type { TensorInfo } from "@tensorflow/tfjs-core";

/** A tensor as the binding of libtensorflow knows it. */
interface Handle {
  readonly id: number;
}
/** An attribute of an operation, as the binding takes it. */
export type Attribute = Readonly<{ name: string; type: number; value: boolean | number }>;

/** What we use of tfjs-node's backend. */
export interface NativeBackend {
  readonly binding: Readonly<
    Record<"TF_FLOAT" | "TF_INT64" | "TF_ATTR_TYPE" | "TF_ATTR_BOOL", number> &
      Record<"TF_ATTR_FLOAT" | "TF_ATTR_INT", number>
  > & {
    executeOp(
      name: string,
      attributes: readonly Attribute[],
      inputs: readonly number[],
      outputs: number,
    ): Handle[];
    createTensor(shape: readonly number[], type: number, values: Int32Array): number;
    deleteTensor(id: number): void;
  };
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(handle: Handle): TensorInfo;
}
