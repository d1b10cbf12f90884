import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { PipelineError } from "../../../pipeline/core/error.ts";
import { seededRandom, systemRandom } from "../../../pipeline/core/random.ts";
import type { Dataset, StageContext, Trained } from "../../../pipeline/core/types.ts";
import { auditModel } from "../../../pipeline/stages/audit-model.ts";
import type { AuditParams } from "../../../pipeline/stages/parts/audit-params.ts";
import type { ModelStore, TrainParams } from "../../../pipeline/stages/parts/model.ts";
import { train } from "../../../pipeline/stages/train.ts";
import { selectBackend } from "../../../pipeline/train/backend.ts";

const ROWS = 200;
const label = { column: "y", favourable: "yes" };
const types = { note: "text", x: "decimal", weight: "decimal", y: "text" } as const;

/** Rows whose last weight can be turned into more than a float holds. */
function rows(): { dataset: Dataset; spoil: () => void } {
  let last = 1;
  const yes = (i: number): boolean => (i * 7) % 10 < 5;
  const all = Array.from({ length: ROWS }, (_, i) => i);
  const dataset: Dataset = {
    digest: sha256("rows"),
    roles: { note: "text", x: "other", weight: "weight", y: "label" },
    shards: [
      {
        digest: sha256("shard"),
        rows: ROWS,
        async *open() {
          yield await Promise.resolve({
            rows: ROWS,
            columns: {
              note: all.map((i) => (yes(i) ? "a good day" : "a bad night")),
              x: all.map((i) => (yes(i) ? 1 : -1) + (i % 3)),
              weight: all.map(() => last),
              y: all.map((i) => (yes(i) ? "yes" : "no")),
            },
          });
        },
      },
    ],
  };
  return { dataset, spoil: () => void (last = 1e39) };
}

interface Models extends ModelStore {
  readonly saved: Uint8Array[];
  readonly put: ModelStore["put"];
  bytes: Uint8Array | undefined;
}

function memoryModels(onSave: () => void = () => undefined): Models {
  const models: Models = {
    saved: [],
    bytes: undefined,
    put: (bytes) => {
      models.bytes = bytes;
      return Promise.resolve({ digest: sha256(bytes), files: [] });
    },
    get: () => Promise.resolve(models.bytes!),
    checkpoint: {
      load: () => Promise.resolve(models.saved.at(-1)),
      save(bytes) {
        models.saved.push(bytes);
        onSave();
        return Promise.resolve();
      },
    },
    clearCheckpoint: () => Promise.resolve(void models.saved.splice(0)),
  };
  return models;
}

const context = (signal = new AbortController().signal): StageContext => ({
  random: seededRandom("run"),
  secret: seededRandom("secret"),
  entropy: systemRandom(),
  store: {
    put: () => Promise.reject(new Error("no store")),
    finished: () => Promise.resolve(undefined),
  },
  progress: () => undefined,
  signal,
});

const text: TrainParams["model"] = {
  ...{ kind: "text-classifier", tokenizer: "wordpiece", vocabulary: 40 },
  ...{ context: 8, overlong: "stop", width: 4, hidden: [3] },
};
const params: TrainParams = {
  model: text,
  ...{ backend: "wasm", require_gpu: false, fallback: false, workers: 1, precision: "full" },
  ...{ features: ["x"], text: "note", label, held_out: 0.25, validation: 0.2 },
  ...{ epochs: 3, batch_size: 20, learning_rate: 0.02, weight_decay: 0, patience: 4 },
  ...{ dropout: 0, accumulate: 1, clip_norm: 1 },
};
const run = (dataset: Dataset, models: Models, some: TrainParams, signal?: AbortSignal) =>
  train.run({ dataset, types, models, seed: "run" }, some, context(signal));

/** What is in the store after a training that was stopped behind its first checkpoint. */
async function interrupted(
  some = params,
): Promise<ReturnType<typeof rows> & { readonly models: Models }> {
  const { dataset, spoil } = rows();
  const stop = new AbortController();
  const models = memoryModels(() => {
    stop.abort();
  });
  await assert.rejects(run(dataset, models, some, stop.signal), { code: "interrupted" });
  assert.equal(models.saved.length, 1);
  return { dataset, models, spoil };
}

