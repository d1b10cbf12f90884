import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { trainLanguage, type LanguageSettings } from "../../../pipeline/train/language.ts";
import { decodeModelFile } from "../../../pipeline/train/model-file.ts";
import { networks } from "../../../pipeline/train/models/networks.ts";
import { nextToken } from "../../../pipeline/train/objectives/next-token.ts";
import { gradientsOf, type Workers } from "../../../pipeline/train/parallel/gradients.ts";
import { boundsOf, partsOf } from "../../../pipeline/train/parallel/parts.ts";
import { disposeAll, toTensors } from "../../../pipeline/train/tensors.ts";
import { trainText, type TextSettings } from "../../../pipeline/train/text.ts";
import { contextOn, stream } from "./fixtures.ts";

const language: LanguageSettings = {
  kind: "gpt",
  tokenizer: "characters",
  context: 8,
  width: 8,
  layers: 1,
  heads: 2,
  batch_size: 5,
  steps: 4,
  evaluate_every: 2,
  learning_rate: 0.01,
  dropout: 0.2,
  accumulate: 2,
};
const texts = {
  text: () => stream(["the cat sat on the mat. ".repeat(20)]),
  validation: () => stream(["the cat sat."]),
};

const classifier: TextSettings = {
  kind: "bert",
  tokenizer: "wordpiece",
  vocabulary: 60,
  context: 12,
  overlong: "cut",
  width: 8,
  layers: 1,
  heads: 2,
  masked_epochs: 2,
  epochs: 2,
  batch_size: 5,
  learning_rate: 0.01,
  weight_decay: 0.01,
  patience: 3,
  dropout: 0.2,
};
const words = ["good", "fine thing", "bad", "awful day, all of it", "nice", "poor work"];
const rows = {
  rows: 24,
  columns: {
    text: Array.from({ length: 24 }, (_, i) => `${words[i % 6]} ${i}`),
    label: Array.from({ length: 24 }, (_, i) => ([0, 1, 4].includes(i % 6) ? "yes" : "no")),
  },
};
const labelled = {
  column: "text",
  label: { column: "label", favourable: "yes" },
  train: () =>
    stream([{ batch: rows, weight: Float32Array.from({ length: 24 }, (_, i) => 1 + (i % 3)) }]),
  validation: () => stream([rows]),
};

interface Result {
  readonly values: readonly number[];
  readonly threads: number;
}

async function trained(kind: keyof typeof kinds, workers: Workers): Promise<Result> {
  const threads: number[] = [];
  const context = await contextOn("wasm", {
    workers: { ...workers, used: (count) => threads.push(count) },
  });
  const { weights } = decodeModelFile((await kinds[kind](context)).serialize());
  assert.equal(context.backend.tf.memory().numTensors, 0);
  const values = Object.values(weights).flatMap((weight) => Array.from(weight.values));
  return { values, threads: Math.max(...threads) };
}

type Context = Awaited<ReturnType<typeof contextOn>>;
const kinds = {
  gpt: (context: Context) => trainLanguage(texts, language, context),
  "lstm-lm": (context: Context) => trainLanguage(texts, { ...language, kind: "lstm-lm" }, context),
  bert: (context: Context) => trainText(labelled, classifier, context),
  "text-classifier": (context: Context) =>
    trainText(labelled, { ...classifier, kind: "text-classifier", hidden: [6] }, context),
};

describe("threads that share a batch", () => {
  for (const kind of ["gpt", "lstm-lm", "bert", "text-classifier"] as const) {
    it(`train a ${kind} to the same bits as one, and to the weights of uncut batches`, async () => {
      const one = await trained(kind, { count: 1, leastWork: 1 });
      const two = await trained(kind, { count: 2, leastWork: 1 });
      assert.deepEqual([one.threads, two.threads], [1, 2]);
      assert.deepEqual(two.values, one.values);
      const whole = await trained(kind, { count: 2 });
      assert.equal(whole.threads, 1);
      // Adam divides gradients by their size, which turns rounding of tiny ones into small steps.
      for (const [i, value] of whole.values.entries())
        assert.ok(Math.abs(value - one.values[i]!) < 1e-3, `${i}: ${value}, ${one.values[i]}`);
    });
  }

  it("give the gradients of the whole batch within 1e-5, dropout and all", async () => {
    const { backend } = await contextOn("wasm");
    const { tf } = backend;
    for (const kind of ["gpt", "lstm-lm"] as const) {
      const shape = { vocabulary: 11, context: 6, width: 8, layers: 2, heads: 2 };
      const network = networks[kind];
      const parameters = toTensors(tf, network.weights(shape, seededRandom("w")));
      const ids = Int32Array.from({ length: 5 * 6 }, (_, i) => (i * 7) % 11);
      const batch = { batch: 5, time: 6, tokens: ids, targets: ids.map((id) => (id + 3) % 11) };
      const found: number[][] = [];
      for (const leastWork of [Infinity, 1]) {
        const gradients = gradientsOf(
          {
            objective: nextToken(network, shape, (named) => named),
            spec: { kind: "next-token", network: kind, shape },
            ...{ rows: 5, work: 1000, dropout: 0.3 },
          },
          backend,
          { count: 2, leastWork },
        );
        const both = await gradients.of(parameters, batch, seededRandom("drop"));
        const values = Object.values(both.gradients).flatMap((one) => Array.from(one.dataSync()));
        found.push([both.loss.dataSync()[0]!, ...values]);
        both.loss.dispose();
        disposeAll(both.gradients);
        await gradients.close();
      }
      disposeAll(parameters);
      for (const [i, value] of found[0]!.entries())
        assert.ok(Math.abs(value - found[1]![i]!) < 1e-5, `${kind} ${i}`);
      assert.equal(tf.memory().numTensors, 0);
    }
  });

  it("end training with a reason when one of them fails", async () => {
    const { backend } = await contextOn("wasm");
    const { tf } = backend;
    const shape = { vocabulary: 11, context: 6, width: 8, layers: 1, heads: 2 };
    const parameters = toTensors(tf, networks.gpt.weights(shape, seededRandom("w")));
    const objective = nextToken(networks.gpt, shape, (named) => named);
    // The other thread is told of more layers than there are weights for.
    const gradients = gradientsOf(
      {
        objective,
        spec: { kind: "next-token", network: "gpt", shape: { ...shape, layers: 2 } },
        ...{ rows: 2, work: 1000, dropout: 0 },
      },
      backend,
      { count: 2, leastWork: 1 },
    );
    const tokens = new Int32Array(12);
    const batch = { batch: 2, time: 6, tokens, targets: tokens };
    await assert.rejects(async () => gradients.of(parameters, batch, seededRandom("drop")), {
      message: /^training thread 2: /,
    });
    await gradients.close();
    disposeAll(parameters);
  });
});

describe("partsOf", () => {
  it("follows from the work and the rows alone", () => {
    assert.deepEqual(
      [partsOf(16, 4.1e8), partsOf(16, 9e7), partsOf(16, 1e12), partsOf(3, 1e12)],
      [2, 1, 8, 3],
    );
  });

  it("covers every row once", () => {
    for (const rows of [1, 5, 8, 13]) {
      const bounds = Array.from({ length: 8 }, (_, i) => boundsOf(rows, 8, i));
      assert.equal(bounds[0]![0], 0);
      assert.equal(bounds.at(-1)![1], rows);
      for (const [i, [from]] of bounds.entries()) if (i > 0) assert.equal(from, bounds[i - 1]![1]);
    }
  });
});
