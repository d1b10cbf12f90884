import { recordedExamples } from "../privacy/recorded-layers.ts";
import type { Tensor, Tensors, Tf } from "../tensors.ts";
import { gelu, layerNorm } from "./attention.ts";
import { crossEntropy, linear } from "./layers.ts";
import { plainLayers, type Layers } from "./named-layers.ts";
import type { Network, NetworkShape, TokenBlock } from "./network.ts";
import { transform, transformerWeights } from "./transformer.ts";

/**
 * Decoder-only transformer: token and position embeddings, per layer pre-norm causal attention and a
 * perceptron of four times the width with GELU, a last norm, and logits by the transposed token
 * embedding (Radford et al. 2019). The weights are those of `transformer.ts`.
 */
export const gpt: Network = {
  timeMajor: false,

  weights: (shape, random) => transformerWeights(shape, random.fork("gpt")),

  logits: (tf, p, shape, block, drop) => logitsOf(tf, plainLayers(tf, p), shape, block, drop),

  examples: (tf, p, shape, block, targets) =>
    recordedExamples(tf, p, block.batch, (layers) => {
      const logits = logitsOf(tf, layers, shape, block, (x) => x);
      const losses = tf.reshape(crossEntropy(tf, logits, targets), [block.batch, block.time]);
      return tf.mean(losses, 1);
    }),

  reader(tf, p, shape) {
    let past: Past[] = [];
    let text: number[] = [];
    const forget = (): void => {
      for (const { keys, values } of past) tf.dispose([keys, values]);
      past = [];
    };
    return {
      async read(tokens) {
        let fresh = [...tokens];
        if (text.length + fresh.length > shape.context) {
          // Positions are learnt, so the cache cannot slide: half of the context is read again.
          fresh = [...text, ...fresh].slice(-Math.ceil(shape.context / 2));
          text = [];
          forget();
        }
        const before = past;
        const result = tf.tidy(() => extend(tf, p, shape, { before, start: text.length, fresh }));
        forget();
        past = result.past;
        text.push(...fresh);
        const logits = (await result.logits.data()) as Float32Array;
        result.logits.dispose();
        return logits;
      },
      dispose: forget,
    };
  },
};

/** Logits of the token after each one: (batch·time, vocabulary). */
function logitsOf(
  tf: Tf,
  layers: Layers,
  shape: NetworkShape,
  block: TokenBlock,
  drop: (x: Tensor) => Tensor,
): Tensor {
  return layers.project(transform(tf, layers, shape, block, drop), "tokens");
}

/** Keys and values of all tokens read so far in one layer: (heads, tokens, width / heads). */
type Past = Readonly<{ keys: Tensor; values: Tensor }>;

/** Reads `fresh` tokens after those in the cache; returns the grown cache and the last logits. */
function extend(
  tf: Tf,
  p: Tensors,
  { layers, heads, width }: NetworkShape,
  { before, start, fresh }: { before: readonly Past[]; start: number; fresh: readonly number[] },
): { past: Past[]; logits: Tensor } {
  const count = fresh.length;
  const places = fresh.map((_, i) => start + i);
  let x: Tensor = tf.add(
    tf.gather(p.tokens!, tf.tensor1d([...fresh], "int32")),
    tf.gather(p.positions!, tf.tensor1d(places, "int32")),
  ); // (count, width)
  // Row i may look at everything up to place start + i.
  const mask = tf.tensor2d(
    places.map((place) => Array.from({ length: start + count }, (_, j) => (j > place ? -1e9 : 0))),
  );
  const size = width / heads;
  const past: Past[] = [];
  for (let i = 0; i < layers; i++) {
    const normed = layerNorm(tf, x, p[`gain${i}a`]!, p[`shift${i}a`]!);
    const qkv = linear(tf, normed, p[`qkv${i}`]!, p[`qkv${i}b`]!);
    // (count, 3, heads, size) → three of (heads, count, size)
    const split = tf.transpose(tf.reshape(qkv, [count, 3, heads, size]), [1, 2, 0, 3]);
    const [q, k, v] = [0, 1, 2].map((part) =>
      tf.reshape(tf.slice(split, [part, 0, 0, 0], [1, heads, count, size]), [heads, count, size]),
    ) as [Tensor, Tensor, Tensor];
    const old = before[i];
    const keys: Tensor = old ? tf.concat([old.keys, k], 1) : k;
    const values: Tensor = old ? tf.concat([old.values, v], 1) : v;
    past.push({ keys, values });
    const scores = tf.mul(tf.matMul(q as never, keys as never, false, true), 1 / Math.sqrt(size));
    const mixed = tf.matMul(tf.softmax(tf.add(scores, mask)), values);
    const joined = tf.reshape(tf.transpose(mixed, [1, 0, 2]), [count, width]);
    x = tf.add(x, linear(tf, joined, p[`out${i}`]!, p[`out${i}b`]!));
    const again = layerNorm(tf, x, p[`gain${i}b`]!, p[`shift${i}b`]!);
    const wide = gelu(tf, linear(tf, again, p[`up${i}`]!, p[`up${i}b`]!));
    x = tf.add(x, linear(tf, wide, p[`down${i}`]!, p[`down${i}b`]!));
  }
  const last = tf.slice(x, [count - 1, 0], [1, width]);
  const normed = layerNorm(tf, last, p.gain!, p.shift!);
  return { past, logits: tf.matMul(normed, p.tokens as never, false, true) };
}
