import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  associationPartial,
  proxies,
  proxyEvidence,
  valueCounts,
} from "../../../audit/bias/association.ts";
import { driftBetween } from "../../../audit/bias/drift.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import type { Batch, Cell } from "../../../pipeline/core/types.ts";
import { close } from "../statistics/reference.ts";

type Row = readonly [sex: Cell, job: Cell, hours: Cell];
const batchOf = (rows: readonly Row[]): Batch => ({
  rows: rows.length,
  columns: {
    sex: rows.map((row) => row[0]),
    job: rows.map((row) => row[1]),
    hours: rows.map((row) => row[2]),
  },
});
const what = {
  by: ["sex"],
  columns: ["job", "hours"],
  edges: { hours: [20, 40] },
  pairs: true,
  limit: 8,
};

describe("associationPartial", () => {
  const partial = associationPartial(what);
  const row = fc.tuple(
    fc.constantFrom<Cell>("F", "M", null),
    fc.constantFrom<Cell>("a", "b", "c", "", 1),
    fc.constantFrom<Cell>(10, 20, 39.5, "60", null, "x"),
  );
  it("gives the same state for any split merged in any order, given up tables too", () => {
    const one = (rows: readonly Row[]) => partial.observe(partial.empty(), batchOf(rows));
    const some = fc.array(row, { maxLength: 12 });
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const whole = one([...a, ...b, ...c]);
        assert.deepEqual(partial.merge(partial.merge(one(a), one(b)), one(c)), whole);
        assert.deepEqual(partial.merge(one(c), partial.merge(one(b), one(a))), whole);
        assert.deepEqual(partial.observe(one(c), batchOf([...b, ...a])), whole);
      }),
    );
  });
});

describe("proxies", () => {
  const rows = Array.from({ length: 400 }, (_, i): Row => {
    const sex = i % 2 === 0 ? "F" : "M";
    // The job tells nothing, hours tell all.
    return [sex, i % 4 < 2 ? "a" : "b", sex === "F" ? 15 : 45];
  });
  const partial = associationPartial({ ...what, limit: 100 });
  const state = partial.observe(partial.empty(), batchOf([...rows, [null, "a", 15]]));
  const found = proxies(state);

  it("puts the most telling first", () => {
    assert.deepEqual(
      found.map(({ columns }) => columns),
      [["hours"], ["job", "hours"], ["job"]],
    );
    const [hours, , job] = found;
    close(hours!.informationShare, 1, "information");
    close(hours!.information, Math.LN2, "information in nats");
    assert.ok(hours!.cramersV! > 0.99 && hours!.p! < 1e-50);
    assert.deepEqual([job!.cramersV, job!.n], [0, 400]);
    assert.ok(job!.p! > 0.5);
  });

  it("makes evidence without values", () => {
    const evidence = proxyEvidence(found, sha256("data"), "train");
    assert.equal(evidence[0]!.metric, "proxy_cramers_v.hours");
    assert.equal(evidence[1]!.metric, "proxy_cramers_v.job+hours");
    assert.ok(!JSON.stringify(evidence).includes("bin"));
  });

  it("says why there is no number", () => {
    const few = associationPartial({ ...what, limit: 1 });
    const given = proxies(few.observe(few.empty(), batchOf(rows)));
    assert.ok(given.every(({ cramersV, why }) => cramersV === null && why !== undefined));
  });

  it("counts the values of a column for drift", () => {
    assert.deepEqual(valueCounts(state, "hours"), { '["bin 0"]': 201, '["bin 2"]': 200 });
  });
});

describe("driftBetween", () => {
  it("is none for equal shares", () => {
    const found = driftBetween({ a: 10, b: 30 }, { a: 100, b: 300 })!;
    close(found.totalVariation, 0, "variation");
    close(found.p, 1, "p");
  });
  it("is by hand for a change, and finite for a new value", () => {
    const found = driftBetween({ a: 50, b: 50 }, { a: 25, b: 50, c: 25 })!;
    close(found.totalVariation, 0.25 / 2 + 0.25 / 2, "variation");
    assert.ok(found.stabilityIndex > 0.5 && found.stabilityIndex < 3);
    assert.ok(found.p! < 1e-6);
  });
  it("is undefined for an empty side", () => {
    assert.equal(driftBetween({}, { a: 1 }), undefined);
  });
});
