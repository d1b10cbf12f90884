import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PipelineError } from "../../../pipeline/core/error.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { loadModel } from "../../../pipeline/train/load-model.ts";
import { tabularDefaults, type TabularSettings } from "../../../pipeline/train/settings.ts";
import { trainTabular, type TabularData } from "../../../pipeline/train/tabular.ts";
import { absent, contextOn, stream, syntheticData, syntheticRows } from "./fixtures.ts";

const settings: TabularSettings = {
  ...tabularDefaults,
  hidden: [8],
  epochs: 4,
  batch_size: 64,
  learning_rate: 0.02,
};

for (const backend of ["cpu", "wasm", "native"] as const) {
  describe(`trainTabular on ${backend}`, { skip: absent(backend) }, () => {
    it("learns a rule from a number and a category", async () => {
      const context = await contextOn(backend);
      const model = await trainTabular(syntheticData(1200), settings, context);
      const test = syntheticRows(1000, "test");
      const scores = await model.score(test);
      const right = test.columns.label!.filter((y, i) => scores[i]! > 0.5 === (y === "yes"));
      assert.ok(right.length > 850, `${right.length} of 1000 right`);
      assert.equal(context.backend.tf.memory().numTensors, 0);
    });

    it("gives the same bytes for a seed and other bytes for another", async () => {
      const context = await contextOn(backend);
      const data = syntheticData(400);
      const [one, two] = [
        await trainTabular(data, settings, context),
        await trainTabular(data, settings, context),
      ];
      const other = await trainTabular(data, settings, {
        ...context,
        random: seededRandom("another"),
      });
      assert.deepEqual(one.serialize(), two.serialize());
      assert.notDeepEqual(one.serialize(), other.serialize());
    });

    for (const dropout of [0, 0.2]) {
      it(`resumes to the same bytes from any epoch with dropout ${dropout}`, async () => {
        const saved: Uint8Array[] = [];
        const data = syntheticData(400);
        const keep = {
          load: () => Promise.resolve(undefined),
          save: (bytes: Uint8Array) => Promise.resolve(void saved.push(bytes)),
        };
        const all = { ...settings, dropout };
        const whole = await trainTabular(data, all, await contextOn(backend, { checkpoint: keep }));
        assert.ok(saved.length > 1);
        for (const bytes of saved) {
          const again = { load: () => Promise.resolve(bytes), save: () => Promise.resolve() };
          const context = await contextOn(backend, { checkpoint: again });
          const resumed = await trainTabular(data, all, context);
          assert.deepEqual(resumed.serialize(), whole.serialize());
        }
      });
    }

    it("scores and loses the same after serialize and loadModel", async () => {
      const context = await contextOn(backend);
      const model = await trainTabular(syntheticData(400), settings, context);
      const loaded = await loadModel(model.serialize(), context.backend);
      assert.ok("score" in loaded);
      const test = syntheticRows(50, "test");
      assert.deepEqual(await loaded.score(test), await model.score(test));
      const losses = await loaded.losses(test);
      const scores = await loaded.score(test);
      for (const [i, y] of test.columns.label!.entries()) {
        const p = y === "yes" ? scores[i]! : 1 - scores[i]!;
        assert.ok(Math.abs(losses[i]! + Math.log(p)) < 1e-4);
      }
    });
  });
}

describe("trainTabular refuses", () => {
  const rows = syntheticRows(100, "a");
  const data = syntheticData(400);
  const only = {
    rows: 100,
    columns: { ...rows.columns, label: rows.columns.x!.map(() => "yes") },
  };
  const gap = {
    rows: 100,
    columns: { ...rows.columns, label: rows.columns.x!.map(() => null) },
  };
  const cases: readonly [string, Partial<TabularData>, RegExp][] = [
    ["a training split without rows", { train: () => stream([]) }, /training split is empty/],
    [
      "a validation split without rows",
      { validation: () => stream([]) },
      /validation split is empty/,
    ],
    ["one class in training", { train: () => stream([{ batch: only }]) }, /one class/],
    ["one class in validation", { validation: () => stream([only]) }, /one class/],
    ["a missing label", { train: () => stream([{ batch: gap }]) }, /missing cell in row 1/],
    [
      "a favourable value that never occurs",
      { label: { column: "label", favourable: "si" } },
      /one class: none/,
    ],
    [
      "a label column that is not there",
      { label: { column: "y", favourable: "1" } },
      /no label column y/,
    ],
    ["a feature that is not there", { columns: [{ name: "z", type: "text" }] }, /no column z/],
  ];
  for (const [what, change, message] of cases) {
    it(what, async () => {
      const context = await contextOn("cpu");
      await assert.rejects(trainTabular({ ...data, ...change }, settings, context), (error) => {
        assert.ok(error instanceof PipelineError);
        assert.equal(error.code, "training");
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("a loss that explodes, keeping the last checkpoint and no tensor", async () => {
    const saved: Uint8Array[] = [];
    const checkpoint = {
      load: () => Promise.resolve(undefined),
      save: (bytes: Uint8Array) => Promise.resolve(void saved.push(bytes)),
    };
    const context = await contextOn("cpu", { checkpoint });
    const weight = new Float32Array(100).fill(1);
    let opened = 0;
    const exploding = {
      ...data,
      // The third reading, which is encoded for training, meets an absurd weight.
      train: () => {
        opened++;
        return stream([{ batch: rows, weight: opened > 1 ? weight.fill(3e38) : weight }]);
      },
    };
    await assert.rejects(trainTabular(exploding, settings, context), {
      code: "training",
      message: /not a finite number in epoch 1, at batch 1/,
    });
    assert.equal(saved.length, 0);
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });

  it("a checkpoint of other settings, and one with a changed byte", async () => {
    let bytes = new Uint8Array();
    const checkpoint = {
      load: () => Promise.resolve(bytes.length ? bytes : undefined),
      save: (saved: Uint8Array) => Promise.resolve(void (bytes = new Uint8Array(saved))),
    };
    const context = await contextOn("cpu", { checkpoint });
    await trainTabular(data, settings, context);
    const other = { ...settings, hidden: [9] };
    await assert.rejects(trainTabular(data, other, context), {
      code: "training",
      message: /another model, settings or data/,
    });
    bytes[bytes.length - 1]! ^= 1;
    await assert.rejects(trainTabular(data, settings, context), { code: "integrity" });
  });

  it("to go on when it is told to stop", async () => {
    const context = await contextOn("cpu", { signal: AbortSignal.abort() });
    await assert.rejects(trainTabular(data, settings, context), { code: "interrupted" });
  });
});
