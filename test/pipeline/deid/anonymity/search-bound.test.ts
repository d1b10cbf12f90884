import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Evaluator } from "../../../../pipeline/deid/anonymity/evaluate.ts";
import { codeHierarchy, hierarchyOf } from "../../../../pipeline/deid/anonymity/hierarchy.ts";
import type { CodedHierarchy } from "../../../../pipeline/deid/anonymity/hierarchy.ts";
import { latticeOf } from "../../../../pipeline/deid/anonymity/lattice.ts";
import { utilities } from "../../../../pipeline/deid/anonymity/metrics/index.ts";
import { lossMetric } from "../../../../pipeline/deid/anonymity/metrics/loss.ts";
import {
  compareLoss,
  type Loss,
  type Utility,
} from "../../../../pipeline/deid/anonymity/metrics/utility.ts";
import { kAnonymity } from "../../../../pipeline/deid/anonymity/models/k-anonymity.ts";
import { distinctDiversity } from "../../../../pipeline/deid/anonymity/models/l-diversity.ts";
import type { Model } from "../../../../pipeline/deid/anonymity/models/model.ts";
import { equalCloseness } from "../../../../pipeline/deid/anonymity/models/t-closeness.ts";
import { lossBound } from "../../../../pipeline/deid/anonymity/search-bound.ts";
import { search } from "../../../../pipeline/deid/anonymity/search.ts";
import { TupleCounter, type Tuples } from "../../../../pipeline/deid/anonymity/tuples.ts";

const quasi = ["a", "b", "c", "d"];
const values = Array.from({ length: 8 }, (_, v) => String(v));

function table(cells: readonly (readonly number[])[]): Tuples {
  const names = [...quasi, "s"];
  const counter = new TupleCounter(names);
  const columns = names.map((name, c) => [name, cells.map((row) => String(row[c]))] as const);
  counter.add({ rows: cells.length, columns: Object.fromEntries(columns) });
  return counter.tuples();
}

/** Three levels of each column. */
function coded(tuples: Tuples): CodedHierarchy[] {
  return quasi.map((column, c) => {
    const rows = values.map((v) => [v, Number(v) < 4 ? "low" : "high", "*"]);
    return codeHierarchy(hierarchyOf(column, rows), tuples.columns[c]!.values, () => 1);
  });
}

/** The least loss of all 81 nodes that meet the models. */
function best(
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
  settings: { models: readonly Model[]; utility: Utility; suppression: number },
): Loss | undefined {
  const utility = settings.utility.bind({ tuples, hierarchies, weights: [1, 1, 1, 1] });
  const evaluator = new Evaluator(tuples, hierarchies, settings.models);
  let least: Loss | undefined;
  for (let node = 0; node < 81; node++) {
    const levels = [1, 3, 9, 27].map((stride) => Math.floor(node / stride) % 3);
    const evaluation = evaluator.evaluate(levels);
    if (evaluation.suppressed > Math.floor(settings.suppression * tuples.rows)) continue;
    const loss = utility.loss(levels, evaluation);
    if (least === undefined || compareLoss(loss, least) < 0) least = loss;
  }
  return least;
}

const lattice = latticeOf([0, 0, 0, 0], [2, 2, 2, 2]);
const rows = fc.array(
  fc.tuple(...quasi.map(() => fc.integer({ min: 0, max: 7 })), fc.integer({ min: 0, max: 2 })),
  { minLength: 1, maxLength: 150 },
);
const metrics: Readonly<Record<string, () => Utility>> = {
  ...utilities,
  "loss by its greatest column": () => lossMetric("maximum"),
  "loss by rank": () => lossMetric("rank"),
};

for (const [name, make] of Object.entries(metrics)) {
  test(`no node that meets the models beats the bound on ${name}`, () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(0, 0.1, 0.4),
        fc.constantFrom(3, 9, 27, 81),
        fc.constantFrom(1, 8, 1000),
        fc.constantFrom(
          [kAnonymity(3)],
          [kAnonymity(2), distinctDiversity("s", 2)],
          [equalCloseness("s", 0.3)],
        ),
        (cells, suppression, groupNodes, checks, models) => {
          const tuples = table(cells);
          const hierarchies = coded(tuples);
          const settings = { models, utility: make(), suppression };
          const least = best(tuples, hierarchies, settings);
          const { bound } = lossBound(tuples, hierarchies, settings, lattice, checks, groupNodes);
          if (least === undefined || bound === undefined) return;
          assert.ok(
            compareLoss(
              bound,
              least.map((x) => x + 1e-9),
            ) <= 0,
            `${bound.join()} > ${least.join()}`,
          );
        },
      ),
      { numRuns: 25 },
    );
  });
}

/** Every combination of four columns once, so that one row in 4,096 is like another. */
const spread = table(
  Array.from({ length: 400 }, (_, i) => [i % 8, (i * 3) % 7, (i * i) % 8, (i >> 3) % 8, 0]),
);

test("the bound of one group of all columns is the optimum, where nothing is suppressed", () => {
  const hierarchies = coded(spread);
  for (const name of ["loss", "precision", "entropy", "height"]) {
    const settings = { models: [kAnonymity(5)], utility: utilities[name]!(), suppression: 0 };
    const { bound } = lossBound(spread, hierarchies, settings, lattice, 1000, 81);
    const least = best(spread, hierarchies, settings)!;
    assert.ok(Math.abs(bound![0]! - least[0]!) < 1e-9, name);
  }
});

test("the bound of groups of columns says more than that some loss is not negative", () => {
  const hierarchies = coded(spread);
  const settings = { models: [kAnonymity(20)], utility: utilities.loss!(), suppression: 0.02 };
  const { bound } = lossBound(spread, hierarchies, settings, lattice, 1000, 9);
  const least = best(spread, hierarchies, settings)!;
  assert.ok(bound![0]! > 0.05, `${bound![0]}`);
  assert.ok(bound![0]! <= least[0]!);
});

test("a best effort that reaches its bound is an optimum", () => {
  const tuples = table(Array.from({ length: 40 }, (_, i) => [i % 2, 0, 0, 0, 0]));
  const settings = {
    models: [kAnonymity(5)],
    utility: utilities.loss!(),
    suppression: 0,
    nodeLimit: 10,
  };
  const { optimal, optimum, bound } = search(tuples, coded(tuples), settings);
  assert.deepEqual(optimum!.levels, [0, 0, 0, 0]);
  assert.equal(optimal, true);
  assert.equal(bound, undefined);
});
