import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trainLanguage, type LanguageSettings } from "../../../pipeline/train/language.ts";
import type { TrainContext } from "../../../pipeline/train/loop.ts";
import { tabularDefaults } from "../../../pipeline/train/settings.ts";
import { trainTabular } from "../../../pipeline/train/tabular.ts";
import { trainText, type TextSettings } from "../../../pipeline/train/text.ts";
import { contextOn, stream, syntheticData } from "./fixtures.ts";

const common = { context: 4, width: 4, layers: 1, heads: 1, batch_size: 1, learning_rate: 0.01 };
const language: Omit<LanguageSettings, "kind"> = {
  ...common,
  tokenizer: "characters",
  steps: 1000,
  evaluate_every: 1000,
};
const texts = {
  text: () => stream(["the cat sat on the mat. ".repeat(20)]),
  validation: () => stream(["the cat."]),
};
const classifier: Omit<TextSettings, "kind"> = {
  ...common,
  tokenizer: "wordpiece",
  vocabulary: 40,
  overlong: "cut",
  hidden: [3],
  masked_epochs: 0,
  epochs: 1,
  batch_size: 1,
  weight_decay: 0,
  patience: 1,
};
const rows = {
  rows: 1000,
  columns: {
    text: Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? "good" : "bad")),
    label: Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? "yes" : "no")),
  },
};
const labelled = {
  column: "text",
  label: { column: "label", favourable: "yes" },
  train: () => stream([{ batch: rows }]),
  validation: () => stream([{ rows: 2, columns: { text: ["good", "bad"], label: ["yes", "no"] } }]),
};

const models: Readonly<Record<string, (context: TrainContext) => Promise<unknown>>> = {
  gpt: (context) => trainLanguage(texts, { ...language, kind: "gpt" }, context),
  "lstm-lm": (context) => trainLanguage(texts, { ...language, kind: "lstm-lm" }, context),
  bert: (context) => trainText(labelled, { ...classifier, kind: "bert" }, context),
  "text-classifier": (context) =>
    trainText(labelled, { ...classifier, kind: "text-classifier" }, context),
  "tabular-mlp": (context) =>
    trainTabular(
      syntheticData(1000),
      { ...tabularDefaults, hidden: [3], epochs: 1, batch_size: 1 },
      context,
    ),
};

describe("memory over 1,000 steps", () => {
  for (const [kind, train] of Object.entries(models)) {
    it(`does not grow for a ${kind}`, async () => {
      const counts: number[] = [];
      const context = await contextOn("wasm", {
        log: (_, values) => {
          // In the middle of the epoch; at its end the losses are reported.
          if ("loss/step" in values) counts.push(tf.memory().numTensors);
        },
      });
      const { tf } = context.backend;
      await train(context);
      assert.equal(counts.length, 100);
      assert.deepEqual([...new Set(counts)], [counts[0]]);
      assert.equal(tf.memory().numTensors, 0);
    });
  }
});
