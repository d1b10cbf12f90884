import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anonymise } from "../../../../pipeline/deid/anonymity/anonymise.ts";
import { hierarchyOf } from "../../../../pipeline/deid/anonymity/hierarchy.ts";
import { utilityNamed } from "../../../../pipeline/deid/anonymity/metrics/index.ts";
import { modelsOf } from "../../../../pipeline/deid/anonymity/model-spec.ts";
import { inPopulation } from "../../../../pipeline/deid/anonymity/population.ts";
import { TupleCounter, type Tuples } from "../../../../pipeline/deid/anonymity/tuples.ts";

const ages = ["20", "21", "30", "31"];
const quasi = ["age", "sex"];

function table(names: readonly string[], rows: readonly (readonly string[])[]): Tuples {
  const counter = new TupleCounter(names);
  const columns = names.map((name, c) => [name, rows.map((row) => row[c]!)] as const);
  counter.add({ rows: rows.length, columns: Object.fromEntries(columns) });
  return counter.tuples();
}

/** Rows and people by the values of the quasi-identifiers. */
function classes(tuples: Tuples): Map<string, [rows: number, people: number]> {
  const found = new Map<string, [number, number]>();
  for (let i = 0; i < tuples.size; i++) {
    const key = tuples.columns.slice(0, 2).map(({ values, codes }) => values[codes[i]!]!);
    const [rows, people] = found.get(key.join()) ?? [0, 0];
    found.set(key.join(), [rows + tuples.count[i]!, people + tuples.population[i]!]);
  }
  return found;
}

test("every class has the people of the population that share its quasi-identifiers", () => {
  const person = fc.tuple(fc.constantFrom(...ages), fc.constantFrom("f", "m"), fc.boolean());
  fc.assert(
    fc.property(fc.array(person, { minLength: 1, maxLength: 60 }), (everybody) => {
      const people = everybody.map(([age, sex]) => [age, sex]);
      const rows = everybody.flatMap(([age, sex, present], i) =>
        present ? [[age, sex, i % 2 === 0 ? "flu" : "cold"]] : [],
      );
      const sample = table([...quasi, "disease"], rows);
      const both = inPopulation(sample, table(quasi, people), quasi);
      const wanted = new Map<string, [number, number]>();
      for (const [age, sex, present] of everybody) {
        const [n, all] = wanted.get(`${age},${sex}`) ?? [0, 0];
        wanted.set(`${age},${sex}`, [n + (present ? 1 : 0), all + 1]);
      }
      assert.deepEqual(classes(both), wanted);
      assert.equal(both.rows, rows.length);
    }),
    { numRuns: 50 },
  );
});

test("rows that the population lacks are counted, and never shown", () => {
  const sample = table(quasi, [
    ["20", "f"],
    ["20", "f"],
    ["99", "m"],
  ]);
  const people = table(quasi, [
    ["20", "f"],
    ["30", "m"],
  ]);
  assert.throws(() => inPopulation(sample, people, quasi), {
    code: "source",
    message: "the population table lacks 2 of the 3 rows of the table",
  });
});

test("k-map and δ-presence look at the people behind a class", () => {
  const times = (n: number, row: readonly string[]): (readonly string[])[] =>
    Array.from({ length: n }, () => row);
  const rows = [...times(2, ["20", "f"]), ...times(1, ["30", "m"])];
  const people = [...times(4, ["20", "f"]), ...times(3, ["30", "m"])];
  const tuples = inPopulation(table(quasi, rows), table(quasi, people), quasi);
  const hierarchies = [
    hierarchyOf(
      "age",
      ages.map((age) => [age, `${age[0]!}x`, "*"]),
    ),
    hierarchyOf("sex", [
      ["f", "*"],
      ["m", "*"],
    ]),
  ];
  const search = (specs: Parameters<typeof modelsOf>[0]): ReturnType<typeof anonymise> =>
    anonymise(tuples, hierarchies, {
      models: modelsOf(specs, []),
      utility: utilityNamed("loss"),
      suppression: 0,
      quasi,
    });
  const free = search({ k_map: 3 });
  assert.deepEqual(free.levels, { age: 0, sex: 0 });
  assert.deepEqual(free.inPopulation, { k: 3, lowest: 1 / 3, highest: 0.5 });
  // Four people share a class only once both columns say nothing.
  assert.deepEqual(search({ k_map: 4 }).inPopulation, { k: 7, lowest: 3 / 7, highest: 3 / 7 });
  assert.deepEqual(search({ presence: { min: 0, max: 0.45 } }).inPopulation?.highest, 3 / 7);
  assert.throws(() => search({ presence: { min: 0.5, max: 0.6 } }), { code: "policy" });
});
