import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { leastCost } from "../../../audit/statistics/linear-program.ts";

describe("linear programs", () => {
  it("finds the optimum and the prices of a textbook's problem", () => {
    // Max 3x + 5y with x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18 (Hillier and Lieberman): 36 at (2, 6).
    const A = [
      [1, 0],
      [0, 2],
      [3, 2],
    ];
    const found = leastCost([-3, -5], A, [4, 12, 18])!;
    assert.deepEqual([...found.x], [2, 6]);
    assert.equal(found.value, -36);
    assert.deepEqual([...found.prices], [0, 1.5, 1]);
  });

  it("starts where 0 is not allowed, by the slack in the last place", () => {
    // x ≥ 3 and x + excess ≥ 3, where x costs 2 and the excess 5.
    const found = leastCost([2, 5], [[-1, -1]], [-3])!;
    assert.deepEqual([...found.x], [3, 0]);
    assert.deepEqual([...found.prices], [2]);
  });

  it("says when there is no least cost", () => {
    assert.equal(leastCost([-1, 0], [[0, 1]], [1]), undefined);
  });

  it("meets its own dual for random programs", () => {
    const number = fc.integer({ min: -9, max: 9 });
    const program = fc.record({
      cost: fc.array(number, { minLength: 3, maxLength: 3 }),
      A: fc.array(fc.array(number, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
      limits: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 6, maxLength: 6 }),
    });
    fc.assert(
      fc.property(program, ({ cost, A, limits }) => {
        const rows = [...A.map((row) => [...row, -1]), [1, 1, 1, 0]];
        const most = [...limits.slice(0, A.length), 20];
        const found = leastCost([...cost, 30], rows, most)!;
        const { x, prices, value } = found;
        rows.forEach((row, i) => {
          assert.ok(row.reduce((sum, a, j) => sum + a * x[j]!, 0) <= most[i]! + 1e-7);
        });
        [...cost, 30].forEach((c, j) => {
          assert.ok(x[j]! >= -1e-9);
          // No variable is worth more than it costs: the dual is feasible.
          assert.ok(c + rows.reduce((sum, row, i) => sum + prices[i]! * row[j]!, 0) >= -1e-7);
        });
        const dual = -prices.reduce((sum, price, i) => sum + price * most[i]!, 0);
        assert.ok(Math.abs(dual - value) < 1e-6, `${dual} and ${value}`);
      }),
    );
  });
});
