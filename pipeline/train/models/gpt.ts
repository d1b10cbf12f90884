import { gaussian } from "../../core/random.ts";
import type { Tensor, Tensors, Tf, Weight } from "../tensors.ts";
import { attend, gelu, layerNorm } from "./attention.ts";
import { embed } from "./layers.ts";
import type { Network, NetworkShape } from "./network.ts";

/**
 * Decoder-only transformer: token and position embeddings, per layer pre-norm causal attention and a
 * perceptron of four times the width with GELU, a last norm, and logits by the transposed token
 * embedding (Radford et al. 2019). Weights: `tokens` (vocabulary, width), `positions` (context,
 * width), per layer `gain`/`shift` of the norms, `qkv` (width, 3·width), `out` (width, width), `up`
 * (width, 4·width), `down` (4·width, width) with their biases.
 */
export const gpt: Network = {
  timeMajor: false,

  weights({ vocabulary, context, width, layers }, random) {
    const weights: Record<string, Weight> = {};
    const source = random.fork("gpt");
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
  },

  logits(tf, p, shape, { tokens, batch, time }, drop) {
    const { layers, heads, width } = shape;
    const places = Int32Array.from({ length: batch * time }, (_, i) => i % time);
    const positions = embed(tf, p.positions!, tf.tensor1d(places, "int32"));
    let x = drop(tf.add(embed(tf, p.tokens!, tokens), positions)); // (batch·time, width)
    for (let i = 0; i < layers; i++) {
      const normed = layerNorm(tf, x, p[`gain${i}a`]!, p[`shift${i}a`]!);
      const qkv = linear(tf, normed, p[`qkv${i}`]!, p[`qkv${i}b`]!); // (batch·time, 3·width)
      const mixed = attend(tf, qkv, { batch, time, heads, width }); // (batch·time, width)
      x = tf.add(x, drop(linear(tf, mixed, p[`out${i}`]!, p[`out${i}b`]!)));
      const again = layerNorm(tf, x, p[`gain${i}b`]!, p[`shift${i}b`]!);
      const wide = gelu(tf, linear(tf, again, p[`up${i}`]!, p[`up${i}b`]!));
      x = tf.add(x, drop(linear(tf, wide, p[`down${i}`]!, p[`down${i}b`]!)));
    }
    const last = layerNorm(tf, x, p.gain!, p.shift!);
    return tf.matMul(last, p.tokens as never, false, true); // (batch·time, vocabulary)
  },

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

/** Keys and values of all tokens read so far in one layer: (heads, tokens, width / heads). */
type Past = Readonly<{ keys: Tensor; values: Tensor }>;

function linear(tf: Tf, x: Tensor, matrix: Tensor, bias: Tensor): Tensor {
  return tf.add(tf.matMul(x as never, matrix as never), bias);
}

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
