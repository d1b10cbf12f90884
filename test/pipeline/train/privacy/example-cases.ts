import { below, gaussian, seededRandom, uniform } from "../../../../pipeline/core/random.ts";
import { differentiate } from "../../../../pipeline/train/differentiate.ts";
import { adapt, adapterWeights, adaptUses } from "../../../../pipeline/train/lora.ts";
import { bert, classifierNames, maskedName } from "../../../../pipeline/train/models/bert.ts";
import { maskedExamples, maskedLogits } from "../../../../pipeline/train/models/bert.ts";
import type { Encoder, SequenceBlock } from "../../../../pipeline/train/models/encoder.ts";
import { gpt } from "../../../../pipeline/train/models/gpt.ts";
import { crossEntropy } from "../../../../pipeline/train/models/layers.ts";
import { lstmLm } from "../../../../pipeline/train/models/lstm-lm.ts";
import {
  binaryCrossEntropy,
  mlpLogits,
  mlpWeights,
} from "../../../../pipeline/train/models/mlp.ts";
import type { Network, NetworkShape } from "../../../../pipeline/train/models/network.ts";
import { textClassifier } from "../../../../pipeline/train/models/text-classifier.ts";
import type { ExampleGradients } from "../../../../pipeline/train/privacy/example-gradients.ts";
import { mlpExamples } from "../../../../pipeline/train/privacy/mlp-examples.ts";
import {
  toTensors,
  type Tensor,
  type Tensors,
  type Tf,
  type Weights,
} from "../../../../pipeline/train/tensors.ts";

/** A model with examples: all at once by the vectorised way, and the slow truth one by one. */
export interface Case {
  readonly name: string;
  readonly examples: number;
  parameters(tf: Tf): Tensors;
  together(tf: Tf, parameters: Tensors): ExampleGradients;
  /** Gradients of one example alone, as flat lists. */
  alone(tf: Tf, parameters: Tensors, example: number): Record<string, number[]>;
}

export function perceptron(widths: readonly number[], rows: number): Case {
  const random = seededRandom(widths.join());
  const width = widths[0]!;
  const weights = mlpWeights(widths, random);
  const inputs = Float32Array.from({ length: rows * width }, () => gaussian(random));
  const labels = Float32Array.from({ length: rows }, (_, i) => i % 2);
  const factors = Float32Array.from({ length: rows }, (_, i) => 0.5 + i / 4);
  return {
    name: `a perceptron of ${widths.join("-")} and ${rows} rows`,
    examples: rows,
    parameters: (tf) => toTensors(tf, weights),
    together: (tf, parameters) =>
      mlpExamples(tf, parameters, {
        inputs: tf.tensor2d(inputs, [rows, width]),
        labels: tf.tensor1d(labels),
        weights: tf.tensor1d(factors),
      }),
    alone: (tf, parameters, row) =>
      slopes(tf, parameters, (named) => {
        const x = tf.tensor2d(inputs.slice(row * width, (row + 1) * width), [1, width]);
        const label = tf.tensor1d([labels[row]!]);
        const losses = binaryCrossEntropy(tf, mlpLogits(tf, named, x), label);
        return tf.mul(tf.sum(losses), factors[row]!);
      }),
  };
}

interface Sizes {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads?: number;
}

export function recurrent(sizes: Sizes, batch: number, time: number): Case {
  return language("lstm-lm", lstmLm, sizes, batch, time);
}

