import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trainOn } from "../../../pipeline/train/fallback.ts";
import { differentiate } from "../../../pipeline/train/differentiate.ts";
import { trainLanguage, type LanguageSettings } from "../../../pipeline/train/language.ts";
import { trainLoop, type Problem, type TrainContext } from "../../../pipeline/train/loop.ts";
import { contextOn, stream } from "./fixtures.ts";

/** Fits w to the mean of numbers: the loss of a batch is the mean of (w − x)². */
function fit(
  { backend: { tf } }: TrainContext,
  batches: readonly (readonly number[])[],
  change: Partial<Problem<readonly number[]>> = {},
): Problem<readonly number[]> {
  return {
    fingerprint: "fit",
    initial: { w: { shape: [2], values: Float32Array.of(0, 1) } },
    epochs: 3,
    patience: 3,
    keep: "best",
    optimizer: {
      learningRate: 0.1,
      weightDecay: 0,
      clipNorm: 1,
      warmupSteps: 1,
      totalSteps: 6,
    },
    batches: () => stream(batches),
    loss: (parameters, batch) =>
      tf.tidy(() =>
        differentiate(tf, parameters, ({ w }) =>
          tf.mean(
            tf.square(tf.sub(tf.reshape(w!, [1, 2]), tf.tensor2d([...batch], [batch.length, 1]))),
          ),
        ),
      ),
    validate: () => Promise.resolve(1),
    ...change,
  };
}

/** A place for checkpoints in memory. */
function memory(first?: Uint8Array): {
  saved: Uint8Array[];
  checkpoint: NonNullable<TrainContext["checkpoint"]>;
} {
  const saved: Uint8Array[] = first ? [first] : [];
  return {
    saved,
    checkpoint: {
      load: () => Promise.resolve(saved.at(-1)),
      save: (bytes) => Promise.resolve(void saved.push(bytes)),
    },
  };
}

describe("trainLoop", () => {
  it("averages the gradients of accumulated batches: the same weights as of one batch", async () => {
    const context = await contextOn("wasm");
    const whole = await trainLoop(
      fit(context, [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]),
      context,
    );
    const parts = fit(
      context,
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      { accumulate: 2 },
    );
    const halves = await trainLoop(parts, context);
    assert.equal(halves.steps, whole.steps);
    for (const [i, value] of whole.weights.w!.values.entries())
      assert.ok(Math.abs(value - halves.weights.w!.values[i]!) < 1e-6);
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });

  it("takes a step on what is left at the end of an epoch", async () => {
    const context = await contextOn("wasm");
    const some = fit(context, [[1], [2], [3]], { accumulate: 2, epochs: 1 });
    assert.equal((await trainLoop(some, context)).steps, 2);
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });

  for (const accumulate of [1, 2]) {
    it(`stops at a loss that is NaN, naming the batch and keeping the last checkpoint (${accumulate})`, async () => {
      const { saved, checkpoint } = memory();
      const context = await contextOn("wasm", { checkpoint });
      let epoch = 0;
      const problem = fit(context, [], {
        accumulate,
        batches: () => stream(epoch++ === 0 ? [[1], [2], [3]] : [[1], [2], [NaN], [3]]),
      });
      await assert.rejects(trainLoop(problem, context), {
        code: "training",
        message: "the loss is not a finite number in epoch 2, at batch 3",
        hint: "lower learning_rate; the checkpoint of the last good epoch is kept",
      });
      assert.equal(saved.length, 1);
      assert.equal(context.backend.tf.memory().numTensors, 0);
      // It goes on from there once the cause is gone.
      const better = await trainLoop(fit(context, [[1], [2], [3]], { accumulate }), context);
      assert.equal(better.history.length, 3);
    });
  }

  it("stops where the loss on the validation rows explodes", async () => {
    const context = await contextOn("wasm");
    const problem = fit(context, [[1]], { validate: () => Promise.resolve(Infinity) });
    await assert.rejects(trainLoop(problem, context), {
      message: "the loss is not a finite number in epoch 1, on the validation rows",
    });
    assert.equal(context.backend.tf.memory().numTensors, 0);
  });

  it("stops early when patience is lost, and returns the best weights", async () => {
    const context = await contextOn("wasm");
    const losses = [3, 1, 2, 2, 2];
    const problem = fit(context, [[1]], {
      epochs: 5,
      patience: 2,
      validate: () => Promise.resolve(losses.shift()!),
    });
    const { history } = await trainLoop(problem, context);
    assert.deepEqual(
      history.map(({ validation }) => validation),
      [3, 1, 2, 2],
    );
  });

  it("refuses a checkpoint of something else, one cut short and one with a bit turned", async () => {
    const { saved, checkpoint } = memory();
    await trainLoop(fit(await contextOn("wasm"), [[1]]), await contextOn("wasm", { checkpoint }));
    const good = saved[0]!;
    const turned = good.slice();
    turned[turned.length - 3]! ^= 4;
    const cases: readonly [Uint8Array, Partial<Problem<readonly number[]>>, string, string][] = [
      [
        good,
        { fingerprint: "other" },
        "training",
        "the checkpoint is of another model, settings or data",
      ],
      [
        good,
        { initial: { w: { shape: [3], values: new Float32Array(3) } } },
        "training",
        "the checkpoint has no weights/w of this shape",
      ],
      [turned, {}, "integrity", "the weights are not those that the model's head names"],
      [good.subarray(0, 40), {}, "format", "the model is cut short"],
      [Uint8Array.of(1, 2, 3), {}, "format", "these bytes are not a model of this program"],
    ];
    for (const [bytes, change, code, message] of cases) {
      const again = memory(bytes);
      const context = await contextOn("wasm", { checkpoint: again.checkpoint });
      await assert.rejects(trainLoop(fit(context, [[1]], change), context), { code, message });
      assert.equal(again.saved.length, 1, "nothing was written over it");
    }
  });

  it("reports losses and the learning rate of its steps", async () => {
    const logged: (readonly [number, readonly string[]])[] = [];
    const context = await contextOn("wasm", {
      log: (step, values) => logged.push([step, Object.keys(values)]),
    });
    await trainLoop(
      fit(
        context,
        Array.from({ length: 12 }, () => [1]),
        { epochs: 1 },
      ),
      context,
    );
    assert.deepEqual(logged, [
      [10, ["loss/step", "learning_rate"]],
      [12, ["loss/train", "loss/validation"]],
    ]);
  });
});

