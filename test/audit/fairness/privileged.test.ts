import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { consistency } from "../../../audit/fairness/consistency.ts";
import {
  conditionalDisparity,
  differentialFairness,
} from "../../../audit/fairness/differential.ts";
import { generalizedEntropy } from "../../../audit/fairness/entropy.ts";
import { privilegedMetrics } from "../../../audit/fairness/privileged.ts";
import { seededRandom, uniform } from "../../../pipeline/core/random.ts";
import { close, columns, noShared, reference, text } from "../statistics/reference.ts";

function count(
  groups: Readonly<Record<string, readonly string[]>>,
  label: number[],
  predicted: number[],
) {
  const partial = confusionPartial(Object.keys(groups));
  return partial.observe(partial.empty(), { rows: label.length, groups, label, predicted });
}

const options = (by: string, privileged: string) => ({
  by,
  privileged: [privileged],
  random: seededRandom("privileged"),
  resamples: 100,
});

describe("privilegedMetrics", () => {
  const state = count(
    { g: ["a", "a", "a", "b", "b", "b"].flatMap((g) => Array.from({ length: 20 }, () => g)) },
    Array.from({ length: 120 }, (_, i) => Number(i % 3 === 0)),
    Array.from({ length: 120 }, (_, i) => Number(i % (i < 60 ? 2 : 4) === 0)),
  );
  it("has intervals that hold their values", () => {
    const found = privilegedMetrics(state, options("g", "a"));
    const parity = found.find(({ name }) => name === "statistical_parity_difference")!;
    close(parity.value, -0.25, "parity");
    assert.ok(parity.interval![0] < -0.3 && parity.interval![1] < 0);
    for (const { value, interval } of found) {
      if (value === null || interval === null) continue;
      assert.ok(interval[0] <= value && value <= interval[1]);
    }
  });
  it("says what is not defined", () => {
    const found = privilegedMetrics(state, options("g", "nobody"));
    assert.deepEqual(
      found.find(({ name }) => name === "disparate_impact"),
      { name: "disparate_impact", value: null, interval: null, why: "division by zero" },
    );
  });
});

describe("AIF360's numbers", { skip: noShared }, () => {
  const file = reference("aif360") as Record<string, Record<string, number>>;

  it("agree on the toy of 18 rows", () => {
    // a: tp 1 fn 1 fp 2; b: tp 3 fn 2 tn 1; c: tp 2 fn 3 fp 2 tn 1.
    const cells = [
      ["a", [1, 1, 2, 0]],
      ["b", [3, 2, 0, 1]],
      ["c", [2, 3, 2, 1]],
    ] as const;
    const rows = cells.flatMap(([g, counts]) =>
      counts.flatMap((n, i) => Array.from({ length: n }, () => [g, i < 2, i % 2 === 0] as const)),
    );
    const state = count(
      { g: rows.map(([g]) => g) },
      rows.map(([, label]) => Number(label)),
      rows.map(([, , predicted]) => Number(predicted)),
    );
    const found = new Map(
      privilegedMetrics(state, options("g", "a")).map((m) => [m.name, m.value]),
    );
    let compared = 0;
    for (const [name, value] of Object.entries(file.toy18_priv_a!)) {
      // AIF360 sees the groups a and not-a alone.
      if (!found.has(name) || /all_groups|differential/.test(name)) continue;
      close(found.get(name), value, name);
      compared++;
    }
    assert.equal(compared, 21);
  });

  it("agree on the regression of Adult by sex and race", () => {
    const data = columns("reference/adult-lr-predictions.csv.gz");
    const lr = reference("adult-lr-metrics") as Record<string, Record<string, number>>;
    const race = data.race!.map((value) => (value === "White" ? "White" : "other"));
    const [label, predicted] = [data.y_true!.map(Number), data.y_pred!.map(Number)];
    const state = count({ sex: data.sex!, race }, label, predicted);
    for (const [by, privileged] of [
      ["sex", "Male"],
      ["race", "White"],
    ] as const) {
      const metrics = privilegedMetrics(state, options(by, privileged));
      const found = new Map(metrics.map((m) => [m.name, m.value]));
      for (const [name, value] of Object.entries(lr[`aif360_${by}`]!)) {
        close(found.get(name), value, `${by} ${name}`);
      }
    }
  });

  it("agree on base rates and differential fairness of German credit", () => {
    const { german_age25_full: german } = file;
    // Good and bad credit of people above 25, and up to it.
    close(
      differentialFairness([
        { favourable: 612, all: 851 },
        { favourable: 88, all: 149 },
      ]),
      Math.max(Math.log(612.5 / 852 / (88.5 / 150)), Math.log(61.5 / 150 / (239.5 / 852))),
      "by hand",
    );
    close(88 / 149 - 612 / 851, german!.SPD!, "statistical parity");
  });
});

