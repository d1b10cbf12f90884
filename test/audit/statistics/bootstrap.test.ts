import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { binomial, resample } from "../../../audit/statistics/binomial.ts";
import { percentileInterval, resampleCells } from "../../../audit/statistics/bootstrap.ts";
import { wilson } from "../../../audit/statistics/intervals.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";

describe("binomial", () => {
  // Inversion, rejection, the mirrored half, and counts beyond 32 bits.
  const cases = [
    [1, 0.3],
    [20, 0.2],
    [40, 0.25],
    [40, 0.9],
    [1000, 0.5],
    [1e6, 1e-6],
    [1e7, 0.013],
    [1e10, 0.4],
  ] as const;
  for (const [n, p] of cases) {
    it(`has the mean and variance of B(${n}, ${p})`, () => {
      const random = seededRandom(`binomial ${n} ${p}`);
      const draws = Array.from({ length: 20_000 }, () => binomial(random, n, p));
      assert.ok(draws.every((k) => Number.isInteger(k) && k >= 0 && k <= n));
      const [mean, variance] = [n * p, n * p * (1 - p)];
      const off = draws.reduce((sum, k) => sum + (k - mean), 0) / draws.length;
      assert.ok(Math.abs(off) < 5 * Math.sqrt(variance / draws.length), `mean off by ${off}`);
      const spread = draws.reduce((sum, k) => sum + (k - mean) ** 2, 0) / draws.length;
      const tolerance = 5 * Math.sqrt((2 + 1 / variance) / draws.length);
      assert.ok(Math.abs(spread / variance - 1) < tolerance, `variance ${spread}`);
    });
  }

  it("has the chances of B(40, 0.4), by chi-square", () => {
    const random = seededRandom("chances");
    const draws = 50_000;
    const counts = new Array<number>(41).fill(0);
    for (let i = 0; i < draws; i++) counts[binomial(random, 40, 0.4)]!++;
    let chance = 0.6 ** 40;
    let statistic = 0;
    let cells = 0;
    for (let k = 0; k <= 40; k++) {
      if (chance * draws > 5) {
        statistic += (counts[k]! - chance * draws) ** 2 / (chance * draws);
        cells++;
      }
      chance *= ((40 - k) / (k + 1)) * (0.4 / 0.6);
    }
    // Mean cells, variance 2·cells.
    assert.ok(statistic < cells + 5 * Math.sqrt(2 * cells), `chi-square ${statistic} of ${cells}`);
  });

  it("is 0 or n for a probability of 0 or 1", () => {
    const random = seededRandom("edges");
    assert.deepEqual(
      [binomial(random, 9, 0), binomial(random, 9, 1), binomial(random, 0, 0.5)],
      [0, 9, 0],
    );
  });
});

describe("resample", () => {
  it("keeps the total and leaves empty cells empty", () => {
    const random = seededRandom("resample");
    const cells = Float64Array.of(0, 5, 0, 100, 3, 0);
    const sample = new Float64Array(cells.length);
    for (let i = 0; i < 1000; i++) {
      resample(random, cells, sample);
      assert.equal(
        sample.reduce((a, b) => a + b),
        108,
      );
      assert.deepEqual([sample[0], sample[2], sample[5]], [0, 0, 0]);
    }
  });
});

describe("percentileInterval", () => {
  it("agrees with Wilson's interval on a large sample", () => {
    const rows = Float64Array.of(700, 300);
    const values = new Float64Array(4000);
    resampleCells({ rows }, values.length, seededRandom("wilson"), (sample, r) => {
      values[r] = sample[1]! / 1000;
    });
    const { interval } = percentileInterval(values, 0.95, 0.3);
    const [low, high] = wilson(300, 1000);
    assert.ok(Math.abs(interval![0] - low) < 0.004 && Math.abs(interval![1] - high) < 0.004);
  });

  it("resamples weighted rows with their variance", () => {
    // Half of the 400 rows weigh 1, half 3: the sum has variance 400·(5 − 4).
    const cells = { rows: [400], weights: [800], squares: [2000] };
    const sums: number[] = [];
    resampleCells(
      {
        rows: Float64Array.from(cells.rows),
        weights: Float64Array.from(cells.weights),
        squares: Float64Array.from(cells.squares),
      },
      5000,
      seededRandom("weights"),
      (sample) => sums.push(sample[0]!),
    );
    const variance = sums.reduce((sum, x) => sum + (x - 800) ** 2, 0) / sums.length;
    assert.ok(Math.abs(variance / 400 - 1) < 0.1, `variance ${variance}`);
  });

  const cases = [
    ["all undefined", [NaN, NaN], null],
    ["too few defined", [1, NaN, 2, NaN], null],
    ["holds its estimate", [0.4, 0.5, 0.6], [0.1, 0.595]],
  ] as const;
  for (const [what, values, expected] of cases) {
    it(`is as documented: ${what}`, () => {
      const { interval } = percentileInterval(Float64Array.from(values), 0.95, 0.1);
      assert.equal(interval === null, expected === null);
      if (interval && expected) {
        assert.ok(Math.abs(interval[0] - expected[0]) < 1e-12);
        assert.ok(Math.abs(interval[1] - expected[1]) < 1e-12);
      }
    });
  }
});
