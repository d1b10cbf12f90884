import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { confusionPartial, type ConfusionState } from "../../../audit/fairness/confusion.ts";
import { auditFairness, type FairnessOptions } from "../../../audit/fairness/report.ts";
import { below, seededRandom, uniform } from "../../../pipeline/core/random.ts";
import { close, columns, noShared, reference } from "../statistics/reference.ts";

type Row = readonly [group: string | null, label: number, predicted: number, weight?: number];

function count(rows: readonly Row[]): ConfusionState {
  const partial = confusionPartial(["g"]);
  return partial.observe(partial.empty(), {
    rows: rows.length,
    groups: { g: rows.map(([group]) => group) },
    label: rows.map(([, label]) => label),
    predicted: rows.map(([, , predicted]) => predicted),
    ...(rows.some((row) => row[3] !== undefined) ? { weight: rows.map((row) => row[3] ?? 1) } : {}),
  });
}

function audit(state: ConfusionState, options: Partial<FairnessOptions> = {}) {
  return auditFairness(state, {
    by: [state.by],
    random: seededRandom("test"),
    resamples: 200,
    ...options,
  });
}

function repeat(times: number, row: Row): readonly Row[] {
  return Array.from({ length: times }, () => row);
}

const metric = (result: ReturnType<typeof audit>, name: string) =>
  result.metrics.find((found) => found.name === name)!;

// a: tp 3 fn 1 fp 1 tn 3; b: tp 1 fn 3 fp 0 tn 4.
const twoGroups = [
  ...repeat(3, ["a", 1, 1]),
  ...repeat(1, ["a", 1, 0]),
  ...repeat(1, ["a", 0, 1]),
  ...repeat(3, ["a", 0, 0]),
  ...repeat(1, ["b", 1, 1]),
  ...repeat(3, ["b", 1, 0]),
  ...repeat(4, ["b", 0, 0]),
];