describe("the train stage", () => {
  it("stops at a loss that is not finite: batch named, checkpoint kept, no model put", async () => {
    const { dataset, models, spoil } = await interrupted({ ...params, weight: "weight" });
    const good = models.saved[0]!;
    spoil();
    await assert.rejects(run(dataset, models, { ...params, weight: "weight" }), {
      code: "training",
      message: /^the loss is not a finite number in epoch 2, at batch 1$/,
      hint: "lower learning_rate; the checkpoint of the last good epoch is kept",
    });
    assert.deepEqual([models.saved, models.bytes], [[good], undefined]);
  });

  it("refuses a checkpoint that was tampered with, is cut short or of another model", async () => {
    const { dataset, models } = await interrupted();
    const good = models.saved[0]!;
    const turned = good.slice();
    turned[turned.length - 5]! ^= 1;
    const wider: TrainParams = { ...params, model: { ...text, width: 6 } };
    const cases: readonly [Uint8Array, TrainParams, string][] = [
      [turned, params, "integrity"],
      [good.subarray(0, good.length >> 1), params, "integrity"],
      [good, wider, "training"],
    ];
    for (const [bytes, some, code] of cases) {
      models.saved.splice(0, models.saved.length, bytes);
      await assert.rejects(run(dataset, models, some), (error: PipelineError) => {
        assert.ok(error instanceof PipelineError && error.hint !== "", error.message);
        return error.code === code || error.code === "format";
      });
      assert.deepEqual(models.saved, [bytes], "it is left as it was");
      assert.equal(models.bytes, undefined);
    }
    // The good one still serves.
    models.saved.splice(0, models.saved.length, good);
    const { evidence } = await run(dataset, models, params);
    assert.equal((evidence[0] as Trained).history.length, 3);
  });

  for (const fallback of [false, true]) {
    it(`when the backend dies ${fallback ? "goes on with another, if the policy allows it" : "stops with the checkpoint kept"}`, async () => {
      const { tf } = await selectBackend("wasm");
      const kept = tf.getKernel("BatchMatMul", "wasm");
      const { dataset } = rows();
      const models = memoryModels(() => {
        // The device is lost after the first checkpoint: it can multiply no more.
        if (models.saved.length === 1) tf.unregisterKernel("BatchMatMul", "wasm");
      });
      try {
        const running = run(dataset, models, { ...params, fallback });
        if (fallback) {
          const trained = (await running).evidence[0] as Trained;
          assert.equal(trained.backend, "cpu");
          assert.match(trained.why, /^the backend wasm died in training: .* on cpu$/);
          assert.equal(trained.history.length, 3);
        } else {
          await assert.rejects(running, { code: "backend", message: /^the backend wasm died/ });
          assert.deepEqual([models.saved.length, models.bytes], [1, undefined]);
        }
      } finally {
        tf.registerKernel(kept);
      }
    });
  }
});

describe("the model audit", () => {
  it("needs no groups", async () => {
    const { dataset } = rows();
    const models = memoryModels();
    const { output } = await run(dataset, models, params);
    const audit: AuditParams = {
      ...{ by: [], label, texts: [], quasi: [], populations: {} },
      ...{ confidence: 0.95, resamples: 100, minimum_group: 1, missing_group: false },
      language: { corpus: false, pairs: 0, flips: 0 },
      checks: {
        ...{ sample: 100, proxies: false, proxy_pairs: false, proxy_model: false, drift: false },
        ...{ label_noise: false, subgroups: false, scan: [], simulations: 9, flips: false },
        ...{ reference: "majority", tau: 0.8, least_share: 0.02 },
      },
      split: { held_out: 0.25, validation: 0.2 },
      local_law: false,
      ruled: [],
    };
    const { evidence } = await auditModel.run(
      { dataset, train: params, trained: output, models, types },
      audit,
      context(),
    );
    const right = evidence.find((e) => e.kind === "measured" && e.metric === "accuracy");
    assert.ok(right?.kind === "measured" && right.estimate.value! > 0 && right.estimate.n > 20);
  });
});