/** With `rank`, adapters of that width are trained beside frozen matrices. */
function language(
  kind: string,
  network: Network,
  sizes: Sizes,
  batch: number,
  time: number,
  rank?: number,
): Case {
  const random = seededRandom(`${sizes.vocabulary} ${sizes.width} ${batch} ${time}`);
  const shape: NetworkShape = { heads: 1, ...sizes, context: time };
  const weights = shaken(network.weights(shape, random), random);
  const ids = (): Int32Array =>
    Int32Array.from({ length: batch * time }, () => below(random, sizes.vocabulary));
  const [tokens, targets] = [ids(), ids()];
  const at = (i: number, t: number): number => (network.timeMajor ? t * batch + i : i * time + t);
  const of = (all: Int32Array, i: number): Int32Array =>
    Int32Array.from({ length: time }, (_, t) => all[at(i, t)]!);
  const lora = rank === undefined ? undefined : { rank, alpha: 3 };
  const trained = lora
    ? shaken(
        adapterWeights(weights, lora, (name) => name === "gain", random),
        random,
      )
    : weights;
  const expand = (tf: Tf, named: Tensors): Tensors =>
    lora ? adapt(tf, toTensors(tf, weights), named, lora) : named;
  return {
    name: `${kind}, ${sizes.layers} layers of ${sizes.width}, ${sizes.vocabulary} ids, ${batch} × ${time} tokens${lora ? ", adapters" : ""}`,
    examples: batch,
    parameters: (tf) => toTensors(tf, trained),
    together(tf, parameters) {
      const block = { batch, time, tokens: tf.tensor1d(tokens, "int32") };
      const wanted = tf.tensor1d(targets, "int32");
      const all = expand(tf, parameters);
      const { loss, uses } = network.examples(tf, all, shape, block, wanted);
      return { loss, uses: lora ? adaptUses(tf, uses, parameters, lora) : uses };
    },
    alone: (tf, parameters, i) =>
      slopes(tf, parameters, (named) => {
        const block = { batch: 1, time, tokens: tf.tensor1d(of(tokens, i), "int32") };
        const logits = network.logits(tf, expand(tf, named), shape, block, (x) => x);
        return tf.mean(crossEntropy(tf, logits, tf.tensor1d(of(targets, i), "int32")));
      }),
  };
}

interface Texts extends Sizes {
  readonly hidden: readonly number[];
}

/** Texts of differing lengths, the shortest of one token, padded to one block. */
function textsOf({ vocabulary }: Sizes, batch: number, time: number): SequenceBlock {
  const random = seededRandom(`texts ${vocabulary} ${batch} ${time}`);
  const lengths = Int32Array.from({ length: batch }, (_, i) =>
    i === 0 ? time : 1 + below(random, time),
  );
  const tokens = Int32Array.from({ length: batch * time }, (_, j) =>
    j % time < lengths[Math.floor(j / time)]! ? below(random, vocabulary) : 0,
  );
  return { batch, time, tokens, lengths };
}

function only({ time, tokens, lengths }: SequenceBlock, i: number): SequenceBlock {
  const length = lengths[i]!;
  return {
    batch: 1,
    time: length,
    tokens: tokens.slice(i * time, i * time + length),
    lengths: Int32Array.from([length]),
  };
}

function classified(
  kind: string,
  encoder: Encoder,
  sizes: Texts,
  batch: number,
  time: number,
): Case {
  const random = seededRandom(`${kind} ${sizes.width} ${batch} ${time}`);
  const shape = { heads: 1, ...sizes, context: time };
  const all = Object.entries(encoder.weights(shape, random)).filter(
    ([name]) => name !== maskedName,
  );
  const weights = shaken(Object.fromEntries(all), random);
  const block = textsOf(sizes, batch, time);
  const labels = Float32Array.from({ length: batch }, (_, i) => i % 2);
  const factors = Float32Array.from({ length: batch }, () => 0.5 + uniform(random));
  return {
    name: `${kind} of width ${sizes.width}, ${sizes.vocabulary} ids, ${batch} texts of up to ${time}`,
    examples: batch,
    parameters: (tf) => toTensors(tf, weights),
    together: (tf, parameters) =>
      encoder.examples(tf, parameters, shape, block, {
        labels: tf.tensor1d(labels),
        weights: tf.tensor1d(factors),
      }),
    alone: (tf, parameters, i) =>
      slopes(tf, parameters, (named) => {
        const logits = encoder.logits(tf, named, shape, only(block, i), (x) => x);
        const loss = binaryCrossEntropy(tf, logits, tf.tensor1d([labels[i]!]));
        return tf.mul(tf.sum(loss), factors[i]!);
      }),
  };
}