const settings: LanguageSettings = {
  kind: "gpt",
  tokenizer: "characters",
  context: 8,
  width: 8,
  layers: 1,
  heads: 2,
  batch_size: 2,
  steps: 200,
  evaluate_every: 50,
  learning_rate: 0.01,
  dropout: 0.1,
  accumulate: 2,
};
const text = {
  text: () => stream(["the cat sat on the mat. ".repeat(20)]),
  validation: () => stream(["the cat sat."]),
};

describe("a backend that dies", () => {
  const attempt = async (fallback: boolean): Promise<unknown> => {
    const { saved, checkpoint } = memory();
    return trainOn("wasm", { requireGpu: false, fallback }, async (backend) => {
      const context = {
        ...(await contextOn(backend.name, { checkpoint })),
        backend,
        log: () => {
          // After the first checkpoint the device is lost: it can multiply no more.
          if (saved.length > 0 && backend.name === "wasm")
            backend.tf.unregisterKernel("BatchMatMul", "wasm");
        },
      };
      const model = await trainLanguage(
        text,
        { ...settings, steps: 60, evaluate_every: 20 },
        context,
      );
      return [backend.name, model.history.length];
    });
  };

  it("stops training, saying so, where the policy allows no other", async () => {
    const kept = (await contextOn("wasm")).backend.tf.getKernel("BatchMatMul", "wasm");
    const { tf } = (await contextOn("wasm")).backend;
    try {
      await assert.rejects(attempt(false), (error: { code?: string; message: string }) => {
        assert.match(error.message, /^the backend wasm died in training: .*BatchMatMul/);
        return error.code === "backend";
      });
    } finally {
      tf.registerKernel(kept);
    }
  });

  it("is replaced from the last checkpoint where the policy allows it, and the record says so", async () => {
    const { tf } = (await contextOn("wasm")).backend;
    const kept = tf.getKernel("BatchMatMul", "wasm");
    try {
      const { result, backend } = (await attempt(true)) as {
        result: unknown;
        backend: { why: string };
      };
      assert.deepEqual(result, ["cpu", 3]);
      assert.match(
        backend.why,
        /^the backend wasm died in training: .*; went on from the last checkpoint on cpu$/,
      );
    } finally {
      tf.registerKernel(kept);
    }
  });
});
