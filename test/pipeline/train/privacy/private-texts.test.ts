import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pick, seededRandom, uniform } from "../../../../pipeline/core/random.ts";
import type { Batch } from "../../../../pipeline/core/types.ts";
import { decodeModelFile } from "../../../../pipeline/train/model-file.ts";
import {
  pretrainEncoder,
  trainText,
  type TextData,
  type TextSettings,
} from "../../../../pipeline/train/text.ts";
import { contextOn, stream } from "../fixtures.ts";

/** Short reviews whose label follows from one word of four. */
function reviews(rows: number, seed: string): Batch {
  const random = seededRandom(seed);
  const text: string[] = [];
  const label: string[] = [];
  for (let i = 0; i < rows; i++) {
    const yes = uniform(random) < 0.5;
    const others = Array.from({ length: 3 }, () => pick(random, ["the", "room", "was", "and"]));
    text.push([...others, yes ? "lovely" : "awful"].join(" "));
    label.push(yes ? "yes" : "no");
  }
  return { rows, columns: { text, label } };
}

const unlabelled: TextData = {
  column: "text",
  train: () => stream([{ batch: reviews(500, "a") }]),
  validation: () => stream([reviews(100, "v")]),
};
const data: TextData = { ...unlabelled, label: { column: "label", favourable: "yes" } };
const privacy = { epsilon: 6, delta: 1e-4, clip: 1 };
const common = {
  tokenizer: "wordpiece",
  vocabulary: 60,
  context: 8,
  overlong: "stop",
  width: 16,
  epochs: 6,
  batch_size: 50,
  weight_decay: 0.01,
  patience: 1,
  dropout: 0.1,
  privacy,
} as const;
const classifier: TextSettings = {
  ...common,
  kind: "text-classifier",
  hidden: [8],
  learning_rate: 0.05,
};
const encoder: TextSettings = {
  ...common,
  kind: "bert",
  layers: 1,
  heads: 2,
  masked_epochs: 2,
  epochs: 8,
  patience: 8,
  learning_rate: 0.01,
  // So small a corpus teaches attention little under a budget that one would publish.
  privacy: { ...privacy, epsilon: 40 },
};

describe("private training of a classifier of texts", () => {
  for (const settings of [{ ...classifier, batch_size: 25, accumulate: 2 }, encoder]) {
    const { kind, accumulate = 1, epochs } = settings;
    const { epsilon } = settings.privacy!;
    it(`learns within its budget: ${kind}, steps of ${accumulate} parts`, async () => {
      const planned: unknown[] = [];
      const context = await contextOn("wasm", { reserve: (budget) => planned.push(budget) });
      const tensors = context.backend.tf.memory().numTensors;
      const model = await trainText(data, settings, context);
      assert.deepEqual(planned, [settings.privacy]);
      const spent = model.privacy!;
      assert.ok(spent.epsilon <= epsilon && spent.epsilon > 0.9 * epsilon, `ε ${spent.epsilon}`);
      // Both phases of a bert draw on the one budget.
      assert.deepEqual(
        [spent.steps, spent.sampling_rate, spent.unit],
        [10 * (epochs + (kind === "bert" ? 2 : 0)), 0.1, "row"],
      );
      const test = reviews(200, "t");
      const scores = await model.score(test);
      const right = test.columns.label!.filter((y, i) => scores[i]! > 0.5 === (y === "yes"));
      assert.ok(right.length > 170, `${right.length} of 200`);
      assert.equal(context.backend.tf.memory().numTensors, tensors);
    });
  }

  it("gives both phases fewer steps where the noise is given", async () => {
    const own = { ...privacy, epsilon: 2, noise_multiplier: 1.2 };
    const context = await contextOn("wasm");
    const model = await trainText(
      data,
      { ...encoder, masked_epochs: 1, epochs: 2, privacy: own },
      context,
    );
    assert.ok(model.privacy!.epsilon <= 2 && model.privacy!.steps < 30);
    const { masked } = decodeModelFile(model.serialize()).header as { masked?: unknown[] };
    assert.ok(masked!.length >= 1 && model.history.length >= 1);
  });

  it("pretrains an encoder, whose examples are pieces of texts", async () => {
    const context = await contextOn("wasm");
    const model = await pretrainEncoder(unlabelled, { ...encoder, epochs: 3, privacy }, context);
    assert.ok(model.privacy!.epsilon <= 6);
    assert.equal(model.privacy!.unit, "piece of at most 8 tokens");
    const [first, last] = [model.history[0]!, model.history.at(-1)!];
    assert.ok(last.validation! < first.validation!, `${last.validation} of ${first.validation}`);
  });
});
