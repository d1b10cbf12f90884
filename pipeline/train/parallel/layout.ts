import type { Tensor, Tensors, Tf } from "../tensors.ts";

/** Where the values of each tensor lie in one array of all. */
export type Layout = readonly {
  readonly name: string;
  readonly shape: readonly number[];
  readonly at: number;
  readonly size: number;
}[];

/** Tensors one behind the other, in the order of their names in the record. */
export function layoutOf(tensors: Tensors): Layout {
  let at = 0;
  return Object.entries(tensors).map(([name, { shape, size }]) => {
    const entry = { name, shape: [...shape], at, size };
    at += size;
    return entry;
  });
}

export function sizeOfLayout(layout: Layout): number {
  const last = layout.at(-1);
  return last === undefined ? 0 : last.at + last.size;
}

/** Copies the values of all tensors to their places. */
export function writeTensors(layout: Layout, tensors: Tensors, to: Float32Array): void {
  for (const { name, at } of layout) to.set(tensors[name]!.dataSync<"float32">(), at);
}

/** Makes tensors of the values. The caller disposes them. */
export function readTensors(tf: Tf, layout: Layout, from: Float32Array): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape, at, size } of layout)
    tensors[name] = tf.tensor(from.slice(at, at + size), [...shape], "float32");
  return tensors;
}
