import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Evaluator } from "../../../../pipeline/deid/anonymity/evaluate.ts";
import { codeHierarchy, hierarchyOf } from "../../../../pipeline/deid/anonymity/hierarchy.ts";
import { utilities } from "../../../../pipeline/deid/anonymity/metrics/index.ts";
import { compareLoss } from "../../../../pipeline/deid/anonymity/metrics/utility.ts";
import { kAnonymity } from "../../../../pipeline/deid/anonymity/models/k-anonymity.ts";
import { distinctDiversity } from "../../../../pipeline/deid/anonymity/models/l-diversity.ts";
import { equalCloseness } from "../../../../pipeline/deid/anonymity/models/t-closeness.ts";
import { search } from "../../../../pipeline/deid/anonymity/search.ts";
import { TupleCounter, type Tuples } from "../../../../pipeline/deid/anonymity/tuples.ts";

const values = ["0", "1", "2", "3", "4", "5", "6", "7"];
const halves = hierarchyOf(
  "",
  values.map((v) => [v, `h${Number(v) >> 1}`, `q${Number(v) >> 2}`, "*"]),
);
const quasi = ["a", "b", "c"];
const rows = fc.array(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 4, maxLength: 4 }), {
  minLength: 1,
  maxLength: 120,
});

function table(cells: readonly (readonly number[])[]): Tuples {
  const counter = new TupleCounter([...quasi, "s"]);
  const column = (c: number): string[] => cells.map((row) => String(row[c]! % (c === 3 ? 3 : 8)));
  const columns = { a: column(0), b: column(1), c: column(2), s: column(3) };
  counter.add({ rows: cells.length, columns });
  return counter.tuples();
}

const coded = (tuples: Tuples): ReturnType<typeof codeHierarchy>[] =>
  quasi.map((column, c) =>
    codeHierarchy({ ...halves, column }, tuples.columns[c]!.values, () => 1),
  );

for (const [name, make] of Object.entries(utilities)) {
  test(`the search for ${name} finds what looking at every node finds`, () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(0, 0.1, 0.5, 1),
        fc.constantFrom(
          [kAnonymity(3)],
          [kAnonymity(2), distinctDiversity("s", 2)],
          [kAnonymity(2), equalCloseness("s", 0.3)],
        ),
        (cells, suppression, models) => {
          const tuples = table(cells);
          const hierarchies = coded(tuples);
          const utility = make();
          const found = search(tuples, hierarchies, { models, utility, suppression });
          const bound = utility.bind({ tuples, hierarchies, weights: [1, 1, 1] });
          const limit = Math.floor(suppression * tuples.rows);
          let best: readonly number[] | undefined;
          for (let node = 0; node < 64; node++) {
            const levels = [node & 3, (node >> 2) & 3, node >> 4];
            const evaluation = new Evaluator(tuples, hierarchies, models).evaluate(levels);
            if (evaluation.suppressed > limit) continue;
            const loss = bound.loss(levels, evaluation);
            if (best === undefined || compareLoss(loss, best) < 0) best = loss;
          }
          assert.deepEqual(found.optimum?.loss.map(tidy), best?.map(tidy));
          assert.ok(found.optimal);
        },
      ),
      { numRuns: 25 },
    );
  });
}

test("a lattice above the limit is searched with best effort, and says so", () => {
  const tuples = table(
    Array.from({ length: 90 }, (_, i) => [i, i * 3, i * i + (i >> 3), i].map((v) => v % 8)),
  );
  const hierarchies = coded(tuples);
  const settings = { models: [kAnonymity(5)], utility: utilities.loss!(), suppression: 0.1 };
  const best = search(tuples, hierarchies, settings);
  const effort = search(tuples, hierarchies, { ...settings, nodeLimit: 10, checkLimit: 30 });
  assert.equal(effort.optimal, false);
  assert.ok(effort.nodes.checked <= 30);
  assert.ok(effort.optimum!.loss[0]! >= best.optimum!.loss[0]!);
  assert.ok(effort.bound![0]! <= best.optimum!.loss[0]!);
});

test("levels and weights are respected, and refused where they make no sense", () => {
  const tuples = table(
    Array.from({ length: 90 }, (_, i) => [i, i * 3, i * 5, i].map((v) => v % 8)),
  );
  const hierarchies = coded(tuples);
  const settings = { models: [kAnonymity(2)], utility: utilities.loss!(), suppression: 0 };
  const { optimum } = search(tuples, hierarchies, {
    ...settings,
    minimum: { a: 2 },
    maximum: { b: 3, c: 3 },
  });
  assert.ok(optimum!.levels[0]! >= 2);
  for (const extra of [{ maximum: { a: 9 } }, { minimum: { z: 1 } }, { weights: { a: -1 } }]) {
    assert.throws(() => search(tuples, hierarchies, { ...settings, ...extra }), { code: "policy" });
  }
});

/** Sums taken in another order differ in their last bits. */
function tidy(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
