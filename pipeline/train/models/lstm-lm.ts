import { gaussian, uniform } from "../../core/random.ts";
import type { Weight } from "../tensors.ts";
import { lstmExamples } from "../privacy/lstm-examples.ts";
import { embed } from "./layers.ts";
import { lstmStep, type LstmState } from "./lstm.ts";
import { lstmLayer } from "./lstm-layer.ts";
import type { Network } from "./network.ts";

/**
 * Embedding → LSTM layers → Linear over the vocabulary. Weights: `embedding` (vocabulary, width),
 * per layer `wx` and `wh` (width, 4·width) and `b` (4·width), then `out` (width, vocabulary) and
 * `bias` (vocabulary).
 */
export const lstmLm: Network = {
  timeMajor: true,
  examples: lstmExamples,

  weights({ vocabulary, width, layers }, random) {
    const weights: Record<string, Weight> = {};
    const draw = (name: string, shape: readonly number[], next: () => number): void => {
      const size = shape.reduce((product, n) => product * n, 1);
      weights[name] = { shape, values: Float32Array.from({ length: size }, next) };
    };
    const bound = 1 / Math.sqrt(width);
    const source = random.fork("lstm-lm");
    const within = (): number => (2 * uniform(source) - 1) * bound;
    draw("embedding", [vocabulary, width], () => 0.1 * gaussian(source));
    for (let i = 0; i < layers; i++) {
      draw(`wx${i}`, [width, 4 * width], within);
      draw(`wh${i}`, [width, 4 * width], within);
      // The forget gate starts open (Jozefowicz et al. 2015).
      let column = 0;
      draw(`b${i}`, [4 * width], () => (Math.floor(column++ / width) === 1 ? 1 : 0));
    }
    draw("out", [width, vocabulary], within);
    draw("bias", [vocabulary], () => 0);
    return weights;
  },

  logits(tf, parameters, { layers }, { tokens, batch }, drop) {
    // (time·batch) → (time·batch, width)
    let x = drop(embed(tf, parameters.embedding!, tokens));
    for (let i = 0; i < layers; i++) {
      const [wx, wh, b] = [parameters[`wx${i}`]!, parameters[`wh${i}`]!, parameters[`b${i}`]!];
      x = drop(lstmLayer(tf, x, { wx, wh, b }, batch));
    }
    return tf.add(tf.matMul(x as never, parameters.out as never), parameters.bias!);
  },

  reader(tf, parameters, { layers, width }) {
    const zeros = (): LstmState => ({ h: tf.zeros([1, width]), c: tf.zeros([1, width]) });
    let states = Array.from({ length: layers }, zeros);
    return {
      async read(tokens) {
        let logits: Float32Array = new Float32Array();
        for (const [i, token] of tokens.entries()) {
          const last = i === tokens.length - 1;
          const result = tf.tidy(() => {
            let x = tf.gather(parameters.embedding!, tf.tensor1d([token], "int32"));
            const next = states.map((state, i) => {
              const product = tf.matMul(x, parameters[`wx${i}`] as never);
              const z = tf.add(product, parameters[`b${i}`]!);
              const { h, c } = lstmStep(tf, z, parameters[`wh${i}`]!, state);
              x = h;
              return { h, c };
            });
            const out = last
              ? tf.add(tf.matMul(x as never, parameters.out as never), parameters.bias!)
              : undefined;
            return { next, out };
          });
          tf.dispose(states as never);
          states = result.next;
          if (result.out) {
            logits = (await result.out.data()) as Float32Array;
            result.out.dispose();
          }
        }
        return logits;
      },
      dispose: () => {
        tf.dispose(states as never);
      },
    };
  },
};
