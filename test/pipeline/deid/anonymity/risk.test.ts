import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTable } from "../../../../pipeline/deid/anonymity/check.ts";
import {
  models,
  populationUniqueness,
} from "../../../../pipeline/deid/anonymity/population-uniqueness.ts";
import { TupleCounter } from "../../../../pipeline/deid/anonymity/tuples.ts";
import { absent, adultTuples, columns } from "./arx-expected.ts";

test("risk of the untouched Adult table is that of ARX", { skip: absent ?? false }, () => {
  const result = checkTable(adultTuples(), { quasi: columns, population: 301620 });
  assert.equal(result.classes, 19502);
  assert.equal(result.risk.prosecutor.average, 0.6465751607983555);
  assert.equal(result.sample_uniqueness, 0.5142895033485844);
  // ARX's test of Dankar's rule, which takes Pitman here, solved to its own tolerance.
  assert.ok(Math.abs(result.population_uniqueness! - 0.276849938836536) < 1e-8);
});

test("a small table is measured by hand", () => {
  const counter = new TupleCounter(["a", "s"]);
  const columns = { a: ["x", "x", "y", "y", "y", "z"], s: ["1", "2", "1", "1", "1", "2"] };
  counter.add({ rows: 6, columns });
  const result = checkTable(counter.tuples(), { quasi: ["a"], sensitive: ["s"], threshold: 0.4 });
  assert.equal(result.k, 1);
  assert.equal(result.l, 1);
  // z holds only value 2, whose share of the table is 1/3.
  assert.ok(Math.abs(result.t! - 2 / 3) < 1e-12);
  assert.deepEqual(result.risk.prosecutor, { highest: 1, average: 3 / 6, at_risk: 3 / 6 });
  assert.equal(result.sample_uniqueness, 1 / 6);
  assert.equal(result.population_uniqueness, null);
  assert.deepEqual(result.ranking, [{ columns: ["a"], distinction: 0.5, separation: 1 - 8 / 30 }]);
});

test("constant columns and identifiers are noted", () => {
  const counter = new TupleCounter(["a", "b"]);
  counter.add({ rows: 3, columns: { a: ["x", "x", "x"], b: [1, 2, 3] } });
  const { notes } = checkTable(counter.tuples(), { quasi: ["a", "b"], population: 100 });
  assert.deepEqual(notes.slice(0, 2), [
    "a has one value and identifies nobody",
    "b differs in every row: it is an identifier",
  ]);
});

test("the estimates approach the sample as it approaches the population", () => {
  const bySize = new Map([
    [1, 500],
    [2, 200],
    [3, 100],
    [10, 40],
  ]);
  const rows = [...bySize].reduce((sum, [size, n]) => sum + size * n, 0);
  const classes = [...bySize].reduce((sum, [, n]) => sum + n, 0);
  const sizes = { rows, classes, bySize };
  for (const [name, model] of Object.entries(models)) {
    const near = model(sizes, Math.round(rows * 1.02))!;
    // Pitman fits two parameters to all sizes and is the loosest so close to a census.
    assert.ok(
      Math.abs(near - 500 / rows) < (name === "pitman" ? 0.12 : 0.05),
      `${name} gives ${near}`,
    );
    assert.ok(model(sizes, rows * 50)! < near, name);
  }
  assert.equal(populationUniqueness(sizes, rows).value, 500 / rows);
  assert.equal(populationUniqueness(sizes, rows - 1).value, null);
  assert.equal(populationUniqueness(sizes, rows * 20).model, "pitman");
});
