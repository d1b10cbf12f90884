import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gaussian, seededRandom, systemRandom } from "../../../../pipeline/core/random.ts";
import type { Random } from "../../../../pipeline/core/types.ts";
import { selectBackend } from "../../../../pipeline/train/backend.ts";
import { clippingOf, type ClippingKind } from "../../../../pipeline/train/privacy/clipping.ts";
import { gaussianNoise, poissonSample } from "../../../../pipeline/train/privacy/noise.ts";
import { disposeAll } from "../../../../pipeline/train/tensors.ts";
import { absent } from "../fixtures.ts";
import { cases, listed, recurrent } from "./example-cases.ts";

for (const backend of ["cpu", "wasm", "native"] as const) {
  describe(`gradients by example on ${backend}`, { skip: absent(backend) }, () => {
    for (const one of cases) {
      for (const kind of ["flat", "per-layer"] as const) {
        it(`are those of one example at a time, clipped ${kind}: ${one.name}`, async () => {
          const { tf } = await selectBackend(backend);
          const tensors = tf.memory().numTensors;
          const parameters = one.parameters(tf);
          const names = Object.keys(parameters);
          const clip = 0.4;
          tf.tidy(() => {
            const clipping = clippingOf(kind, { clip, noise: 1, expected: 1 });
            const fast = clipping.sum(tf, one.together(tf, parameters), parameters);
            const norms = fast.norms.dataSync();
            assert.deepEqual(Object.keys(fast.sums).sort(), [...names].sort());
            const sums = new Map(names.map((name) => [name, [] as number[]]));
            for (let i = 0; i < one.examples; i++) {
              const truth = one.alone(tf, parameters, i);
              const norm = Math.hypot(...Object.values(truth).flat());
              near(norms[i]!, norm, `norm of example ${i}`);
              for (const name of names) {
                const own = truth[name]!;
                const limit = kind === "flat" ? clip : clip / Math.sqrt(names.length);
                const scale = Math.min(1, limit / (kind === "flat" ? norm : Math.hypot(...own)));
                const before = sums.get(name)!;
                sums.set(
                  name,
                  own.map((slope, j) => (before[j] ?? 0) + slope * scale),
                );
              }
            }
            for (const [name, sum] of sums) {
              const got = fast.sums[name]!.dataSync();
              for (const [j, value] of sum.entries()) near(got[j]!, value, `${name}[${j}]`);
            }
          });
          disposeAll(parameters);
          assert.equal(tf.memory().numTensors, tensors);
        });
      }
    }
  });
}

describe("clipping", () => {
  it("lets no example contribute more than the bound, in all kinds", async () => {
    const { tf } = await selectBackend("cpu");
    const one = recurrent({ vocabulary: 5, width: 4, layers: 1 }, 1, 4);
    const parameters = one.parameters(tf);
    for (const kind of ["flat", "per-layer", "adaptive"] as const) {
      const clipping = clippingOf(kind, { clip: 0.05, noise: 1, expected: 10 });
      const norm = tf.tidy(() => {
        const { sums } = clipping.sum(tf, one.together(tf, parameters), parameters);
        return Math.hypot(...Object.values(listed(sums)).flat());
      });
      assert.ok(norm <= clipping.bound() * 1.0001, `${kind}: ${norm}`);
    }
    disposeAll(parameters);
  });

  it("moves an adaptive bound to the median of the norms", () => {
    const random = seededRandom("norms");
    const clipping = clippingOf("adaptive", { clip: 10, noise: 1, expected: 200 });
    for (let step = 0; step < 120; step++) {
      const norms = Array.from({ length: 200 }, () => Math.exp(gaussian(random)));
      clipping.adapt(norms, 200, systemRandom());
    }
    assert.ok(clipping.bound() > 0.7 && clipping.bound() < 1.4, String(clipping.bound()));
  });

  it("pays for that by more noise on the sum: both together cost what the multiplier says", () => {
    for (const [noise, expected] of [
      [0.8, 64],
      [2, 10],
      [5, 20],
    ] as const) {
      const { noiseFactor } = clippingOf("adaptive", { clip: 1, noise, expected });
      const countNoise = Math.max(expected / 20, noise);
      const together = ((noise * noiseFactor) ** -2 + (2 * countNoise) ** -2) ** -0.5;
      assert.ok(Math.abs(together - noise) < 1e-9);
      assert.ok(noiseFactor > 1 && noiseFactor < 1.16);
    }
    const others: readonly ClippingKind[] = ["flat", "per-layer"];
    for (const kind of others)
      assert.equal(clippingOf(kind, { clip: 1, noise: 1, expected: 9 }).noiseFactor, 1);
  });
});

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
    const random: Random = systemRandom();
    const sizes = Array.from({ length: 2000 }, () => poissonSample(500, 0.1, random).length);
    const mean = sizes.reduce((sum, n) => sum + n, 0) / sizes.length;
    const variance = sizes.reduce((sum, n) => sum + (n - mean) ** 2, 0) / sizes.length;
    assert.ok(Math.abs(mean - 50) < 1 && Math.abs(variance - 45) < 9, `${mean}, ${variance}`);
    assert.equal(poissonSample(7, 1, systemRandom()).length, 7);
    assert.equal(poissonSample(7, 0, systemRandom()).length, 0);
  });

  it("samples neighbouring and distant rows independently", () => {
    const random: Random = systemRandom();
    let [both, first, second] = [0, 0, 0];
    for (let i = 0; i < 20_000; i++) {
      const rows = new Set(poissonSample(9, 0.3, random));
      if (rows.has(3)) first++;
      if (rows.has(4)) second++;
      if (rows.has(3) && rows.has(4)) both++;
    }
    // Six standard errors of 0.09 and of 0.3.
    assert.ok(Math.abs(both / 20_000 - 0.09) < 0.0122, String(both));
    for (const count of [first, second]) assert.ok(Math.abs(count / 20_000 - 0.3) < 0.0195);
  });
});

function near(got: number, wanted: number, what: string): void {
  assert.ok(
    Math.abs(got - wanted) < 2e-5 * (1 + Math.abs(wanted)),
    `${what}: ${got}, not ${wanted}`,
  );
}
