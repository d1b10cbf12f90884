import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pick, seededRandom, uniform } from "../../../pipeline/core/random.ts";
import type { Batch } from "../../../pipeline/core/types.ts";
import { loadModel } from "../../../pipeline/train/load-model.ts";
import {
  pretrainEncoder,
  trainText,
  type TextData,
  type TextSettings,
} from "../../../pipeline/train/text.ts";
import { absent, contextOn, stream } from "./fixtures.ts";

const words = ["the", "room", "was", "very", "and", "food", "we", "found", "it", "staff"];
const good = ["lovely", "great", "clean"];
const bad = ["awful", "dirty", "cold"];

/** Reviews whose label follows from one word of eight, with a twentieth of the labels turned. */
function reviews(rows: number, seed: string): Batch {
  const random = seededRandom(seed);
  const text: string[] = [];
  const label: string[] = [];
  for (let i = 0; i < rows; i++) {
    const yes = uniform(random) < 0.5;
    const chosen = Array.from({ length: 7 }, () => pick(random, words));
    chosen.splice(3, 0, pick(random, yes ? good : bad));
    text.push(chosen.join(" "));
    label.push(yes !== uniform(random) < 0.05 ? "yes" : "no");
  }
  return { rows, columns: { text, label } };
}

const data: TextData = {
  column: "text",
  label: { column: "label", favourable: "yes" },
  train: () => stream([{ batch: reviews(300, "a") }, { batch: reviews(100, "b") }]),
  validation: () => stream([reviews(100, "v")]),
};
const settings = {
  "text-classifier": {
    kind: "text-classifier",
    tokenizer: "wordpiece",
    vocabulary: 300,
    context: 12,
    overlong: "stop",
    width: 16,
    hidden: [8],
    epochs: 8,
    batch_size: 32,
    learning_rate: 0.02,
    weight_decay: 0.01,
    patience: 4,
    dropout: 0.1,
  },
  bert: {
    kind: "bert",
    tokenizer: "wordpiece",
    vocabulary: 300,
    context: 12,
    overlong: "stop",
    width: 16,
    layers: 1,
    heads: 2,
    masked_epochs: 2,
    epochs: 6,
    batch_size: 32,
    learning_rate: 0.01,
    weight_decay: 0.01,
    patience: 4,
    dropout: 0.1,
  },
} as const satisfies Record<string, TextSettings>;

for (const backend of ["wasm", "native"] as const) {
  for (const kind of ["text-classifier", "bert"] as const) {
    describe(`${kind} on ${backend}`, { skip: absent(backend) }, () => {
      it("learns which words decide, scores the same when loaded, leaves no tensor", async () => {
        const context = await contextOn(backend);
        const model = await trainText(data, settings[kind], context);
        const test = reviews(300, "test");
        const scores = await model.score(test);
        const right = test.columns.label!.filter((y, i) => scores[i]! > 0.5 === (y === "yes"));
        assert.ok(right.length > 270, `${right.length} of 300 right`);
        const losses = await model.losses(test);
        for (const [i, y] of test.columns.label!.entries()) {
          const p = y === "yes" ? scores[i]! : 1 - scores[i]!;
          assert.ok(Math.abs(losses[i]! + Math.log(p)) < 1e-3);
        }
        const loaded = await loadModel(model.serialize(), context.backend);
        assert.ok("score" in loaded);
        assert.deepEqual(await loaded.score(test), scores);
        assert.deepEqual(loaded.serialize(), model.serialize());
        assert.equal(context.backend.tf.memory().numTensors, 0);
      });
    });
  }
}

