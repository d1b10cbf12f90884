import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { confusionPartial, type ConfusionInput } from "../../../audit/fairness/confusion.ts";

const name = fc.constantFrom("a", "b", "__proto__", null);
const row = fc.tuple(name, name, name, fc.nat(1), fc.nat(1), fc.nat(8));
type Row = [string | null, string | null, string | null, number, number, number];

function inputOf(rows: readonly Row[], weighted = true): ConfusionInput {
  return {
    rows: rows.length,
    groups: {
      x: rows.map((r) => r[0]),
      y: rows.map((r) => r[1]),
      z: rows.map((r) => r[2]),
    },
    label: rows.map((r) => r[3]),
    predicted: Uint8Array.from(rows, (r) => r[4]),
    ...(weighted ? { weight: rows.map((r) => r[5]) } : {}),
  };
}

describe("confusionPartial", () => {
  const partial = confusionPartial(["x", "y", "z"]);
  const one = (rows: readonly Row[]) => partial.observe(partial.empty(), inputOf(rows));

  it("gives the same state for any split merged in any order", () => {
    fc.assert(
      fc.property(fc.array(row), fc.array(row), fc.array(row), (a, b, c) => {
        const whole = one([...a, ...b, ...c]);
        const left = partial.merge(partial.merge(one(a), one(b)), one(c));
        const right = partial.merge(one(c), partial.merge(one(b), one(a)));
        const streamed = partial.observe(partial.observe(one(c), inputOf(a)), inputOf(b));
        const empty = partial.merge(partial.empty(), whole);
        for (const state of [left, right, streamed, empty]) assert.deepEqual(state, whole);
      }),
    );
  });

  it("counts every row once, by its own intersection", () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const state = one(rows);
        assert.equal(state.rows, rows.length);
        for (const [key, cell] of Object.entries(state.cells)) {
          const values = JSON.parse(key) as (string | null)[];
          const mine = rows.filter((r) => values.every((value, i) => r[i] === value));
          const index = (r: Row) => 2 * r[3] + r[4];
          for (let i = 0; i < 4; i++) {
            const there = mine.filter((r) => index(r) === i);
            assert.equal(cell.rows[i], there.length);
            assert.equal(
              cell.weights[i],
              there.reduce((sum, r) => sum + r[5], 0),
            );
          }
        }
        assert.equal(state.excluded.x ?? 0, rows.filter((r) => r[0] === null).length);
      }),
    );
  });

  it("reads coded columns as it reads names", () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const input = inputOf(rows, false);
        const names = ["b", null, "a", "__proto__"];
        const codes = (place: 0 | 1 | 2) => ({
          names,
          codes: Uint8Array.from(rows, (r) => names.indexOf(r[place])),
        });
        const coded = { ...input, groups: { x: codes(0), y: codes(1), z: codes(2) } };
        assert.deepEqual(
          partial.observe(partial.empty(), coded),
          partial.observe(partial.empty(), input),
        );
      }),
    );
  });

  it("is plain data", () => {
    const state = one([["a", null, "b", 1, 0, 2]]);
    assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
    assert.deepEqual(structuredClone(state), state);
  });

  for (const [what, change] of [
    ["a label of 2", { label: [2] }],
    ["a prediction of 2 beside a label of 0", { label: [0], predicted: [2] }],
    ["a prediction of NaN", { predicted: [NaN] }],
    ["a negative weight", { weight: [-1] }],
    ["a weight of infinity", { weight: [Infinity] }],
    ["no column of an attribute", { groups: {} }],
  ] as const) {
    it(`refuses ${what}`, () => {
      const input = { ...inputOf([["a", "a", "a", 1, 1, 1]]), ...change };
      assert.throws(() => partial.observe(partial.empty(), input), { code: "internal" });
    });
  }
});
