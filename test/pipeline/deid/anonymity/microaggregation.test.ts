import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { microaggregate } from "../../../../pipeline/deid/anonymity/microaggregation.ts";

const column = (...values: number[]): Float64Array => Float64Array.from(values);

test("one column is grouped at the optimum", () => {
  const { group, groups, centroids, loss } = microaggregate([column(1, 9, 2, 10, 3, 11)], 3);
  assert.equal(groups, 2);
  assert.deepEqual(
    Array.from(group, (id) => centroids[0]![id]),
    [2, 10, 2, 10, 2, 10],
  );
  assert.equal(loss, 4 / (4 + 96));
});

test("several columns are grouped around the rows farthest out", () => {
  const { group, groups } = microaggregate(
    [column(0, 0.1, 0.2, 10, 10.1, 10.2, 5), column(0, 0.1, 0, 10, 10, 10.1, 5)],
    3,
  );
  assert.equal(groups, 2);
  assert.equal(new Set([group[0], group[1], group[2]]).size, 1);
  assert.equal(new Set([group[3], group[4], group[5]]).size, 1);
});

test("every group has k rows at least, and means stay what they were", () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
    minLength: 8,
    maxLength: 60,
  });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 8 }), fc.boolean(), (values, k, two) => {
      const columns = [
        Float64Array.from(values),
        Float64Array.from(values, (x) => (x * 7919) % 13),
      ];
      const { group, groups, centroids, loss } = microaggregate(two ? columns : [columns[0]!], k);
      const sizes = new Uint32Array(groups);
      for (const id of group) sizes[id]!++;
      assert.ok(sizes.every((size) => size >= k));
      assert.ok(two || sizes.every((size) => size < 2 * k));
      assert.ok(loss >= 0 && loss <= 1 + 1e-9);
      const sum = sizes.reduce((s, size, id) => s + size * centroids[0]![id]!, 0);
      const before = values.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - before) <= 1e-6 * (1 + values.reduce((a, b) => a + Math.abs(b), 0)));
    }),
  );
});

test("what cannot be done is refused", () => {
  const cases = [
    [[column(1, 2)], 3, "microaggregation by 3 needs more rows than the 2 there are"],
    [[column(1, 2)], 0, "k of microaggregation is a whole number from 1"],
    [
      [new Float64Array(50_001), new Float64Array(50_001)],
      3,
      "microaggregation of several columns takes up to 50000 different rows, there are 50001",
    ],
  ] as const;
  for (const [columns, k, message] of cases) {
    assert.throws(() => microaggregate(columns, k), { code: "policy", message });
  }
});

const weighted = fc.array(
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 6 })),
  { minLength: 1, maxLength: 9 },
);

test("equal rows stay together, and groups of weighted points have k rows", () => {
  fc.assert(
    fc.property(weighted, fc.integer({ min: 1, max: 5 }), (points, k) => {
      const weights = points.map(([, weight]) => weight);
      const rows = weights.reduce((a, b) => a + b, 0);
      if (rows < k) return;
      const x = Float64Array.from(points, ([value]) => value);
      const y = Float64Array.from(points, ([value], i) => (value * 31 + i) % 7);
      for (const columns of [[x], [x, y]]) {
        const { group, groups, centroids } = microaggregate(columns, k, weights);
        const sizes = new Float64Array(groups);
        group.forEach((id, i) => (sizes[id]! += weights[i]!));
        assert.ok(sizes.every((size) => size >= k));
        const kept = sizes.reduce((s, size, id) => s + size * centroids[0]![id]!, 0);
        const sum = weights.reduce((s, w, i) => s + w * x[i]!, 0);
        assert.ok(Math.abs(kept - sum) < 1e-6);
      }
    }),
  );
});

test("one weighted column is grouped at the optimum, as trying every cut finds", () => {
  fc.assert(
    fc.property(weighted, fc.integer({ min: 1, max: 5 }), (unsorted, k) => {
      const points = [...unsorted].sort(([a], [b]) => a - b);
      const weights = points.map(([, weight]) => weight);
      if (weights.reduce((a, b) => a + b, 0) < k) return;
      const spread = (from: number, to: number): number => {
        const part = points.slice(from, to);
        const size = part.reduce((s, [, w]) => s + w, 0);
        if (size < k) return Infinity;
        const mean = part.reduce((s, [x, w]) => s + w * x, 0) / size;
        return part.reduce((s, [x, w]) => s + w * (x - mean) ** 2, 0);
      };
      let best = Infinity;
      for (let cuts = 0; cuts < 2 ** (points.length - 1); cuts++) {
        let [from, sum] = [0, 0];
        for (let i = 1; i <= points.length; i++) {
          if (i < points.length && ((cuts >> (i - 1)) & 1) === 0) continue;
          sum += spread(from, i);
          from = i;
        }
        best = Math.min(best, sum);
      }
      const x = Float64Array.from(points, ([value]) => value);
      const { group, centroids } = microaggregate([x], k, weights);
      const found = points.reduce(
        (s, [value, w], i) => s + w * (value - centroids[0]![group[i]!]!) ** 2,
        0,
      );
      assert.ok(Math.abs(found - best) < 1e-6, `${found} against ${best}`);
    }),
  );
});
