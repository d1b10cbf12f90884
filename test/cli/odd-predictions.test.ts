import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { auditBinary, type BinaryResult } from "../../pipeline/cli/fairness/binary.ts";
import { fairnessRequest } from "../../pipeline/cli/fairness/request.ts";
import { seededRandom, uniform } from "../../pipeline/core/random.ts";
import type { Cell } from "../../pipeline/core/types.ts";

type Row = readonly [g: Cell, y: Cell, p: Cell, s?: Cell | undefined, w?: Cell | undefined];

const words = ["p.csv", "--label", "y", "--prediction", "p", "--by", "g", "--resamples", "200"];

async function audit(rows: readonly Row[], ...more: readonly string[]): Promise<BinaryResult> {
  const columns = Object.fromEntries(
    ["g", "y", "p", "s", "w"].map((name, c) => [name, rows.map((row) => row[c] ?? null)]),
  );
  async function* batches(): AsyncGenerator<{ rows: number; columns: typeof columns }> {
    yield await Promise.resolve({ rows: rows.length, columns });
  }
  return auditBinary(batches(), fairnessRequest([...words, ...more]), () => undefined);
}

const random = seededRandom("odd predictions");
const usual = Array.from({ length: 120 }, (_, i): Row => {
  const y = Number(uniform(random) < 0.4);
  const p = uniform(random) < 0.8 ? y : 1 - y;
  return [["a", "b", "c"][i % 3]!, y, p, Math.round(100 * uniform(random)) / 100, 1 + (i % 3)];
});
const changed = (of: (row: Row, i: number) => Row): readonly Row[] => usual.map(of);

/** Numbers that are not finite, and those that are missing without a reason. */
function unexplained(found: unknown, path = ""): readonly string[] {
  if (typeof found === "number") return Number.isFinite(found) ? [] : [`${path}: ${found}`];
  if (typeof found !== "object" || found === null) return [];
  if (Array.isArray(found)) return found.flatMap((one) => unexplained(one, path));
  const record = found as Readonly<Record<string, unknown>>;
  const missing = ["value", "interval", "disparity", "minimum_detectable_gap"].filter(
    (name) => record[name] === null && record.why === undefined,
  );
  return [
    ...missing.map((name) => `${path}/${name} of ${JSON.stringify(record.group ?? record.name)}`),
    ...Object.entries(record).flatMap(([name, value]) => unexplained(value, `${path}/${name}`)),
  ];
}

describe("probity fairness on odd tables", () => {
  const tables: Readonly<Record<string, readonly [readonly Row[], ...string[]]>> = {
    "one label": [changed(([g, , p, s]) => [g, 1, p, s]), "--score", "s"],
    "no favourable row at all": [changed(([g, , , s]) => [g, 0, 0, s]), "--score", "s"],
    "one group": [changed(([, y, p, s]) => ["a", y, p, s]), "--score", "s"],
    "a group of one row": [[...usual, ["z", 0, 1, 0.4]], "--score", "s"],
    "forty groups of three rows": [changed(([, ...row], i) => [`g${i % 40}`, ...row])],
    "no protected value": [changed(([, ...row]) => ["", ...row])],
    "one row": [usual.slice(0, 1), "--score", "s"],
    "weights of 0 among others": [
      changed(([g, y, p, s], i) => [g, y, p, s, i % 4]),
      ...["--score", "s", "--weight", "w"],
    ],
    "weights of 0 alone": [
      changed(([g, y, p, s]) => [g, y, p, s, 0]),
      ...["--score", "s", "--weight", "w"],
    ],
    "unequal weights": [usual, "--score", "s", "--weight", "w"],
  };
  for (const [name, [rows, ...more]] of Object.entries(tables))
    it(`explains every number that is missing: ${name}`, async () => {
      assert.deepEqual(unexplained(await audit(rows, ...more)), []);
    });

  it("reads 1, 1.0, true and True as one label", async () => {
    const expected = await audit(usual);
    for (const [yes, no] of [
      [true, false],
      ["True", "False"],
      ["TRUE", "FALSE"],
      ["1.0", "0.0"],
    ] as const) {
      const rows = changed(([g, y, p]) => [g, y === 1 ? yes : no, p === 1 ? yes : no]);
      assert.deepEqual((await audit(rows)).metrics, expected.metrics);
    }
    const words = changed(([g, y, p]) => [g, y === 1 ? "yes" : "no", p === 1 ? "yes" : "no"]);
    assert.deepEqual((await audit(words, "--favourable", "yes")).metrics, expected.metrics);
    await assert.rejects(audit(words), {
      code: "source",
      message: /column [yp] has more than one value beside "1"/,
    });
  });

  it("says of a group of one row that it is too few to tell", async () => {
    // The reference has no false positive at all, and neither may one row have.
    const rows: Row[] = [
      ...Array.from({ length: 100 }, (_, i): Row => ["a", i % 2, i % 2]),
      ["z", 0, 0],
    ];
    const { tests, power } = await audit(rows);
    assert.ok(tests.length > 0);
    for (const { conclusion } of tests) assert.equal(conclusion, "too few to tell");
    for (const { minimum_detectable_gap: gap } of power) assert.ok(gap === null || gap > 0.5);
  });

  it("counts what it leaves out, by column", async () => {
    const rows = changed(([g, y, p], i) => [i % 10 === 0 ? null : g, y, i % 15 === 1 ? "" : p]);
    assert.deepEqual((await audit(rows)).excluded, { g: 12, p: 8 });
    const grouped = await audit(rows, "--missing", "group");
    assert.ok(grouped.groups.some(({ group, n }) => group.g === "(missing)" && n === 12));
  });

  it("refuses an identifier as a protected attribute", async () => {
    const rows = Array.from({ length: 1001 }, (_, i): Row => [`person ${i}`, i % 2, i % 2]);
    await assert.rejects(audit(rows), { code: "source", message: /by g: 1,001 groups/ });
  });

  it("refuses weights that are none", async () => {
    for (const weight of [-1, "many", Infinity])
      await assert.rejects(audit([["a", 1, 1, 0.5, weight]], "--weight", "w"), {
        code: "source",
        message: /column w has a cell that is no weight/,
      });
  });
});
