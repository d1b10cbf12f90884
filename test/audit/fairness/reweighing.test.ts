import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { reweighingWeights } from "../../../audit/fairness/reweighing.ts";
import { close, noShared, reference, text } from "../statistics/reference.ts";

describe("reweighingWeights", () => {
  // German credit by age above 25, as AIF360 0.6 gives them: rows with bad and good credit.
  const german = reweighingWeights({ old: [239, 612], young: [61, 88] });
  const cases = [
    ["old", 1, 0.9733660130718954],
    ["old", 0, 1.0682008368200837],
    ["young", 1, 1.1852272727272728],
    ["young", 0, 0.7327868852459016],
  ] as const;
  for (const [group, label, weight] of cases) {
    it(`weighs ${group} people with label ${label} as AIF360`, () => {
      close(german(group, label), weight, "weight");
    });
  }

  it("weighs Adult by sex as the reference", { skip: noShared }, () => {
    const file = reference("adult-mitigation") as { rw_weights: Record<string, number> };
    const counts: Record<string, [number, number]> = { Female: [0, 0], Male: [0, 0] };
    for (const line of text("data/tabular/adult.data").trim().split("\n")) {
      const cells = line.split(", ");
      if (cells.length === 15) counts[cells[9]!]![cells[14] === ">50K" ? 1 : 0]++;
    }
    const weight = reweighingWeights(counts);
    for (const [key, expected] of Object.entries(file.rw_weights)) {
      const [group, label] = key.split("|");
      close(weight(group!, Number(label)), expected, key);
    }
  });

  it("makes every group's weighted base rate the same and keeps the total", () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 6 }), (pairs) => {
        const weight = reweighingWeights(Object.fromEntries(pairs.map((p, g) => [`g${g}`, p])));
        const total = pairs.flat().reduce((a, b) => a + b, 0);
        const base = pairs.reduce((sum, [, good]) => sum + good, 0) / total;
        let sum = 0;
        for (const [g, [bad, good]] of pairs.entries()) {
          const [b, y] = [bad * weight(`g${g}`, 0), good * weight(`g${g}`, 1)];
          close(y / (b + y), base, "base rate");
          sum += b + y;
        }
        close(sum / total, 1, "total");
      }),
    );
  });

  it("has no weight for a group and label never counted", () => {
    const weight = reweighingWeights({ a: [3, 0] });
    assert.throws(() => weight("a", 1), { code: "internal" });
    assert.throws(() => weight("b", 0), { code: "internal" });
  });
});
