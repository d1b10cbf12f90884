import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { flipTest } from "../../../audit/fairness/counterfactual.ts";
import { labelNoise } from "../../../audit/fairness/label-noise.ts";
import { classesOf, classPartial, oneVersusRest } from "../../../audit/fairness/multi-class.ts";
import {
  infeasibleIndex,
  rankingDivergence,
  rankingGroups,
} from "../../../audit/fairness/ranking.ts";
import { auditRanking } from "../../../audit/fairness/ranking-audit.ts";
import { auditRegression, regressionPartial } from "../../../audit/fairness/regression.ts";
import { auditFairness } from "../../../audit/fairness/report.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { close } from "../statistics/reference.ts";

describe("several classes", () => {
  const partial = classPartial(["g"]);
  type Row = readonly [string | null, string, string];
  const inputOf = (rows: readonly Row[]) => ({
    rows: rows.length,
    groups: { g: rows.map((row) => row[0]) },
    label: rows.map((row) => row[1]),
    predicted: rows.map((row) => row[2]),
  });
  const one = (rows: readonly Row[]) => partial.observe(partial.empty(), inputOf(rows));
  it("merge in any split and order", () => {
    const name = fc.constantFrom("x", "y", "z");
    const some = fc.array(fc.tuple(fc.constantFrom("a", "b", null), name, name));
    fc.assert(
      fc.property(some, some, (a, b) => {
        assert.deepEqual(partial.merge(one(b), one(a)), one([...a, ...b]));
      }),
    );
  });
  it("are audited one against the rest, or several together", () => {
    const state = one([
      ["a", "x", "x"],
      ["a", "y", "x"],
      ["a", "z", "z"],
      ["b", "x", "y"],
      ["b", "y", "y"],
      [null, "x", "x"],
    ]);
    assert.deepEqual(classesOf(state), ["x", "y", "z"]);
    const audit = (favourable: readonly string[]) =>
      auditFairness(oneVersusRest(state, favourable), {
        by: [["g"]],
        random: seededRandom("1"),
        resamples: 0,
      });
    const x = audit(["x"]);
    assert.deepEqual([x.rows, x.excluded], [6, { g: 1 }]);
    assert.deepEqual(x.groups[0]!.counts, { tp: 1, fp: 1, fn: 0, tn: 1 });
    assert.equal(audit(["x", "y"]).groups[1]!.rates.tpr.value, 1);
  });
});

describe("several classes with weights", () => {
  it("keep rows and weights apart", () => {
    const partial = classPartial(["g"]);
    const state = partial.observe(partial.empty(), {
      rows: 3,
      groups: { g: ["a", "a", "b"] },
      label: ["x", "y", "x"],
      predicted: ["x", "x", "y"],
      weight: [2, 0.5, 1],
    });
    const options = { by: [["g"]], random: seededRandom("1"), resamples: 0 };
    const [a] = auditFairness(oneVersusRest(state, ["x"]), options).groups;
    assert.deepEqual(
      [a!.counts, a!.weighted],
      [
        { tp: 1, fp: 1, fn: 0, tn: 0 },
        { tp: 2, fp: 0.5, fn: 0, tn: 0 },
      ],
    );
    assert.equal(a!.rates.precision.value, 0.8);
  });
});

describe("auditRegression", () => {
  const partial = regressionPartial(["g"]);
  const state = partial.merge(
    partial.observe(partial.empty(), {
      rows: 2,
      groups: { g: ["a", "b"] },
      label: [1, 4],
      predicted: [2, 2],
    }),
    partial.observe(partial.empty(), {
      rows: 2,
      groups: { g: ["a", null] },
      label: [3, 1],
      predicted: [6, 1],
    }),
  );
  const random = seededRandom("regression");
  const found = auditRegression(state, { by: ["g"], random });
  const metric = (name: string, of = found) => of.metrics.find((m) => m.name === name)!;
  it("is by hand", () => {
    const [a, b] = found.groups;
    assert.deepEqual([a!.meanError.value, a!.meanSquaredError.value], [2, 5]);
    const lone = { value: -2, n: 1, why: "no interval: one row" };
    assert.deepEqual([b!.meanError, b!.meanAbsoluteError.value], [lone, 2]);
    assert.deepEqual([a!.meanPrediction.value, a!.rSquared.value], [4, -4]);
    assert.equal(b!.rSquared.why, "the outcome does not vary");
    // Errors 1 and 3: mean 2, variance 2, interval 2 ± 1.96.
    close(a!.meanError.interval![1], 2 + 1.959963984540054, "interval");
    assert.equal(metric("mean_error_difference").value, 4);
    assert.equal(metric("worst_group_loss").value, 5);
    assert.match(metric("mean_error_difference").why!, /one row/);
  });
  it("is undefined without groups", () => {
    const none = auditRegression(partial.empty(), { by: ["g"], random });
    assert.equal(metric("mean_error_difference", none).value, null);
    assert.equal(metric("worst_group_loss", none).why, "fewer than 1 groups");
  });
  it("weighs rows as numpy.average and sklearn's r2_score(sample_weight=…) do", () => {
    const weighted = partial.observe(partial.empty(), {
      rows: 5,
      groups: { g: ["a", "a", "a", "a", "a"] },
      label: [1, 2, 4, 3, 0],
      predicted: [2, 2, 3, 5, 0.5],
      weight: [1, 2, 0.5, 3, 0],
    });
    const [a] = auditRegression(weighted, { by: ["g"], random }).groups;
    close(a!.meanError.value, 1, "mean error");
    close(a!.meanError.interval![1], 1 + 1.959963984540054 * 0.6435846357954428, "interval");
    close(a!.rSquared.value, -1.925, "R²");
  });
  it("keeps its digits far from zero, whatever is merged", () => {
    const far = 1e9;
    const rows = (label: number[]) => ({
      rows: label.length,
      groups: { g: label.map(() => "a") },
      label: label.map((y) => y + far),
      predicted: label.map((y) => y + far + (y > 1 ? 1 : -1)),
    });
    const merged = partial.merge(
      partial.observe(partial.empty(), rows([0, 1])),
      partial.observe(partial.empty(), rows([2, 3])),
    );
    const [a] = auditRegression(merged, { by: ["g"], random }).groups;
    close(a!.rSquared.value, 0.2, "R²");
    close(a!.meanError.value, 0, "mean error");
  });
});

