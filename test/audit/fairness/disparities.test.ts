import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { disparities } from "../../../audit/fairness/disparities.ts";
import { auditFairness } from "../../../audit/fairness/report.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { close, columns, noShared } from "../statistics/reference.ts";

describe("disparities of COMPAS, as Aequitas published them", { skip: noShared }, () => {
  const audited = (by: string) => {
    const data = columns("data/tabular/compas.csv");
    const partial = confusionPartial([by]);
    const state = partial.observe(partial.empty(), {
      rows: data[by]!.length,
      groups: { [by]: data[by]! },
      label: data.label_value!.map(Number),
      predicted: data.score!.map(Number),
    });
    return auditFairness(state, { by: [[by]], random: seededRandom("a"), resamples: 0 }).groups;
  };
  const groups = audited("race");
  const of = (
    reference: Parameters<typeof disparities>[1]["reference"],
    rate: string,
    race: string,
  ) => disparities(groups, { reference }).find((d) => d.rate === rate && d.group.race === race)!;

  // aequitas compas_demo, reference Caucasian: FPR disparity 1.91, FNR 0.59, FDR 0.91, FOR 1.21, PPR 2.55.
  const published = [
    ["fpr", 1.91],
    ["fnr", 0.59],
    ["fdr", 0.91],
    ["for", 1.21],
    ["ppr", 2.55],
  ] as const;
  for (const [rate, disparity] of published) {
    it(`has ${rate} disparity ${disparity} for African-Americans against Caucasians`, () => {
      const found = of({ race: "Caucasian" }, rate, "African-American");
      close(Math.round(found.disparity! * 100) / 100, disparity, rate);
      assert.equal(found.interval === null, rate === "ppr");
      assert.equal(found.parity, disparity >= 0.8 && disparity <= 1.25);
    });
  }
  it("takes the largest group or the one with the least rate as reference", () => {
    assert.equal(of("majority", "fpr", "Asian").reference.race, "African-American");
    const least = of("minimum", "fpr", "Asian");
    assert.deepEqual([least.reference.race, least.disparity, least.parity], ["Asian", 1, true]);
  });
  it("refuses a reference without rows", () => {
    assert.throws(() => disparities(groups, { reference: { race: "nobody" } }), { code: "usage" });
  });
});
