import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Batch, Cell } from "../../../pipeline/core/types.ts";
import {
  encodeRows,
  featurePartial,
  fitTransforms,
  inputWidth,
  writeInputs,
  type FeatureColumn,
} from "../../../pipeline/train/features.ts";

const columns: readonly FeatureColumn[] = [
  { name: "n", type: "decimal" },
  { name: "c", type: "text" },
];
const batchOf = (n: readonly Cell[], c: readonly Cell[]): Batch => ({
  rows: n.length,
  columns: { n, c },
});
const repeat = (cell: Cell, times: number): Cell[] => new Array<Cell>(times).fill(cell);

describe("features", () => {
  it("merges in any split and order to what one pass gives", () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.integer({ min: -50, max: 50 }),
      fc.constantFrom("a", "b", "[20, 30)", "__proto__", "constructor"),
    );
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(rows, fc.nat(80), (rows, at) => {
        const partial = featurePartial(columns);
        const batch = (some: typeof rows): Batch =>
          batchOf(
            some.map(([n]) => n),
            some.map(([, c]) => c),
          );
        const whole = partial.observe(partial.empty(), batch(rows));
        const left = partial.observe(partial.empty(), batch(rows.slice(0, at)));
        const right = partial.observe(partial.empty(), batch(rows.slice(at)));
        const merged = partial.merge(right, left);
        for (const [i, column] of whole.entries()) {
          const other = merged[i]!;
          assert.equal(other.missing, column.missing);
          assert.deepEqual(new Map([...other.counts].sort()), new Map([...column.counts].sort()));
          for (const key of ["n", "mean", "m2", "m3"] as const) {
            assert.ok(
              Math.abs(other.raw[key] - column.raw[key]) <= 1e-7 * (1 + Math.abs(column.raw[key])),
            );
          }
        }
      }),
    );
  });

  it("encodes numbers, categories, rare, unseen and missing cells", () => {
    const n = [...repeat(1, 10), ...repeat(3, 10), null];
    const c = [...repeat("b", 10), ...repeat("a", 10), "rare"];
    const partial = featurePartial(columns);
    const transforms = fitTransforms(columns, partial.observe(partial.empty(), batchOf(n, c)));
    assert.deepEqual(transforms, JSON.parse(JSON.stringify(transforms)));
    assert.deepEqual(transforms.columns[1]!.category, { values: ["a", "b"] });
    assert.equal(inputWidth(transforms), 6);
    const encoded = encodeRows(
      transforms,
      batchOf([3, null, "x", "1"], ["a", "unseen", "rare", null]),
    );
    // a, b, other, missing, number, number is missing
    assert.deepEqual(Array.from(writeInputs(transforms, encoded, [0, 1, 2, 3])), [
      ...[1, 0, 0, 0, 1, 0],
      ...[0, 0, 1, 0, 0, 1],
      ...[0, 0, 1, 0, 0, 1],
      ...[0, 0, 0, 1, -1, 0],
    ]);
  });

  it("takes generalised intervals of a number column as categories", () => {
    const partial = featurePartial(columns);
    const batch = batchOf([...repeat("[20, 30)", 12), ...repeat("[30, 40)", 12)], repeat(true, 24));
    const transforms = fitTransforms(columns, partial.observe(partial.empty(), batch));
    assert.equal(transforms.columns[0]!.number, null);
    assert.deepEqual(transforms.columns[0]!.category!.values, ["[20, 30)", "[30, 40)"]);
    assert.deepEqual(transforms.columns[1]!.category!.values, ["true"]);
  });

  it("takes a skewed number on a logarithmic scale and bounds an absurd one", () => {
    const partial = featurePartial(columns);
    const batch = batchOf([...repeat(0, 95), ...repeat(90_000, 5)], repeat("a", 100));
    const transforms = fitTransforms(columns, partial.observe(partial.empty(), batch));
    assert.equal(transforms.columns[0]!.number!.scale, "signed-log");
    const encoded = encodeRows(transforms, batchOf([1e300], ["a"]));
    assert.equal(encoded.numbers[0], 10);
  });

  it("gives a column of free text no categories, however it is split", () => {
    const partial = featurePartial(columns);
    const half = (from: number): Batch => {
      const cells = Array.from({ length: 30_000 }, (_, i) => `value ${from + i}`);
      return batchOf(repeat(1, 30_000), cells);
    };
    const state = partial.merge(
      partial.observe(partial.empty(), half(0)),
      partial.observe(partial.empty(), half(30_000)),
    );
    assert.deepEqual(fitTransforms(columns, state).columns[1]!.category, { values: [] });
  });
});