describe("trainText", () => {
  for (const kind of ["text-classifier", "bert"] as const) {
    it(`resumes a ${kind} to the same bytes from every checkpoint of both phases`, async () => {
      const saved: Uint8Array[] = [];
      const some = { ...settings[kind], epochs: 2 };
      const keep = {
        load: () => Promise.resolve(saved.at(-1)),
        save: (bytes: Uint8Array) => Promise.resolve(void saved.push(bytes)),
      };
      const whole = await trainText(data, some, await contextOn("wasm", { checkpoint: keep }));
      assert.equal(saved.length, kind === "bert" ? 4 : 2);
      for (const bytes of [...saved]) {
        let last = bytes;
        const again = {
          load: () => Promise.resolve(last),
          save: (next: Uint8Array) => Promise.resolve(void (last = next)),
        };
        const resumed = await trainText(data, some, await contextOn("wasm", { checkpoint: again }));
        assert.deepEqual(resumed.serialize(), whole.serialize());
      }
    });
  }

  it("reads a text without tokens, and one of unknown words", async () => {
    const context = await contextOn("wasm");
    for (const kind of ["text-classifier", "bert"] as const) {
      const model = await trainText(data, { ...settings[kind], epochs: 1 }, context);
      const scores = await model.score({ rows: 3, columns: { text: ["", null, "ψψ 我"] } });
      assert.ok(scores.every((score) => score > 0 && score < 1));
    }
  });

  const long = reviews(100, "l");
  const overlong: Batch = {
    rows: 100,
    columns: {
      ...long.columns,
      text: long.columns.text!.map((text, i) => (i < 3 ? `${String(text)} ${String(text)}` : text)),
    },
  };
  const turned = (batch: Batch, label: string): Batch => ({
    rows: batch.rows,
    columns: { ...batch.columns, label: batch.columns.label!.map(() => label) },
  });
  const refusals: readonly [string, Partial<TextData>, string][] = [
    ["an empty training split", { train: () => stream([]) }, "the training split is empty"],
    [
      "an empty validation split",
      { validation: () => stream([]) },
      "the validation split is empty",
    ],
    [
      "a training split of one class",
      { train: () => stream([{ batch: turned(long, "yes") }]) },
      "the labels of the training split have one class: all of 100 rows are favourable",
    ],
    [
      "a validation split of one class",
      { validation: () => stream([turned(long, "no")]) },
      "the labels of the validation split have one class: none of 100 rows are favourable",
    ],
    [
      "a label outside the declared set",
      {
        label: { column: "label", favourable: "yes", values: ["yes", "no"] },
        train: () => stream([{ batch: long }, { batch: turned(long, "perhaps") }]),
      },
      "the label column label has a value outside its declared set in row 1 of a batch",
    ],
    [
      "texts that exceed the context",
      { train: () => stream([{ batch: overlong }]) },
      "3 of the training texts exceed the context of 12 tokens, the longest has 16",
    ],
    ["a text column that is not there", { column: "note" }, "the data has no text column note"],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses ${what}`, async () => {
      const context = await contextOn("wasm");
      await assert.rejects(
        trainText({ ...data, ...change }, settings["text-classifier"], context),
        (error: { code?: string; message: string }) => {
          assert.equal(error.message, message);
          return error.code === "training";
        },
      );
      assert.equal(context.backend.tf.memory().numTensors, 0);
    });
  }

  it("cuts texts that exceed the context where it may", async () => {
    const context = await contextOn("wasm");
    const train = (): ReturnType<TextData["train"]> => stream([{ batch: overlong }]);
    const cut = { ...settings["text-classifier"], overlong: "cut", epochs: 1 } as const;
    const model = await trainText({ ...data, train }, cut, context);
    assert.equal((await model.score(overlong)).length, 100);
  });
});

describe("pretrainEncoder", () => {
  it("learns to guess hidden words from texts without labels", async () => {
    const context = await contextOn("wasm");
    const texts: TextData = {
      column: data.column,
      train: () => data.train(),
      validation: () => data.validation(),
    };
    const how = { ...settings.bert, epochs: 6, width: 24 };
    const model = await pretrainEncoder(texts, how, context);
    const [first, last] = [model.history[0]!, model.history.at(-1)!];
    assert.ok(last.validation! < first.validation!, `${last.validation} of ${first.validation}`);
    const loaded = await loadModel(model.serialize(), context.backend);
    assert.ok(!("score" in loaded) && !("generate" in loaded));
    const [one, two] = await loaded.losses(["the room was lovely", "the room was lovely"]);
    assert.ok(one! > 0 && one === two);
    const asked = [
      { prompt: "", text: "the room was lovely" },
      { prompt: "", text: "was the lovely room" },
      { prompt: "the room", text: "was lovely" },
    ];
    const likelihoods = await loaded.pseudoLikelihoods(asked);
    assert.ok(likelihoods[0]!.nats < 0 && likelihoods[0]!.tokens === likelihoods[1]!.tokens);
    assert.ok(likelihoods[0]!.nats > likelihoods[1]!.nats, "order counts");
    assert.ok(likelihoods[2]!.tokens < likelihoods[0]!.tokens);
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });
});
