import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gaussian, seededRandom, systemRandom } from "../../../../pipeline/core/random.ts";
import { selectBackend } from "../../../../pipeline/train/backend.ts";
import { differentiate } from "../../../../pipeline/train/differentiate.ts";
import {
  binaryCrossEntropy,
  mlpLogits,
  mlpWeights,
} from "../../../../pipeline/train/models/mlp.ts";
import { clippedGradients } from "../../../../pipeline/train/privacy/clipped-gradients.ts";
import { gaussianNoise, poissonSample } from "../../../../pipeline/train/privacy/noise.ts";
import { disposeAll, toTensors } from "../../../../pipeline/train/tensors.ts";

for (const backend of ["cpu", "wasm"] as const) {
  describe(`clippedGradients on ${backend}`, () => {
    for (const [widths, rows] of [
      [[3, 1], 5],
      [[4, 6, 1], 7],
      [[2, 5, 3, 1], 1],
      [[5, 4, 4, 4, 1], 9],
    ] as const) {
      it(`equals one row at a time for layers ${widths.join("-")} and ${rows} rows`, async () => {
        const { tf } = await selectBackend(backend);
        const random = seededRandom(widths.join());
        const parameters = toTensors(tf, mlpWeights(widths, random));
        const width = widths[0];
        const inputs = Float32Array.from({ length: rows * width }, () => gaussian(random));
        const labels = Float32Array.from({ length: rows }, (_, i) => i % 2);
        const weights = Float32Array.from({ length: rows }, (_, i) => 0.5 + i / 4);
        const clip = 0.7;
        tf.tidy(() => {
          const fast = clippedGradients(
            tf,
            parameters,
            {
              inputs: tf.tensor2d(inputs, [rows, width]),
              labels: tf.tensor1d(labels),
              weights: tf.tensor1d(weights),
            },
            clip,
          );
          const norms = fast.norms.dataSync();
          const sums = new Map<string, number[]>();
          for (let row = 0; row < rows; row++) {
            const x = tf.tensor2d(inputs.slice(row * width, (row + 1) * width), [1, width]);
            const { gradients } = differentiate(tf, parameters, (named) => {
              const losses = binaryCrossEntropy(
                tf,
                mlpLogits(tf, named, x),
                tf.tensor1d([labels[row]!]),
              );
              return tf.mul(tf.sum(losses), weights[row]!);
            });
            const values = Object.entries(gradients).map(
              ([name, gradient]) => [name, Array.from(gradient.dataSync())] as const,
            );
            const norm = Math.hypot(...values.flatMap(([, slopes]) => slopes));
            assert.ok(
              Math.abs(norm - norms[row]!) < 1e-5 * (1 + norm),
              `row ${row}: ${norms[row]}, not ${norm}`,
            );
            for (const [name, slopes] of values) {
              const scaled = slopes.map((slope) => slope * Math.min(1, clip / norm));
              const before = sums.get(name) ?? slopes.map(() => 0);
              sums.set(
                name,
                before.map((sum, i) => sum + scaled[i]!),
              );
            }
          }
          for (const [name, sum] of sums) {
            const got = fast.sums[name]!.dataSync();
            for (const [i, value] of sum.entries()) {
              assert.ok(Math.abs(value - got[i]!) < 1e-5, `${name}[${i}]: ${got[i]}, not ${value}`);
            }
          }
        });
        disposeAll(parameters);
      });
    }
  });
}

describe("privacy noise", () => {
  it("has the deviation asked for and the tails of a normal", () => {
    const noise = new Float64Array(100_000);
    gaussianNoise(noise, 3, systemRandom());
    const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
    const variance = noise.reduce((sum, x) => sum + x * x, 0) / noise.length;
    const beyond = noise.filter((x) => Math.abs(x) > 6).length / noise.length;
    // Six standard errors each.
    assert.ok(
      Math.abs(mean) < 0.06 && Math.abs(variance - 9) < 0.25 && Math.abs(beyond - 0.0455) < 0.004,
    );
  });

  it("samples each row on its own: the number varies as a binomial", () => {
    const sizes = Array.from(
      { length: 2000 },
      () => poissonSample(500, 0.1, systemRandom()).length,
    );
    const mean = sizes.reduce((sum, n) => sum + n, 0) / sizes.length;
    const variance = sizes.reduce((sum, n) => sum + (n - mean) ** 2, 0) / sizes.length;
    assert.ok(Math.abs(mean - 50) < 1 && Math.abs(variance - 45) < 9, `${mean}, ${variance}`);
    assert.equal(poissonSample(7, 1, systemRandom()).length, 7);
    assert.equal(poissonSample(7, 0, systemRandom()).length, 0);
  });
});