describe("generalizedEntropy", () => {
  const benefits = [1, 2, 3, 4].map((benefit) => ({ benefit, count: 1, group: "g" }));
  const cases = [
    // Formulas of the definition, with mean 2.5.
    [0, -Math.log(24 / 2.5 ** 4) / 4],
    [1, [1, 2, 3, 4].reduce((sum, b) => sum + (b / 2.5) * Math.log(b / 2.5), 0) / 4],
    [2, (30 / 6.25 - 4) / 8],
  ] as const;
  for (const [alpha, value] of cases) {
    it(`follows its formula at α = ${alpha}`, () => {
      close(generalizedEntropy(benefits, alpha), value, "entropy");
    });
  }
  it("does not divide by the mean twice at α = 0", () => {
    // The same benefits times 10 are as unequal.
    const scaled = benefits.map((b) => ({ ...b, benefit: b.benefit * 10 }));
    close(generalizedEntropy(scaled, 0), generalizedEntropy(benefits, 0), "scaled");
  });
  it("is infinite at α = 0 when someone has nothing", () => {
    assert.equal(
      generalizedEntropy([{ benefit: 0, count: 1, group: "g" }, ...benefits], 0),
      Infinity,
    );
  });
});

describe("conditionalDisparity", () => {
  it("vanishes where each stratum treats the group as everyone (Berkeley's paradox)", () => {
    const strata = [
      { group: { favourable: 8, all: 10 }, everyone: { favourable: 80, all: 100 } },
      { group: { favourable: 9, all: 90 }, everyone: { favourable: 10, all: 100 } },
    ];
    close(conditionalDisparity(strata), 0, "disparity");
  });
});

describe("consistency", () => {
  it("is 1 when neighbours are treated alike and falls with who is not", () => {
    const features = Float64Array.of(0, 1, 2, 10, 11, 12);
    assert.equal(consistency(features, [1, 1, 1, 0, 0, 0], { neighbours: 3 }).value, 1);
    // The nearest of each three are the three: 1/3 of the ones are off by 2/3, two by 1/3.
    close(
      consistency(features, [1, 0, 0, 0, 0, 0], { neighbours: 3 }).value,
      1 - (2 / 3 + 1 / 3 + 1 / 3) / 6,
      "one off",
    );
  });

  it("has an interval as wide as it varies from sample to sample", () => {
    const random = seededRandom("consistency");
    const drawn = Array.from({ length: 60 }, () => {
      const rows = Array.from({ length: 200 }, () => [uniform(random), uniform(random)]);
      const decided = rows.map(([x]) => Number(x! + 0.6 * uniform(random) > 0.8));
      return consistency(Float64Array.from(rows.flat()), decided);
    });
    const mean = drawn.reduce((sum, { value }) => sum + value, 0) / drawn.length;
    const spread = Math.sqrt(
      drawn.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (drawn.length - 1),
    );
    const widths = drawn.map(({ interval }) => (interval![1] - interval![0]) / 2 / 1.96);
    const usual = widths.reduce((sum, width) => sum + width, 0) / drawn.length;
    assert.ok(usual > 0.7 * spread && usual < 1.4 * spread, `${usual} of ${spread}`);
    assert.equal(consistency(Float64Array.from({ length: 99 }), new Uint8Array(99)).interval, null);
  });
});

describe("differential fairness of Adult", { skip: noShared }, () => {
  it("is the published one for sex, race (White) and country (United States) on the test rows", () => {
    const lines = text("data/tabular/adult.test").split("\n");
    const rows = lines.map((line) => line.split(", ")).filter((cells) => cells.length === 15);
    const groups = new Map<string, { favourable: number; all: number }>();
    for (const cells of rows) {
      const key = [cells[9], cells[8] === "White", cells[13] === "United-States"].join();
      const group = groups.get(key) ?? { favourable: 0, all: 0 };
      group.all++;
      if (cells[14]!.startsWith(">")) group.favourable++;
      groups.set(key, group);
    }
    close(differentialFairness([...groups.values()]), 1.53679014653623, "differential fairness");
  });
});

describe("consistency of German credit", { skip: noShared }, () => {
  it("is AIF360's, on its 58 columns", () => {
    const rows = text("data/tabular/german.data")
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    const categories = [0, 2, 3, 5, 6, 9, 11, 13, 14, 16, 18, 19];
    const values = categories.map((c) => [...new Set(rows.map((row) => row[c]!))]);
    const men = ["A91", "A93", "A94"];
    const features = rows.map((row) => [
      ...[1, 4, 7, 10, 15, 17].map((c) => Number(row[c])),
      Number(Number(row[12]) > 25),
      Number(men.includes(row[8]!)),
      ...categories.flatMap((c, k) => values[k]!.map((value) => Number(row[c] === value))),
    ]);
    assert.equal(features[0]!.length, 58);
    const good = rows.map((row) => Number(row[20] === "1"));
    const { german_consistency: expected } = reference("aif360") as Record<string, number>;
    close(consistency(Float64Array.from(features.flat()), good).value, expected!, "consistency");
  });
});
