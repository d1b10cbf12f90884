import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import {
  belowFourFifths,
  scoringTables,
  selectionTables,
} from "../../../audit/fairness/local-law-144.ts";
import { scorePartial } from "../../../audit/fairness/scores.ts";
import { close, columns, noShared, reference } from "../statistics/reference.ts";

function count(groups: Readonly<Record<string, readonly (string | null)[]>>, predicted: number[]) {
  const partial = confusionPartial(Object.keys(groups));
  const label = predicted.map(() => 0);
  return partial.observe(partial.empty(), { rows: predicted.length, groups, label, predicted });
}

describe("selectionTables", () => {
  const people = (name: string | null, selected: number, n: number) =>
    Array.from({ length: n }, (_, i) => [name, i < selected ? 1 : 0] as const);
  const rows = [
    ...people("a", 50, 100),
    ...people("b", 40, 100),
    ...people("c", 2, 2),
    ...people(null, 1, 3),
  ];
  const state = count(
    { g: rows.map(([name]) => name) },
    rows.map(([, selected]) => selected),
  );
  const [table] = selectionTables(state, { by: [["g"]] });

  it("leaves a tiny category out of the ratios, says why, and counts the unknown", () => {
    assert.deepEqual(
      table!.rows.map(({ category, excluded, impact_ratio }) => [
        category.g,
        excluded,
        impact_ratio,
      ]),
      [
        ["a", false, 1],
        ["b", false, 0.8],
        ["c", true, null],
      ],
    );
    assert.equal(table!.unknown, 3);
    assert.match(table!.justification!, /^1 of 3 categories have under 2 %/);
  });

  it("keeps every category when asked to, and then the tiny one sets the ratios", () => {
    const [all] = selectionTables(state, { by: [["g"]], least_share: 0 });
    assert.deepEqual(
      all!.rows.map((row) => row.impact_ratio),
      [0.5, 0.4, 1],
    );
    assert.equal(all!.justification, undefined);
    assert.equal(belowFourFifths(all!).length, 2);
  });

  it("does not fail a ratio of exactly four fifths", () => {
    assert.deepEqual(belowFourFifths(table!), []);
  });

  it("is the example of the rule itself", { skip: noShared }, () => {
    type Line = [name: string, selected: number, applicants: number, rate: number, ratio: number];
    const file = reference("statistics") as { ll144_rule_example: Record<string, Line[]> };
    for (const [by, lines] of Object.entries(file.ll144_rule_example)) {
      const persons = lines.flatMap(([name, selected, n]) => people(name, selected, n));
      const counted = count(
        { [by]: persons.map(([name]) => name) },
        persons.map(([, s]) => s),
      );
      const [found] = selectionTables(counted, { by: [[by]] });
      for (const [name, , , rate, ratio] of lines) {
        const row = found!.rows.find(({ category }) => category[by] === name)!;
        assert.ok(Math.abs(row.rate - rate) < 5e-5 && Math.abs(row.impact_ratio! - ratio) < 5e-4);
      }
    }
  });

  it("equals the independent table of COMPAS by race and sex", { skip: noShared }, () => {
    interface Row {
      race: string;
      sex: string;
      n: number;
      selected: number;
      rate: number;
      share: number;
      excluded: boolean;
      impact_ratio: number | null;
    }
    const file = reference("statistics") as { ll144_intersectional_2pct: Row[] };
    const data = columns("data/tabular/compas.csv");
    const compas = count({ race: data.race!, sex: data.sex! }, data.score!.map(Number));
    const [found] = selectionTables(compas, { by: [["race", "sex"]] });
    assert.equal(found!.rows.length, file.ll144_intersectional_2pct.length);
    for (const [i, expected] of file.ll144_intersectional_2pct.entries()) {
      const row = found!.rows[i]!;
      assert.deepEqual(row.category, { race: expected.race, sex: expected.sex });
      assert.deepEqual(
        [row.applicants, row.selected, row.excluded],
        [expected.n, expected.selected, expected.excluded],
      );
      close(row.rate, expected.rate, "rate");
      close(row.share, expected.share, "share");
      if (expected.impact_ratio === null) assert.equal(row.impact_ratio, null);
      else close(row.impact_ratio, expected.impact_ratio, "ratio");
    }
  });
});

describe("scoringTables", () => {
  it("rates who scores above the median of all", () => {
    const partial = scorePartial(["g"], 100);
    const state = partial.observe(partial.empty(), {
      rows: 6,
      groups: { g: ["a", "a", "a", "b", "b", null] },
      label: [0, 0, 0, 0, 0, 0],
      score: [0.9, 0.5, 0.4, 0.6, 0.1, 0.99],
    });
    const [table] = scoringTables(state, { by: [["g"]] });
    // The median of the five known is 0.5: one of three and one of two lie above.
    assert.deepEqual(
      table!.rows.map(({ selected, impact_ratio }) => [selected, impact_ratio]),
      [
        [1, 2 / 3],
        [1, 1],
      ],
    );
    assert.equal(table!.unknown, 1);
  });
});
