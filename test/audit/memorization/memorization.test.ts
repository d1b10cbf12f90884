import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exposure, extrapolatedExposure } from "../../../audit/memorization/exposure.ts";
import { extractionRate } from "../../../audit/memorization/extraction.ts";
import { longestCopy, ngramOverlap, ngramPartial } from "../../../audit/memorization/overlap.ts";
import { gaussian, seededRandom } from "../../../pipeline/core/random.ts";

describe("exposure", () => {
  const thousand = Array.from({ length: 1023 }, (_, i) => i + 1);
  for (const [canary, bits] of [
    [0, 10],
    [1.5, 9],
    [3.5, 8],
    [2000, 0],
  ] as const) {
    it(`of a canary at ${canary} among 1 to 1023 is ${bits} bits`, () => {
      assert.ok(Math.abs(exposure({ canary, candidates: thousand }).value! - bits) < 1e-12);
    });
  }

  it("goes on beyond the candidates as a normal goes on", () => {
    const random = seededRandom("candidates");
    const candidates = Array.from({ length: 20_000 }, () => 50 + 4 * gaussian(random));
    // −log2 Φ(−z) at z = 0, 3 and 6: 1, 9.533, 29.917.
    for (const [deviations, bits] of [
      [0, 1],
      [3, 9.533],
      [6, 29.917],
    ] as const) {
      const { value } = extrapolatedExposure({ canary: 50 - 4 * deviations, candidates });
      assert.ok(Math.abs(value! - bits) < 0.06 * bits + 0.05, `${value}, not ${bits}`);
    }
  });

  it("agrees with the rank inside the candidates, also where they are skewed", () => {
    const random = seededRandom("skewed");
    const candidates = Array.from({ length: 5000 }, () => {
      const [a, b] = [gaussian(random), gaussian(random)];
      return 20 + 3 * (0.9 * Math.abs(a) + Math.sqrt(1 - 0.81) * b);
    });
    const canary = [...candidates].sort((a, b) => a - b)[50]!;
    const sample = { canary, candidates };
    assert.ok(Math.abs(exposure(sample).value! - extrapolatedExposure(sample).value!) < 0.5);
  });

  it("is undefined where there is nothing to compare with", () => {
    assert.equal(exposure({ canary: 1, candidates: [] }).value, null);
    assert.equal(extrapolatedExposure({ canary: 1, candidates: [1, 2] }).value, null);
    assert.equal(
      extrapolatedExposure({ canary: 1, candidates: new Array<number>(50).fill(2) }).value,
      null,
    );
  });
});

describe("extractionRate", () => {
  it("counts continuations that come out whole", () => {
    const { value, n, interval } = extractionRate([
      { expected: "secret 42", generated: "secret 42 and more" },
      { expected: "secret 42", generated: "secret 4" },
      { expected: "secret 42", generated: "other" },
      { expected: "", generated: "anything" },
    ]);
    assert.equal(value, 0.25);
    assert.equal(n, 4);
    assert.ok(interval![0] > 0 && interval![1] < 0.75);
  });

  it("is undefined without prefixes", () => {
    assert.equal(extractionRate([]).value, null);
  });
});

describe("ngramOverlap", () => {
  const partial = ngramPartial(3);
  const index = ["The cat sat on the mat.", "我们今天去公园"].reduce(
    (state, text) => partial.observe(state, text),
    partial.empty(),
  );
  for (const [text, share, copied] of [
    ["the CAT sat, on the mat", 1, 6],
    ["a dog sat on the mat", 2 / 4, 4],
    ["今天去公园玩", 3 / 4, 5],
    ["nothing of the kind", 0, 0],
  ] as const) {
    it(`of "${text}"`, () => {
      assert.equal(ngramOverlap(index, [text], 3).value, share);
      assert.equal(longestCopy(index, [text], 3), copied);
    });
  }

  it("is the same for merged halves, and undefined for texts that are too short", () => {
    const half = partial.observe(partial.empty(), "The cat sat on the mat.");
    const other = partial.observe(partial.empty(), "我们今天去公园");
    assert.deepEqual(partial.merge(other, half), index);
    assert.equal(ngramOverlap(index, ["two words"], 3).value, null);
  });
});
