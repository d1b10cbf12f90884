import { gaussian } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import type { Tensor, Tf, Weight, Weights } from "../tensors.ts";
import { attend, gelu } from "./attention.ts";
import type { Layers } from "./named-layers.ts";
import type { NetworkShape, TokenBlock } from "./network.ts";

/**
 * Weights of a pre-norm transformer: `tokens` (vocabulary, width), `positions` (context, width), per
 * layer `gain`/`shift` of the norms, `qkv` (width, 3·width), `out` (width, width), `up` (width,
 * 4·width), `down` (4·width, width) with their biases, and the last `gain` and `shift`.
 */
export function transformerWeights(
  { vocabulary, context, width, layers }: NetworkShape,
  source: Random,
): Weights {
  const weights: Record<string, Weight> = {};
  const normal = (name: string, rows: number, columns: number, deviation = 0.02): void => {
    const next = (): number => deviation * gaussian(source);
    const values = Float32Array.from({ length: rows * columns }, next);
    weights[name] = { shape: [rows, columns], values };
  };
  const constant = (name: string, size: number, value: number): void => {
    weights[name] = { shape: [size], values: new Float32Array(size).fill(value) };
  };
  // What is added to the residual stream shrinks with the number of additions.
  const residual = 0.02 / Math.sqrt(2 * layers);
  normal("tokens", vocabulary, width);
  normal("positions", context, width);
  for (let i = 0; i < layers; i++) {
    constant(`gain${i}a`, width, 1);
    constant(`shift${i}a`, width, 0);
    normal(`qkv${i}`, width, 3 * width);
    constant(`qkv${i}b`, 3 * width, 0);
    normal(`out${i}`, width, width, residual);
    constant(`out${i}b`, width, 0);
    constant(`gain${i}b`, width, 1);
    constant(`shift${i}b`, width, 0);
    normal(`up${i}`, width, 4 * width);
    constant(`up${i}b`, 4 * width, 0);
    normal(`down${i}`, 4 * width, width, residual);
    constant(`down${i}b`, width, 0);
  }
  constant("gain", width, 1);
  constant("shift", width, 0);
  return weights;
}

/** States of all tokens of a block after every layer and the last norm: (batch·time, width). */
export function transform(
  tf: Tf,
  layer: Layers,
  { layers, heads, width }: NetworkShape,
  { tokens, batch, time }: TokenBlock,
  drop: (x: Tensor) => Tensor,
  mask?: Tensor,
): Tensor {
  const places = Int32Array.from({ length: batch * time }, (_, i) => i % time);
  const positions = layer.embed("positions", tf.tensor1d(places, "int32"));
  let x = drop(tf.add(layer.embed("tokens", tokens), positions)); // (batch·time, width)
  for (let i = 0; i < layers; i++) {
    const normed = layer.norm(x, `gain${i}a`, `shift${i}a`);
    const qkv = layer.linear(normed, `qkv${i}`, `qkv${i}b`); // (batch·time, 3·width)
    const mixed = attend(tf, qkv, { batch, time, heads, width }, mask); // (batch·time, width)
    x = tf.add(x, drop(layer.linear(mixed, `out${i}`, `out${i}b`)));
    const again = layer.norm(x, `gain${i}b`, `shift${i}b`);
    const wide = gelu(tf, layer.linear(again, `up${i}`, `up${i}b`));
    x = tf.add(x, drop(layer.linear(wide, `down${i}`, `down${i}b`)));
  }
  return layer.norm(x, "gain", "shift");
}