describe("auditRanking", () => {
  const row = (list: string, score: number, relevance: number, group: string | null) => ({
    list,
    score,
    relevance,
    groups: [group],
  });
  const options = { attributes: ["g"], by: ["g"], random: seededRandom("ranking") };
  const rows = [
    row("1", 0.2, 1, "b"),
    row("1", 0.9, 1, "a"),
    row("1", 0.5, 0, null),
    row("2", 0.7, 1, "b"),
    row("2", 0.3, 1, "a"),
  ];
  it("averages the exposure of each group over the lists", () => {
    const found = auditRanking(rows, options);
    const [a, b] = found.groups;
    close(a!.ranking.exposure.value, (1 + 1 / Math.log2(3)) / 2, "exposure of a");
    close(b!.ranking.exposure.value, (0.5 + 1) / 2, "exposure of b");
    assert.deepEqual([a!.lists, a!.n], [2, 2]);
    assert.ok(found.metrics[0]!.interval![0] <= found.metrics[0]!.value!);
  });
  it("has no interval for one list, and no ratio for one group", () => {
    const one = auditRanking(rows.slice(1, 3), options);
    assert.match(one.groups[0]!.ranking.exposure.why!, /one list/);
    assert.equal(one.metrics[0]!.why, "fewer than two groups");
  });
});

describe("rankings", () => {
  const ranking = [
    { group: "a", relevance: 1 },
    { group: "a", relevance: 0 },
    { group: "b", relevance: 1 },
    { group: "b", relevance: 1 },
  ];
  it("have exposures by group", () => {
    const [a, b] = rankingGroups(ranking);
    close(a!.exposure, (1 + 1 / Math.log2(3)) / 2, "exposure");
    close(b!.exposurePerRelevance, (1 / 2 + 1 / Math.log2(5)) / 2, "exposure by merit");
    assert.deepEqual([a!.ndcg, b!.ndcg], [1, 1]);
  });
  it("are infeasible where a prefix has too few of a group", () => {
    // Half of 2 is 1: the prefixes of 2 and 3 lack a b.
    assert.equal(infeasibleIndex(ranking.toSpliced(2, 1, ranking[0]!), { a: 0.5, b: 0.5 }), 3);
    assert.equal(infeasibleIndex(ranking, { a: 0.5, b: 0.5 }), 1);
    assert.equal(infeasibleIndex(ranking, { a: 0.5, b: 0.5 }, 1), 0);
  });
  it("diverge from the wanted shares, and not when they keep them", () => {
    assert.ok(rankingDivergence(ranking, { a: 0.5, b: 0.5 }) > 0);
    close(rankingDivergence(ranking.slice(0, 2), { a: 1 }), 0, "divergence");
  });
});

describe("labelNoise", () => {
  it("doubts labels that score as the other one does", () => {
    const found = labelNoise({
      score: Float64Array.of(0.1, 0.2, 0.8, 0.9),
      unfavourable: Float64Array.of(4, 4, 1, 1),
      favourable: Float64Array.of(1, 0, 4, 5),
    });
    // Favourable rows score 0.78 on average, unfavourable ones 0.29.
    close(found.withheld, 0.2, "withheld");
    close(found.granted, 0.1, "granted");
  });
  it("is undefined without rows of a label", () => {
    const none = labelNoise({
      score: Float64Array.of(0.5),
      unfavourable: Float64Array.of(1),
      favourable: Float64Array.of(0),
    });
    assert.ok(Number.isNaN(none.withheld) && Number.isNaN(none.granted));
  });
});

describe("flipTest", () => {
  const batch = { rows: 4, columns: { sex: ["F", "M", "F", null], score: [1, 2, 3, 4] } };
  it("counts decisions that follow the protected value", async () => {
    const found = await flipTest(batch, "sex", ["F", "M"], ({ columns }) =>
      Promise.resolve(columns.sex!.map((sex, i) => Number(sex === "M" || i === 2))),
    );
    assert.deepEqual(found, {
      rows: 3,
      changed: 2,
      moves: [
        { from: "M", to: "F", rows: 1, gained: 0, lost: 1 },
        { from: "F", to: "M", rows: 2, gained: 1, lost: 0 },
      ],
    });
  });
  it("finds nothing in a model that does not read the column", async () => {
    const found = await flipTest(batch, "sex", ["F", "M"], ({ columns }) =>
      Promise.resolve(columns.score!.map((score) => Number(Number(score) > 2))),
    );
    assert.equal(found.changed, 0);
  });
});
