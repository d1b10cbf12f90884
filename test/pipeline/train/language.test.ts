import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trainLanguage, type LanguageSettings } from "../../../pipeline/train/language.ts";
import { loadModel } from "../../../pipeline/train/load-model.ts";
import { contextOn, stream } from "./fixtures.ts";

const data = {
  text: () => stream(Array.from({ length: 40 }, () => "the cat sat on the mat.")),
  validation: () => stream(["the cat sat on the mat.", "the cat sat."]),
};
const settings: LanguageSettings = {
  kind: "lstm-lm",
  tokenizer: "characters",
  context: 12,
  width: 24,
  layers: 1,
  batch_size: 8,
  steps: 80,
  evaluate_every: 20,
  learning_rate: 0.03,
};

describe("trainLanguage", () => {
  it("learns a sentence, continues it, and knows it from noise", async () => {
    const context = await contextOn("wasm");
    const model = await trainLanguage(data, settings, context);
    const text = await model.generate("the cat", { temperature: 0, max_tokens: 16 });
    assert.equal(text, " sat on the mat.");
    assert.equal(await model.generate("the c", { temperature: 0, stop: [" sat"] }), "at");
    const [known, noise] = await model.losses([
      "the cat sat on the mat.",
      "tam eht no tas tac eht.",
    ]);
    assert.ok(known! < 0.5 && noise! > 2, `${known} and ${noise}`);
    const [sum] = await model.surprisals(["the cat sat on the mat."]);
    assert.ok(Math.abs(sum! - known! * 24) < 1e-4);
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });

  it("tells how likely a text is after a prompt, in windows that reach back", async () => {
    const context = await contextOn("wasm");
    const model = await trainLanguage(data, settings, context);
    const [whole, head, tail, none] = await model.likelihoods([
      { prompt: "", text: "the cat sat" },
      { prompt: "", text: "the cat" },
      { prompt: "the cat", text: " sat" },
      { prompt: "the cat", text: "" },
    ]);
    // The whole fits the context, so that it is the product of its parts.
    assert.ok(Math.abs(whole!.nats - head!.nats - tail!.nats) < 1e-4);
    assert.deepEqual([whole!.tokens, head!.tokens, tail!.tokens], [11, 7, 4]);
    assert.deepEqual(none, { nats: 0, tokens: 0 });
    const long = "the cat sat on the mat.".repeat(3);
    const [along] = await model.likelihoods([{ prompt: long, text: long }]);
    assert.equal(along!.tokens, long.length);
    assert.ok(along!.nats > -2.5 * long.length && along!.nats < 0);
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });

  it("samples the same text for a seed", async () => {
    const model = await trainLanguage(data, { ...settings, steps: 20 }, await contextOn("wasm"));
    const options = { seed: "s", max_tokens: 30, top_k: 10, top_p: 0.95 };
    const one = await model.generate("the", options);
    assert.equal(await model.generate("the", options), one);
    assert.notEqual(await model.generate("the", { ...options, seed: "t" }), one);
  });

  it("resumes to the same bytes, with dropout and two layers", async () => {
    const saved: Uint8Array[] = [];
    const keep = {
      load: () => Promise.resolve(undefined),
      save: (bytes: Uint8Array) => Promise.resolve(void saved.push(bytes)),
    };
    const some = { ...settings, steps: 15, evaluate_every: 5, dropout: 0.1, layers: 2, width: 8 };
    const whole = await trainLanguage(data, some, await contextOn("wasm", { checkpoint: keep }));
    const again = { load: () => Promise.resolve(saved[0]), save: () => Promise.resolve() };
    const context = await contextOn("wasm", { checkpoint: again });
    const resumed = await trainLanguage(data, some, context);
    assert.deepEqual(resumed.serialize(), whole.serialize());
    const loaded = await loadModel(whole.serialize(), context.backend);
    assert.ok("generate" in loaded);
    assert.equal(await loaded.generate("the"), await whole.generate("the"));
  });

  it("trains a gpt over byte pairs, and its cache reads as the whole text does", async () => {
    const context = await contextOn("wasm");
    const some = {
      ...settings,
      kind: "gpt",
      tokenizer: "bpe",
      vocabulary: 270,
      heads: 2,
      steps: 150,
      evaluate_every: 50,
      learning_rate: 0.01,
    } as const;
    const model = await trainLanguage(data, some, context);
    // Longer than the context of 12, so the cache is renewed on the way.
    const text = await model.generate("the cat", { temperature: 0, max_tokens: 40 });
    assert.equal(text, " sat on the mat.");
    const [known, noise] = await model.losses([
      "the cat sat on the mat.",
      "tam eht no tas tac eht.",
    ]);
    assert.ok(known! < 0.5 && noise! > 2, `${known} and ${noise}`);
    assert.equal(context.backend.tf.memory().numTensors, 0);
    const loaded = await loadModel(model.serialize(), context.backend);
    assert.ok("generate" in loaded);
    assert.deepEqual(loaded.serialize(), model.serialize());
  });

  it("refuses heads that do not divide the width", async () => {
    const wrong = { ...settings, kind: "gpt", heads: 5 } as const;
    await assert.rejects(trainLanguage(data, wrong, await contextOn("cpu")), { code: "policy" });
  });

  it("refuses a split without text", async () => {
    const context = await contextOn("cpu");
    await assert.rejects(trainLanguage({ ...data, text: () => stream([]) }, settings, context), {
      code: "training",
    });
  });
});