function masked(sizes: Sizes, batch: number, time: number): Case {
  const random = seededRandom(`masked ${sizes.width} ${batch} ${time}`);
  const shape = { heads: 1, ...sizes, context: time, hidden: [] };
  const all = Object.entries(bert.weights(shape, random)).filter(
    ([name]) => !classifierNames.includes(name),
  );
  const weights = shaken(Object.fromEntries(all), random);
  const block = textsOf(sizes, batch, time);
  // Two places of each text, of which every other text has one.
  const counts = Array.from({ length: batch }, (_, i) => (i % 2 === 0 ? 2 : 1));
  const places = Int32Array.from({ length: 2 * batch }, (_, j) => {
    const i = Math.floor(j / 2);
    return i * time + (j % 2 < counts[i]! ? below(random, block.lengths[i]!) : 0);
  });
  const targets = Int32Array.from({ length: 2 * batch }, () => below(random, sizes.vocabulary));
  const shares = Float32Array.from({ length: 2 * batch }, (_, j) => {
    const count = counts[Math.floor(j / 2)]!;
    return j % 2 < count ? 1 / count : 0;
  });
  return {
    name: `masked bert of width ${sizes.width}, ${sizes.vocabulary} ids, ${batch} texts of up to ${time}`,
    examples: batch,
    parameters: (tf) => toTensors(tf, weights),
    together: (tf, parameters) =>
      maskedExamples(tf, parameters, shape, block, { places, targets, shares }),
    alone: (tf, parameters, i) =>
      slopes(tf, parameters, (named) => {
        const own = places.slice(2 * i, 2 * i + counts[i]!).map((place) => place - i * time);
        const logits = maskedLogits(tf, named, shape, only(block, i), own, (x) => x);
        const wanted = tf.tensor1d(targets.slice(2 * i, 2 * i + counts[i]!), "int32");
        return tf.mean(crossEntropy(tf, logits, wanted));
      }),
  };
}

/** Weights off their start, where gains are one, shifts zero, and half of an adapter zero. */
function shaken(weights: Weights, random: ReturnType<typeof seededRandom>): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((x) => x + 0.3 * gaussian(random)) },
    ]),
  );
}

function slopes(
  tf: Tf,
  parameters: Tensors,
  loss: (named: Tensors) => Tensor,
): Record<string, number[]> {
  return listed(differentiate(tf, parameters, loss).gradients);
}

/** The values of tensors under their names. */
export function listed(tensors: Tensors): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]),
  );
}

// Many ids and short texts lead to products of places, few ids and long ones to whole gradients.
export const cases: readonly Case[] = [
  perceptron([3, 1], 5),
  perceptron([4, 6, 1], 7),
  perceptron([2, 5, 3, 1], 1),
  perceptron([5, 4, 4, 4, 1], 9),
  recurrent({ vocabulary: 7, width: 4, layers: 1 }, 3, 5),
  recurrent({ vocabulary: 5, width: 6, layers: 2 }, 4, 3),
  recurrent({ vocabulary: 4, width: 3, layers: 1 }, 2, 9),
  recurrent({ vocabulary: 6, width: 4, layers: 2 }, 1, 1),
  language("lstm-lm", lstmLm, { vocabulary: 5, width: 4, layers: 2 }, 3, 4, 2),
  language("gpt", gpt, { vocabulary: 40, width: 6, layers: 2, heads: 3 }, 4, 5),
  language("gpt", gpt, { vocabulary: 5, width: 4, layers: 1, heads: 2 }, 3, 11),
  language("gpt", gpt, { vocabulary: 6, width: 4, layers: 1, heads: 1 }, 1, 1),
  language("gpt", gpt, { vocabulary: 9, width: 4, layers: 2, heads: 2 }, 3, 4, 2),
  classified("text-classifier", textClassifier, { vocabulary: 30, width: 4, layers: 0, hidden: [5, 3] }, 5, 6), // prettier-ignore
  classified("text-classifier", textClassifier, { vocabulary: 3, width: 2, layers: 0, hidden: [] }, 4, 9), // prettier-ignore
  classified("bert", bert, { vocabulary: 20, width: 6, layers: 2, heads: 2, hidden: [] }, 4, 5),
  classified("bert", bert, { vocabulary: 4, width: 4, layers: 1, heads: 4, hidden: [] }, 3, 9),
  masked({ vocabulary: 25, width: 6, layers: 2, heads: 2 }, 5, 6),
  masked({ vocabulary: 4, width: 4, layers: 1, heads: 1 }, 3, 8),
];
