import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { baseRates, baseRatesPartial, labelCounts } from "../../../audit/bias/base-rates.ts";
import { missingness, missingnessPartial } from "../../../audit/bias/missingness.ts";
import { reidentification, reidentificationPartial } from "../../../audit/bias/reidentification.ts";
import { representation, representationPartial } from "../../../audit/bias/representation.ts";
import type { Partial } from "../../../pipeline/core/partial.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import type { Batch, Cell, Evidence } from "../../../pipeline/core/types.ts";

type Row = readonly [sex: Cell, race: Cell, age: Cell, label: Cell];
const columns = ["sex", "race", "age", "label"];
const batchOf = (rows: readonly Row[]): Batch => ({
  rows: rows.length,
  columns: Object.fromEntries(columns.map((name, c) => [name, rows.map((row) => row[c]!)])),
});
const subject = sha256("data");
const options = (by: readonly string[]) => ({
  subject,
  by,
  random: seededRandom("bias"),
  resamples: 200,
});
function estimate(evidence: readonly Evidence[], metric: string, group?: string) {
  const found = evidence.find(
    (e) =>
      e.kind === "measured" &&
      e.metric === metric &&
      (group === undefined ? e.group === undefined : Object.values(e.group ?? {}).join() === group),
  );
  assert.ok(found?.kind === "measured", `${metric} of ${group ?? "all"}`);
  return found.estimate;
}

const rows: readonly Row[] = [
  ["F", "x", 30, "yes"],
  ["F", "x", null, "no"],
  ["F", "y", 30, "no"],
  ["F", "y", null, "no"],
  ["M", "x", 40, "yes"],
  ["M", "y", 41, "yes"],
  ["M", "y", 41, "yes"],
  ["M", "y", "", "no"],
  [null, "y", 50, "no"],
  ["M", "x", 40, null],
];

describe("partials of the data audit", () => {
  const partials: Readonly<Record<string, Partial<unknown, Batch>>> = {
    representation: representationPartial(["sex", "race"]),
    "base rates": baseRatesPartial(["sex", "race"], "label", "yes"),
    missingness: missingnessPartial(["sex", "race"], ["age", "label"]),
    reidentification: reidentificationPartial(["sex", "race", "age"], new Uint8Array(32)),
  };
  const cell = fc.constantFrom<Cell>("a", "b", 1, true, "", null, "__proto__");
  const some = fc.array(fc.tuple(cell, cell, cell, fc.constantFrom<Cell>("yes", "no", null)));
  for (const [name, partial] of Object.entries(partials)) {
    it(`${name}: any split merged in any order is one pass, and plain data`, () => {
      const one = (part: readonly Row[]) => partial.observe(partial.empty(), batchOf(part));
      fc.assert(
        fc.property(some, some, some, (a, b, c) => {
          const whole = one([...a, ...b, ...c]);
          assert.deepEqual(partial.merge(partial.merge(one(a), one(b)), one(c)), whole);
          assert.deepEqual(partial.merge(one(c), partial.merge(one(b), one(a))), whole);
          assert.deepEqual(partial.observe(one(b), batchOf([...c, ...a])), whole);
          assert.deepEqual(partial.merge(partial.empty(), whole), whole);
          assert.deepEqual(JSON.parse(JSON.stringify(whole)), whole);
        }),
        { numRuns: 50 },
      );
    });
  }
});

describe("representation", () => {
  const partial = representationPartial(["sex", "race"]);
  const state = partial.observe(partial.empty(), batchOf(rows));

  it("compares with an equal share when no population is declared", () => {
    const found = representation(state, options(["sex"]));
    assert.deepEqual(estimate(found, "group_share", "M").value, 5 / 9);
    assert.equal(estimate(found, "representation_ratio", "F").value, 4 / 9 / 0.5);
    const least = estimate(found, "representation_ratio");
    assert.equal(least.value, 8 / 9);
    assert.ok(least.interval![0] < 8 / 9);
  });

  const declared = [
    { group: { sex: "F" }, share: 30 },
    { group: { sex: "M" }, share: 20 },
    { group: { sex: "X" }, share: 50 },
  ];
  it("compares with the population, where a group without rows has ratio 0", () => {
    const found = representation(state, { ...options(["sex"]), versus: declared });
    assert.equal(estimate(found, "representation_ratio", "F").value, 4 / 9 / 0.3);
    assert.equal(estimate(found, "representation_ratio", "X").value, 0);
    assert.equal(estimate(found, "representation_ratio").value, 0);
  });

  it("is undefined for a group that the population lacks", () => {
    const versus = declared.slice(1);
    const found = representation(state, { ...options(["sex"]), versus });
    assert.match(estimate(found, "representation_ratio", "F").why!, /no such group/);
    assert.match(estimate(found, "representation_ratio").why!, /no group sex=F/);
  });

  it("is undefined without rows", () => {
    const found = representation(partial.empty(), options(["sex"]));
    assert.equal(estimate(found, "representation_ratio").value, null);
  });
});

