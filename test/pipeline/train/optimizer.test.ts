import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectBackend } from "../../../pipeline/train/backend.ts";
import { adamw, learningRateAt, zeroMoments } from "../../../pipeline/train/optimizer.ts";
import { absent } from "./fixtures.ts";
import { disposeAll, type Tensors } from "../../../pipeline/train/tensors.ts";

const settings = {
  learningRate: 0.1,
  weightDecay: 0.2,
  clipNorm: 1,
  warmupSteps: 2,
  totalSteps: 10,
};

/** AdamW as in the paper, in doubles. */
function byHand(start: number[], gradients: readonly number[][], decays: boolean): number[] {
  const [m, v] = [start.map(() => 0), start.map(() => 0)];
  let values = start;
  for (const [step, gradient] of gradients.entries()) {
    const scale = Math.min(1, settings.clipNorm / Math.hypot(...gradient));
    const rate = learningRateAt(step, settings);
    values = values.map((value, i) => {
      const g = gradient[i]! * scale;
      m[i] = 0.9 * m[i]! + 0.1 * g;
      v[i] = 0.999 * v[i]! + 0.001 * g * g;
      const [mean, square] = [m[i] / (1 - 0.9 ** (step + 1)), v[i] / (1 - 0.999 ** (step + 1))];
      const kept = decays ? value * (1 - rate * settings.weightDecay) : value;
      return kept - (rate * mean) / (Math.sqrt(square) + 1e-8);
    });
  }
  return values;
}

for (const backend of ["cpu", "wasm", "native"] as const) {
  describe(`adamw on ${backend}`, { skip: absent(backend) }, () => {
    for (const rank of [1, 2]) {
      it(`takes the steps of the paper on a tensor of rank ${rank}`, async () => {
        const { tf } = await selectBackend(backend);
        const shape = rank === 1 ? [3] : [1, 3];
        const start = [0.5, -1, 2];
        const gradients = [
          [0.1, 0.2, -0.3],
          [3, -4, 0],
          [0.01, 0, 0.02],
        ];
        let parameters: Tensors = { w: tf.tensor(start, shape) };
        const moments = zeroMoments(tf, parameters);
        for (const [step, gradient] of gradients.entries()) {
          const given = { w: tf.tensor(gradient, shape) };
          parameters = adamw(tf, parameters, given, moments, step, settings);
        }
        const expected = byHand(start, gradients, rank === 2);
        for (const [i, value] of (await parameters.w!.data()).entries()) {
          assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${value}, not ${expected[i]}`);
        }
        disposeAll(parameters);
        disposeAll(moments.first);
        disposeAll(moments.second);
        assert.equal(tf.memory().numTensors, 0);
      });
    }
  });
}

describe("learningRateAt", () => {
  it("rises to the peak, then falls to a tenth of it", () => {
    const rates = Array.from({ length: 11 }, (_, step) => learningRateAt(step, settings));
    assert.deepEqual(rates.slice(0, 3), [0.05, 0.1, 0.1]);
    for (let step = 3; step < 11; step++) assert.ok(rates[step]! < rates[step - 1]!);
    assert.ok(Math.abs(rates[10]! - 0.01) < 1e-12);
  });
});
