import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { comparisonTests } from "../../../audit/fairness/comparison-tests.ts";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { auditFairness } from "../../../audit/fairness/report.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { fisherExact } from "../../../audit/statistics/tests.ts";

/** Groups of rows with the unfavourable label: [name, selected, rows]. */
function auditOf(groups: readonly (readonly [string, number, number])[]) {
  const rows = groups.flatMap(([name, selected, n]) =>
    Array.from({ length: n }, (_, i) => [name, i < selected ? 1 : 0] as const),
  );
  const partial = confusionPartial(["g"]);
  const state = partial.observe(partial.empty(), {
    rows: rows.length,
    groups: { g: rows.map(([name]) => name) },
    label: rows.map(() => 0),
    predicted: rows.map(([, predicted]) => predicted),
  });
  return auditFairness(state, { by: [["g"]], random: seededRandom("t"), resamples: 0 });
}

describe("comparisonTests", () => {
  const result = auditOf([
    ["big", 500, 1000],
    ["same", 490, 1000],
    ["low", 100, 400],
    ["few", 0, 2],
  ]);
  const options = { random: seededRandom("tests"), rates: ["selection_rate"] as const };
  const found = comparisonTests(result, { ...options, permutations: 200 });
  const of = (name: string) => found.tests.find(({ group }) => group.g === name)!;

  it("holds every group against the one with most rows", () => {
    assert.deepEqual(found.references, [
      { rate: "selection_rate", by: ["g"], group: { g: "big" } },
    ]);
    assert.deepEqual(found.tests.map(({ group }) => group.g).sort(), ["few", "low", "same"]);
    assert.equal(of("low").p, fisherExact(100, 400, 500, 1000));
    assert.ok(of("low").p_holm >= of("low").p);
  });

  it("tells a difference from none, and both from too few rows", () => {
    assert.equal(of("low").conclusion, "different");
    assert.equal(of("few").conclusion, "too few to tell");
    assert.equal(of("same").conclusion, "no difference found");
    assert.equal(found.gaps[0]!.p, 1 / 201);
  });

  it("says how large a gap must be to be found", () => {
    const few = found.power.find(({ group }) => group.g === "few")!;
    assert.deepEqual([few.minimum_detectable_gap, few.n], [null, 2]);
    const same = found.power.find(({ group }) => group.g === "same")!;
    assert.ok(Math.abs(same.minimum_detectable_gap! - 0.0625) < 0.001);
  });

  const references = [
    ["highest", "big"],
    ["lowest", "few"],
    [[{ g: "low" }], "low"],
  ] as const;
  for (const [reference, name] of references) {
    it(`takes ${JSON.stringify(reference)} as reference`, () => {
      const { references: chosen } = comparisonTests(result, { ...options, reference });
      assert.equal(chosen[0]!.group.g, name);
    });
  }

  it("refuses a reference without rows", () => {
    const reference = [{ g: "nobody" }];
    assert.throws(() => comparisonTests(result, { ...options, reference }), { code: "usage" });
  });
});