describe("auditFairness", () => {
  const byHand = [
    ["demographic_parity_difference", 4 / 8 - 1 / 8],
    ["demographic_parity_ratio", 1 / 4],
    ["equal_opportunity_difference", 3 / 4 - 1 / 4],
    ["equal_opportunity_ratio", 1 / 3],
    ["equalized_odds_difference", 1 / 2],
    ["equalized_odds_ratio", 0],
    ["equalized_odds_difference_mean", (1 / 2 + 1 / 4) / 2],
    ["demographic_parity_difference_to_overall", 4 / 8 - 5 / 16],
    ["demographic_parity_ratio_to_overall", 1 / 8 / (5 / 16)],
    ["accuracy_score_difference", 6 / 8 - 5 / 8],
    ["accuracy_score_group_min", 5 / 8],
    ["precision_score_ratio", 3 / 4],
    ["true_negative_rate_group_max", 1],
    ["negative_predictive_value_group_min", 4 / 7],
    ["false_discovery_rate_difference", 1 / 4],
    ["false_omission_rate_ratio", 1 / 4 / (3 / 7)],
    ["zero_one_loss_difference", 3 / 8 - 2 / 8],
    ["zero_one_loss_group_max", 3 / 8],
    ["prevalence_difference", 0],
    ["balanced_accuracy_score_group_min", (1 / 4 + 1) / 2],
    ["f1_score_group_min", 2 / 5],
    ["f1_score_ratio", 2 / 5 / (6 / 8)],
  ] as const;
  const result = audit(count(twoGroups));
  for (const [name, value] of byHand) {
    it(`computes ${name} by hand`, () => {
      close(metric(result, name).value, value, name);
    });
  }

  it("has the form of fairness --json", () => {
    assert.deepEqual(Object.keys(result), ["rows", "excluded", "groups", "metrics"]);
    const [a] = result.groups;
    assert.deepEqual(a!.group, { g: "a" });
    assert.deepEqual(a!.counts, { tp: 3, fp: 1, fn: 1, tn: 3 });
    assert.equal(a!.n, 8);
    assert.equal(a!.rates.tpr.value, 0.75);
    assert.deepEqual(metric(result, "demographic_parity_difference").by, ["g"]);
    assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  });

  it("has intervals that hold their value and stay in [0, 1]", () => {
    const found = [
      ...result.metrics,
      ...result.groups.flatMap((group) => Object.values(group.rates)),
    ];
    for (const { value, interval } of found) {
      if (value === null || interval === null) continue;
      assert.ok(
        0 <= interval[0] && interval[0] <= value && value <= interval[1] && interval[1] <= 1,
      );
    }
  });

  it("gives a rate that no resample can change an interval with width", () => {
    const [, b] = result.groups;
    assert.equal(b!.rates.fpr.value, 0);
    assert.ok(b!.rates.fpr.interval![1] > 0.3);
  });

  it("gives a gap that no resample can change an interval with width", () => {
    const found = audit(count([...repeat(12, ["a", 0, 0]), ...repeat(30, ["b", 0, 0])]));
    const [low, high] = metric(found, "demographic_parity_difference").interval!;
    assert.equal(low, 0);
    // Newcombe 1998, method 10, of 0/12 and 0/30.
    assert.ok(high > 0.1 && high < 0.3);
    assert.ok(metric(found, "selection_rate_group_max").interval![1] > 0.1);
  });

  it("has intervals of gaps that cover the truth, parity too", () => {
    const random = seededRandom("coverage");
    const draw = (n: number, chances: readonly number[]): readonly Row[] =>
      chances.flatMap((chance, g) =>
        Array.from({ length: n }, (): Row => [
          `g${g}`,
          below(random, 2),
          uniform(random) < chance ? 1 : 0,
        ]),
      );
    for (const chances of [
      [0.3, 0.3],
      [0.3, 0.3, 0.3],
      [0.2, 0.4],
    ]) {
      const gap = Math.max(...chances) - Math.min(...chances);
      let covered = 0;
      for (let trial = 0; trial < 100; trial++) {
        const found = audit(count(draw(120, chances)), { random: random.fork(`${trial}`) });
        const odds = metric(found, "equalized_odds_difference").interval!;
        const [low, high] = metric(found, "demographic_parity_difference").interval!;
        covered += Number(low <= gap + 1e-12 && gap <= high);
        covered += Number(odds[0] <= gap + 1e-12 && gap <= odds[1]);
      }
      assert.ok(covered >= 180, `${covered} of 200 for ${chances.join(", ")}`);
    }
  });

  it("is the same for the same seed", () => {
    assert.deepEqual(audit(count(twoGroups)), result);
  });

  const withoutPositives = [...twoGroups, ...repeat(3, ["c", 0, 1])];
  it("says why a group without positives has no true positive rate", () => {
    const found = audit(count(withoutPositives));
    const tpr = found.groups[2]!.rates.tpr;
    assert.deepEqual(tpr, {
      value: null,
      interval: null,
      why: "no row has the favourable label",
    });
    const odds = metric(found, "equalized_odds_difference");
    assert.equal(odds.value, null);
    assert.match(odds.why!, /true positive rate of g=c: no row has the favourable label/);
    assert.equal(metric(found, "demographic_parity_difference").value, 1 - 1 / 8);
  });

  it("compares the other groups when asked to, and says so", () => {
    const found = audit(count(withoutPositives), { undefinedGroups: "exclude" });
    const opportunity = metric(found, "equal_opportunity_difference");
    assert.equal(opportunity.value, 0.5);
    assert.match(opportunity.why!, /over the other groups: true positive rate of g=c/);
    assert.equal(metric(found, "equalized_odds_difference").value, 1);
  });

  it("treats a group below the least size as not estimable", () => {
    const found = audit(count(withoutPositives), { minGroup: 4 });
    assert.equal(found.groups[2]!.rates.selection_rate.value, null);
    assert.match(metric(found, "demographic_parity_difference").why!, /3 rows, fewer than the 4/);
  });

  it("is undefined for one group", () => {
    const found = audit(count(repeat(9, ["a", 1, 1])));
    assert.equal(metric(found, "demographic_parity_difference").why, "fewer than two groups");
  });

  it("is undefined for a ratio of zeros", () => {
    const rows = [...repeat(3, ["a", 1, 0]), ...repeat(3, ["b", 1, 0])];
    const found = metric(audit(count(rows)), "demographic_parity_ratio");
    assert.equal(found.value, null);
    assert.match(found.why!, /ratio of zeros/);
  });

  it("counts rows without a protected value, and makes a group of them when asked to", () => {
    const rows = [...twoGroups, ...repeat(2, [null, 1, 1])];
    const found = audit(count(rows));
    assert.deepEqual([found.rows, found.excluded], [18, { g: 2 }]);
    assert.equal(found.groups.length, 2);
    const asked = audit(count(rows), { missing: "group" });
    assert.deepEqual(
      asked.groups.map(({ group }) => group.g),
      ["(missing)", "a", "b"],
    );
  });

  it("weighs rows: a weight of k is k rows, but for the interval", () => {
    const weighed = audit(count(twoGroups.map(([g, y, p], i) => [g, y, p, 1 + (i % 3)])));
    const repeated = audit(
      count(twoGroups.flatMap(([g, y, p], i) => repeat(1 + (i % 3), [g, y, p]))),
    );
    for (const [m, { name, value }] of repeated.metrics.entries()) {
      close(weighed.metrics[m]!.value, value!, name);
    }
    assert.equal(weighed.groups[0]!.n, 8);
    assert.equal(weighed.groups[0]!.weighted!.tp, repeated.groups[0]!.counts.tp);
  });

  it("changes nothing but names when groups are renamed", () => {
    const row = fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(1), fc.nat(1));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const renamed = { a: "z", b: "y", c: "x" } as const;
        const one = audit(count(rows), { resamples: 0 });
        const two = audit(count(rows.map(([g, y, p]) => [renamed[g as "a"], y, p])), {
          resamples: 0,
        });
        assert.deepEqual(
          two.metrics.map(({ value }) => value),
          one.metrics.map(({ value }) => value),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("Fairlearn's numbers", { skip: noShared }, () => {
  it("agrees on the toy of 18 rows, but for the group without favourable or unfavourable rows", () => {
    const { toy18 } = reference("fairlearn") as { toy18: Record<string, number> };
    // Cells from its rates by group: a is 4 rows, b 6, c 8.
    const rows = [
      ...repeat(1, ["a", 1, 1]),
      ...repeat(1, ["a", 1, 0]),
      ...repeat(2, ["a", 0, 1]),
      ...repeat(3, ["b", 1, 1]),
      ...repeat(2, ["b", 1, 0]),
      ...repeat(1, ["b", 0, 0]),
      ...repeat(2, ["c", 1, 1]),
      ...repeat(3, ["c", 1, 0]),
      ...repeat(2, ["c", 0, 1]),
      ...repeat(1, ["c", 0, 0]),
    ];
    const result = audit(count(rows));
    for (const [key, value] of Object.entries(toy18)) {
      const [name, method, weights] = key.split("|");
      if (weights !== "u") continue;
      const ours = method === "to_overall" ? `${name!}_to_overall` : name!;
      close(metric(result, ours).value, value, ours);
    }
    close(metric(result, "equalized_odds_difference_mean").value, toy18.eod_agg_mean!, "mean");
    close(metric(result, "equalized_odds_ratio_mean").value, toy18.eor_agg_mean!, "mean ratio");
  });

  it("agrees on 71 weighted rows with two attributes", () => {
    const file = reference("fairlearn") as {
      data_for_test_71: Record<string, number>;
      data_for_test_71_vectors: Record<"y_t" | "y_p" | "s_w", number[]> &
        Record<"g_1" | "g_2", string[]>;
    };
    const vectors = file.data_for_test_71_vectors;
    const state = (weight?: number[]) => {
      const partial = confusionPartial(["g_1", "g_2"]);
      return partial.observe(partial.empty(), {
        rows: vectors.y_t.length,
        groups: { g_1: vectors.g_1, g_2: vectors.g_2 },
        label: vectors.y_t,
        predicted: vectors.y_p,
        ...(weight ? { weight } : {}),
      });
    };
    const by = [["g_1"], ["g_1", "g_2"]];
    const plain = audit(state(), { by });
    const weighed = audit(state(vectors.s_w), { by });
    for (const [key, value] of Object.entries(file.data_for_test_71)) {
      const name = key.replace(/_w$|_g1g2$/, "");
      const attributes = key.endsWith("_g1g2") ? 2 : 1;
      const found = (key.endsWith("_w") ? weighed : plain).metrics.find(
        (candidate) => candidate.name === name && candidate.by.length === attributes,
      );
      close(found!.value, value, key);
    }
  });

  it("agrees on a logistic regression of Adult by sex, race and both", () => {
    const data = columns("reference/adult-lr-predictions.csv.gz");
    const { test } = reference("adult-lr-metrics") as {
      test: Record<string, Record<string, unknown>>;
    };
    const partial = confusionPartial(["sex", "race"]);
    const state = partial.observe(partial.empty(), {
      rows: data.sex!.length,
      groups: { sex: data.sex!, race: data.race! },
      label: data.y_true!.map(Number),
      predicted: data.y_pred!.map(Number),
    });
    const result = audit(state, { by: [["sex"], ["race"], ["sex", "race"]], resamples: 0 });
    for (const by of [["sex"], ["race"], ["sex", "race"]]) {
      const expected = test[by.join("x")]!;
      for (const found of result.metrics.filter((m) => m.by.join("x") === by.join("x"))) {
        const value = expected[found.name];
        if (typeof value === "number")
          close(found.value, value, `${found.name} by ${by.join("x")}`);
      }
      const groups = result.groups.filter(({ group }) => Object.keys(group).join() === by.join());
      const theirs = expected.by_group as Record<string, Record<string, number>>;
      assert.equal(groups.length, Object.keys(theirs).length);
      for (const { group, n, rates } of groups) {
        const values = Object.values(group);
        const key = values.length === 1 ? values[0]! : `('${values.join("', '")}')`;
        const want = theirs[key]!;
        assert.equal(n, want.count);
        for (const [name, rate] of Object.entries(rates)) {
          if (want[name] !== undefined && rate.value !== null) close(rate.value, want[name], name);
        }
      }
    }
  });

  it("agrees on COMPAS by race, sex and age", () => {
    const data = columns("data/tabular/compas.csv");
    const file = reference("fairlearn") as { compas_disp: Record<string, number> };
    const partial = confusionPartial(["race", "sex", "age_cat"]);
    const state = partial.observe(partial.empty(), {
      rows: data.race!.length,
      groups: { race: data.race!, sex: data.sex!, age_cat: data.age_cat! },
      label: data.label_value!.map(Number),
      predicted: data.score!.map(Number),
    });
    const result = audit(state, {
      by: [["race"], ["sex"], ["age_cat"]],
      resamples: 0,
    });
    for (const [key, value] of Object.entries(file.compas_disp)) {
      const [name, by] = key.split("|");
      const found = result.metrics.find((m) => m.name === name && m.by.join() === by);
      close(found!.value, value, key);
    }
  });
});
