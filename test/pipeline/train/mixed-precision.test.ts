import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectBackend, setPrecision } from "../../../pipeline/train/backend.ts";
import { trainOn } from "../../../pipeline/train/fallback.ts";
import { trainLanguage, type LanguageSettings } from "../../../pipeline/train/language.ts";
import { absent, contextOn, stream } from "./fixtures.ts";

const text = {
  text: () => stream(["the cat sat on the mat. ".repeat(40)]),
  validation: () => stream(["the cat sat on the mat."]),
};
const settings: LanguageSettings = {
  ...{ kind: "gpt", tokenizer: "characters", context: 16, width: 16, layers: 1, heads: 2 },
  ...{ batch_size: 8, steps: 60, evaluate_every: 30, learning_rate: 0.01 },
};
const options = { requireGpu: false, fallback: false };

describe("mixed precision", () => {
  it("is refused by a backend that has none, with those that have", async () => {
    for (const name of ["wasm", "cpu"] as const) {
      await assert.rejects(
        trainOn(name, { ...options, precision: "mixed" }, () => Promise.resolve(1)),
        (error: { code?: string; message: string; hint?: string }) => {
          assert.equal(error.message, `the backend ${name} has no mixed precision`);
          assert.match(error.hint!, /^native and cuda have; to get native: npm run setup/);
          return error.code === "backend";
        },
      );
    }
  });

  const skip = absent("native");
  it(
    "rounds products to eight bits and nothing else, until the backend is selected anew",
    { skip },
    async () => {
      const backend = await selectBackend("native");
      const { tf } = backend;
      // 1 + 2⁻⁹ is between two numbers of bfloat16 and one of float32.
      const fine = 1 + 2 ** -9;
      const both = (): number[] =>
        tf.tidy(() => {
          const x = tf.tensor2d([fine], [1, 1]);
          return [tf.matMul(x, tf.ones([1, 1])), tf.mul(x, 1)].map((y) => y.dataSync()[0]!);
        });
      assert.deepEqual(both(), [fine, fine]);
      setPrecision(backend, "mixed");
      assert.deepEqual(both(), [1, fine]);
      await selectBackend("native");
      assert.deepEqual(both(), [fine, fine]);
      assert.equal(tf.memory().numTensors, 0);
    },
  );

  it("transposes and repeats as full precision does", { skip }, async () => {
    const results: number[][] = [];
    for (const precision of ["full", "mixed"] as const) {
      const backend = await selectBackend("native");
      setPrecision(backend, precision);
      const { tf } = backend;
      const x = Array.from({ length: 24 }, (_, i) => (i % 7) - 3);
      results.push(
        tf.tidy(() => {
          const [a, b] = [tf.tensor3d(x, [2, 3, 4]), tf.tensor2d(x.slice(0, 12), [3, 4])];
          const products = [
            tf.matMul(a, a, true),
            tf.matMul(a, a, false, true),
            tf.matMul(a, b, false, true),
          ];
          return products.flatMap((y) => Array.from(y.dataSync()));
        }),
      );
    }
    assert.deepEqual(results[1], results[0]);
  });

  it("trains a gpt about as well as full precision", { skip }, async () => {
    const losses: number[] = [];
    for (const precision of ["full", "mixed"] as const) {
      const context = await contextOn("native");
      const { result } = await trainOn("native", { ...options, precision }, (backend) =>
        trainLanguage(text, settings, { ...context, backend }),
      );
      losses.push(result.history.at(-1)!.validation!);
      await selectBackend("native");
    }
    assert.ok(losses[0]! < 1.5 && losses[1] !== losses[0], losses.join());
    assert.ok(Math.abs(losses[1]! - losses[0]!) < 0.1, losses.join());
  });
});
