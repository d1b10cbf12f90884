import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Batch } from "../../../../pipeline/core/types.ts";
import {
  tuplePartial,
  TupleCounter,
  type Tuples,
} from "../../../../pipeline/deid/anonymity/tuples.ts";

type Row = readonly [string, number | null];
const rows = fc.array(
  fc.tuple(fc.constantFrom("a", "b", "c"), fc.option(fc.integer({ min: 0, max: 4 }))),
);
const batch = (part: readonly Row[]): Batch => {
  return { rows: part.length, columns: { x: part.map(([x]) => x), y: part.map(([, y]) => y) } };
};
const partial = tuplePartial(["x", "y"]);
const counts = ({ columns, count }: Tuples): readonly string[] =>
  Array.from(
    count,
    (n, i) => `${columns.map(({ values, codes }) => values[codes[i]!]).join("|")}=${n}`,
  ).sort();

test("counting parts and merging them in any order counts the whole", () => {
  fc.assert(
    fc.property(rows, rows, rows, (a, b, c) => {
      const whole = partial.observe(partial.empty(), batch([...a, ...b, ...c])).tuples();
      const parts = [a, b, c].map((part) => partial.observe(partial.empty(), batch(part)));
      const merged = partial.merge(partial.merge(parts[2]!, parts[0]!), parts[1]!).tuples();
      assert.deepEqual(counts(merged), counts(whole));
      assert.equal(merged.rows, a.length + b.length + c.length);
    }),
  );
});

test("more tuples than the table starts with are all kept", () => {
  const many = Array.from({ length: 5000 }, (_, i): Row => [`v${i}`, i % 7]);
  const tuples = partial.observe(partial.empty(), batch([...many, ...many])).tuples();
  assert.equal(tuples.size, 5000);
  assert.ok(tuples.count.every((n) => n === 2));
});

test("a column that is absent is named", () => {
  assert.throws(() => partial.observe(partial.empty(), { rows: 1, columns: { x: [1] } }), {
    code: "source",
    message: "there is no column y",
  });
});

test("more different rows than memory is meant to hold are refused, not tried", () => {
  const counter = new TupleCounter(["x"], undefined, 2);
  counter.add({ rows: 4, columns: { x: ["a", "b", "a", "b"] } });
  assert.throws(
    () => {
      counter.add({ rows: 1, columns: { x: ["secret"] } });
    },
    { code: "source", message: /more than 2 different combinations of x/ },
  );
});
