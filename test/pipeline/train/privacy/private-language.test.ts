import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pick, seededRandom } from "../../../../pipeline/core/random.ts";
import { trainLanguage, type LanguageSettings } from "../../../../pipeline/train/language.ts";
import { decodeModelFile } from "../../../../pipeline/train/model-file.ts";
import { contextOn, stream } from "../fixtures.ts";

const random = seededRandom("private language");
const words = ["rain", "falls", "on", "quiet", "fields"];
const texts = (n: number): string[] =>
  Array.from({ length: n }, () => Array.from({ length: 12 }, () => pick(random, words)).join(" "));
const [train, validation] = [texts(60), texts(6)];
const data = { text: () => stream(train), validation: () => stream(validation) };
const settings: LanguageSettings = {
  kind: "lstm-lm",
  tokenizer: "characters",
  context: 12,
  width: 16,
  layers: 1,
  batch_size: 64,
  steps: 60,
  learning_rate: 0.02,
};
const transformer = { kind: "gpt", heads: 2 } as const;

describe("private training of a language model", () => {
  for (const clipping of ["flat", "per-layer", "adaptive"] as const) {
    it(`learns within its budget, clipped ${clipping}, and says on which terms`, async () => {
      const planned: unknown[] = [];
      const context = await contextOn("wasm", { reserve: (budget) => planned.push(budget) });
      const tensors = context.backend.tf.memory().numTensors;
      const privacy = { epsilon: 8, delta: 1e-3, clip: 0.5, clipping };
      const model = await trainLanguage(data, { ...settings, privacy }, context);
      assert.deepEqual(planned, [privacy]);
      assert.ok(model.privacy && model.privacy.epsilon <= 8 && model.privacy.epsilon > 6);
      assert.equal(model.privacy.unit, "window of 12 tokens");
      assert.equal(model.privacy.clipping, clipping);
      assert.equal(model.privacy.steps, 60);
      const [before, after] = [model.history[0], model.history.at(-1)];
      // Twelve characters: blind guessing costs log 14 = 2.6 nats.
      assert.ok(after!.validation! < Math.min(2.6, before!.validation! + 0.01));
      assert.equal(context.backend.tf.memory().numTensors, tensors);
    });
  }

  it("trains a gpt, a step in several parts with one draw of noise", async () => {
    const privacy = { epsilon: 8, delta: 1e-3, clip: 0.5 };
    const how = { ...settings, ...transformer, batch_size: 16, accumulate: 4, steps: 15, privacy };
    const context = await contextOn("wasm");
    const tensors = context.backend.tf.memory().numTensors;
    const model = await trainLanguage(data, how, context);
    const whole = await trainLanguage(data, { ...how, batch_size: 64, accumulate: 1 }, context);
    // The same sample and the same noise, whatever is in memory at once.
    assert.deepEqual(model.privacy, whole.privacy);
    const last = [model, whole].map(({ history }) => history.at(-1)!.validation!);
    for (const loss of last) assert.ok(loss < 2.7, String(loss));
    assert.equal(context.backend.tf.memory().numTensors, tensors);
  });

  it("fine-tunes adapters under a budget and leaves the other weights", async () => {
    const context = await contextOn("wasm");
    const first = await trainLanguage(data, { ...settings, ...transformer, steps: 5 }, context);
    const parent = decodeModelFile(first.serialize());
    const privacy = { epsilon: 8, delta: 1e-3, clip: 0.5 };
    const how = { ...settings, ...transformer, steps: 5, privacy };
    const lora = { rank: 2, alpha: 4 };
    const tuned = await trainLanguage(data, how, context, { parent, lora });
    const { weights } = decodeModelFile(tuned.serialize());
    assert.ok(tuned.privacy!.epsilon <= 8);
    assert.notDeepEqual(weights.qkv0, parent.weights.qkv0);
    for (const name of ["tokens", "positions", "gain", "qkv0b"])
      assert.deepEqual(weights[name], parent.weights[name]);
  });

  it("stops before the budget is passed where the noise is given", async () => {
    const privacy = { epsilon: 4, delta: 1e-3, clip: 0.5, noise_multiplier: 0.8 };
    const context = await contextOn("wasm");
    const model = await trainLanguage(data, { ...settings, privacy, steps: 400 }, context);
    assert.ok(model.privacy!.epsilon <= 4 && model.privacy!.steps < 400);
  });

  it("does not begin where the budget is refused", async () => {
    const privacy = { epsilon: 8, delta: 1e-3, clip: 0.5 };
    const refusal = new Error("refused");
    const context = await contextOn("wasm", {
      reserve: () => {
        throw refusal;
      },
    });
    await assert.rejects(trainLanguage(data, { ...settings, privacy }, context), refusal);
  });
});