describe("base rates", () => {
  const partial = baseRatesPartial(["sex", "race"], "label", "yes");
  const state = partial.observe(partial.empty(), batchOf(rows));
  const found = baseRates(state, options(["sex"]));

  it("counts labels by group", () => {
    assert.deepEqual(labelCounts(state, ["sex"]), { '["F"]': [3, 1], '["M"]': [1, 3] });
    assert.equal(state.unlabelled, 1);
    assert.equal(estimate(found, "base_rate", "F").value, 0.25);
    const counts = found.find((e) => e.kind === "counted" && e.group.sex === "M");
    assert.deepEqual(counts?.kind === "counted" && counts.counts, { rows: 4, favourable: 3 });
  });

  it("compares the groups", () => {
    assert.equal(estimate(found, "base_rate_difference").value, 0.5);
    assert.equal(estimate(found, "base_rate_ratio").value, 1 / 3);
  });

  it("makes a group of rows without the attribute when asked to", () => {
    const asked = baseRates(state, { ...options(["sex"]), missing: "group" });
    assert.equal(estimate(asked, "base_rate", "(missing)").value, 0);
  });

  it("is undefined for one group", () => {
    const one = partial.observe(partial.empty(), batchOf(rows.slice(0, 4)));
    const { value, why } = estimate(baseRates(one, options(["sex"])), "base_rate_difference");
    assert.deepEqual([value, why], [null, "fewer than two groups"]);
  });
});

describe("missingness", () => {
  const partial = missingnessPartial(["sex"], ["age", "race"]);
  const found = missingness(partial.observe(partial.empty(), batchOf(rows)), options(["sex"]));

  it("measures the columns that miss a cell", () => {
    assert.equal(estimate(found, "missing_rate", "F").value, 0.5);
    assert.equal(estimate(found, "missing_rate", "M").value, 0.2);
    assert.ok(Math.abs(estimate(found, "missing_rate_difference").value! - 0.3) < 1e-12);
    const columns = found.flatMap((e) => (e.kind === "measured" ? [e.column] : []));
    assert.deepEqual(new Set(columns), new Set(["age"]));
  });
});

describe("reidentification", () => {
  const partial = reidentificationPartial(["sex", "race"], new Uint8Array(32).fill(7));
  const state = partial.observe(partial.empty(), batchOf(rows));
  // Classes F x 2, F y 2, M x 2, M y 3, and the one row without sex.
  const found = reidentification(state, { subject, quasi: ["sex", "race"] });
  const cases = [
    ["k_anonymity", 1],
    ["reidentification_risk", 1],
    ["average_reidentification_risk", 0.5],
    ["sample_uniqueness", 0.1],
  ] as const;
  for (const [metric, value] of cases) {
    it(`finds ${metric}`, () => {
      assert.equal(estimate(found, metric).value, value);
    });
  }

  it("counts class sizes and keeps no value", () => {
    const sizes = found.find((e) => e.kind === "counted");
    assert.deepEqual(sizes?.kind === "counted" && sizes.counts, { 1: 1, 2: 3, 3: 1 });
    assert.ok(Object.keys(state.classes).every((name) => /^[0-9a-f]{32}$/.test(name)));
  });

  it("is undefined without rows", () => {
    const none = reidentification(partial.empty(), { subject, quasi: ["sex"] });
    assert.equal(estimate(none, "reidentification_risk").value, null);
  });
});
