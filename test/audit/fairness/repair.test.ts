import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  correlationPartial,
  correlationRemover,
  removeCorrelation,
} from "../../../audit/fairness/correlation-remover.ts";
import { disparateImpactRemover } from "../../../audit/fairness/disparate-impact-remover.ts";
import { massage } from "../../../audit/fairness/massaging.ts";

describe("disparateImpactRemover", () => {
  const values = [1, 2, 3, 4, 5, 11, 12, 13, 14, 15];
  const groups = ["a", "a", "a", "a", "a", "b", "b", "b", "b", "b"];
  it("makes the groups alike at level 1, and keeps their order", () => {
    const repair = disparateImpactRemover(values, groups, 1);
    assert.deepEqual(
      [1, 3, 5].map((x) => repair(x, "a")),
      [6, 8, 10],
    );
    assert.deepEqual(
      [11, 13, 15].map((x) => repair(x, "b")),
      [6, 8, 10],
    );
    assert.equal(repair(2.5, "a"), 7.5);
  });
  it("goes part of the way, changes nothing at level 0, and leaves strangers alone", () => {
    assert.equal(disparateImpactRemover(values, groups, 0.5)(1, "a"), 3.5);
    assert.equal(disparateImpactRemover(values, groups, 0)(1, "a"), 1);
    assert.equal(disparateImpactRemover(values, groups, 1)(7, "c"), 7);
  });
});

describe("correlationRemover", () => {
  const number = fc.double({ min: -5, max: 5, noNaN: true });
  const row = fc.tuple(fc.nat(1), number, number, number);
  it("leaves no correlation, whatever the split, and takes dependent columns", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 40 }), (rows) => {
        const partial = correlationPartial(3, 2);
        const input = (part: typeof rows) => ({
          rows: part.length,
          // The third column is one minus the first.
          protectedColumns: [
            part.map((r) => r[0]),
            part.map((r) => r[1]),
            part.map((r) => 1 - r[0]),
          ],
          features: [part.map((r) => r[2] + 3 * r[0]), part.map((r) => r[3] - r[1])],
        });
        const half = rows.length >> 1;
        const state = partial.merge(
          partial.observe(partial.empty(), input(rows.slice(half))),
          partial.observe(partial.empty(), input(rows.slice(0, half))),
        );
        const remover = correlationRemover(state);
        const cleaned = rows.map((r) =>
          removeCorrelation(remover, [r[0], r[1], 1 - r[0]], [r[2] + 3 * r[0], r[3] - r[1]]),
        );
        for (const column of [0, 1] as const) {
          const mean = rows.reduce((sum, r) => sum + r[column], 0) / rows.length;
          for (const feature of [0, 1]) {
            const covariance = rows.reduce(
              (sum, r, i) => sum + (r[column] - mean) * cleaned[i]![feature]!,
              0,
            );
            assert.ok(Math.abs(covariance) < 1e-6 * rows.length, `covariance ${covariance}`);
          }
        }
      }),
    );
  });
});

describe("massage", () => {
  it("turns the labels nearest to the border until the base rates agree", () => {
    const rows = {
      //            privileged: 3 of 4       unprivileged: 1 of 4
      label: [1, 1, 1, 0, 1, 0, 0, 0],
      score: [0.9, 0.6, 0.8, 0.2, 0.9, 0.4, 0.5, 0.1],
      privileged: [true, true, true, true, false, false, false, false],
    };
    assert.deepEqual(massage(rows), { promoted: [6], demoted: [1] });
  });
  it("turns nothing when the unprivileged are ahead, or a side is empty", () => {
    const rows = { label: [0, 1], score: [0.5, 0.5], privileged: [true, false] };
    assert.deepEqual(massage(rows), { promoted: [], demoted: [] });
    assert.deepEqual(massage({ ...rows, privileged: [true, true] }), { promoted: [], demoted: [] });
  });
});
