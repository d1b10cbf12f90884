import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { gaussian, seededRandom } from "../../../pipeline/core/random.ts";
import { selectBackend } from "../../../pipeline/train/backend.ts";
import { restoreWasmKernels } from "../../../pipeline/train/kernels/wasm.ts";
import type { Tensor, Tf } from "../../../pipeline/train/tensors.ts";

const size = fc.integer({ min: 1, max: 7 });
const shapeOf = (rank: number): fc.Arbitrary<number[]> =>
  fc.array(size, { minLength: rank, maxLength: rank });

/** Computes on our wasm kernels, on tfjs's own and in plain JavaScript; all must agree. */
async function agree(compute: (tf: Tf) => Tensor): Promise<void> {
  const results: [number[], number[]][] = [];
  for (const variant of ["cpu", "own", "ours"] as const) {
    const { tf } = await selectBackend(variant === "cpu" ? "cpu" : "wasm");
    if (variant === "own") restoreWasmKernels(tf);
    const result = tf.tidy(() => compute(tf));
    results.push([[...result.shape], Array.from(await result.data())]);
    result.dispose();
  }
  const [reference, ...others] = results;
  for (const [shape, values] of others) {
    assert.deepEqual(shape, reference![0]);
    for (const [i, value] of values.entries()) {
      const expected = reference![1][i]!;
      assert.ok(Math.abs(value - expected) < 1e-4 * (1 + Math.abs(expected)), `${i}: ${value}`);
    }
  }
}

function random(tf: Tf, shape: readonly number[], seed = "values"): Tensor {
  const source = seededRandom(seed);
  const length = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length }, () => gaussian(source)),
    [...shape],
  );
}

describe("wasm kernels agree with tfjs's own and with plain JavaScript", () => {
  const runs = { numRuns: 40 };
  it("BatchMatMul", async () => {
    const dimensions = fc.tuple(size, size, size, fc.integer({ min: 1, max: 3 }));
    await fc.assert(
      fc.asyncProperty(dimensions, fc.boolean(), fc.boolean(), async ([m, k, n, batch], ta, tb) => {
        await agree((tf) => {
          const a = random(tf, [batch, ...(ta ? [k, m] : [m, k])], "a");
          const b = random(tf, [batch, ...(tb ? [n, k] : [k, n])], "b");
          return tf.matMul(a, b, ta, tb);
        });
      }),
      runs,
    );
  });

  it("BatchMatMul of sizes beyond one block", async () => {
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      await agree((tf) => {
        const a = random(tf, ta ? [37, 70] : [70, 37], "a");
        const b = random(tf, tb ? [51, 37] : [37, 51], "b");
        return tf.matMul(a, b, ta, tb);
      });
    }
  });

  it("Slice", async () => {
    const rank = fc.integer({ min: 1, max: 4 });
    const regions = rank.chain((rank) =>
      fc.tuple(shapeOf(rank), fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: rank })),
    );
    await fc.assert(
      fc.asyncProperty(regions, async ([shape, cuts]) => {
        const begin = shape.map((n, i) => cuts[i]![0] % n);
        const count = shape.map((n, i) => 1 + (cuts[i]![1] % (n - begin[i]!)));
        await agree((tf) => tf.slice(random(tf, shape), begin, count));
      }),
      runs,
    );
  });

  it("SplitV and Concat along every axis", async () => {
    await fc.assert(
      fc.asyncProperty(
        shapeOf(3),
        fc.nat(2),
        fc.integer({ min: 1, max: 3 }),
        async (shape, axis, n) => {
          const whole = shape.map((length, i) => (i === axis ? length * n : length));
          await agree((tf) => tf.concat(tf.split(random(tf, whole), n, axis).reverse(), axis));
        },
      ),
      runs,
    );
  });

  it("Transpose", async () => {
    const orders = [
      [1, 0],
      [0, 2, 1, 3],
      [2, 0, 1],
    ];
    for (const order of orders) {
      await fc.assert(
        fc.asyncProperty(shapeOf(order.length), async (shape) => {
          await agree((tf) => tf.transpose(random(tf, shape), order));
        }),
        { numRuns: 10 },
      );
    }
  });

  it("Sum over each set of axes", async () => {
    for (const axes of [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]]) {
      for (const rows of [3, 20]) {
        await agree((tf) => tf.sum(random(tf, [rows, 4, 5]), axes));
      }
    }
  });

  it("GatherV2", async () => {
    await agree((tf) => tf.gather(random(tf, [5, 3]), tf.tensor2d([4, 0, 0, 2], [2, 2], "int32")));
    const { tf } = await selectBackend("wasm");
    assert.throws(() => tf.tidy(() => tf.gather(random(tf, [5, 3]), tf.tensor1d([5], "int32"))));
  });
});
