import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { keyedRandom, seededRandom, systemRandom } from "../../../pipeline/core/random.ts";
import type { Digest, Tabled } from "../../../pipeline/core/types.ts";
import { openSource } from "../../../pipeline/data/source.ts";
import { releaseCounts, type CountTable } from "../../../pipeline/stages/release-counts.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-counts-"));
const file = join(folder, "visits.csv");
const people = Array.from(
  { length: 300 },
  (_, i) => `p${i % 100},${i % 2 === 0 ? "f" : "m"},${i % 90}`,
);
writeFileSync(file, ["person,sex,age", ...people].join("\n"));
after(() => {
  rmSync(folder, { recursive: true });
});

const digest = "0".repeat(64) as Digest;

async function tables(counts: readonly CountTable[], subject?: string): Promise<readonly Tabled[]> {
  const { evidence } = await releaseCounts.run(
    { source: await openSource(file, {}), digest },
    { tables: counts, ...(subject === undefined ? {} : { subject }) },
    {
      random: seededRandom("1"),
      secret: keyedRandom(new Uint8Array(32)),
      entropy: systemRandom(),
      store: { put: () => Promise.reject(new Error()), finished: () => Promise.resolve(undefined) },
      progress: () => undefined,
      signal: new AbortController().signal,
    },
  );
  return evidence.filter((item) => item.kind === "tabled");
}

const bySex: CountTable = {
  name: "sex",
  columns: { sex: ["f", "m", "x"] },
  epsilon: 5,
  mechanism: "laplace",
  contribution: 1,
};

describe("released counts", () => {
  it("have a cell for every value named, seen or not, and are near the truth", async () => {
    const [table] = await tables([bySex]);
    assert.deepEqual(table?.columns, ["sex", "count"]);
    assert.deepEqual(
      table.rows.map(([sex]) => sex),
      ["f", "m", "x", "other"],
    );
    // Noise of scale 1/5 is as large as 10 once in e^50.
    [150, 150, 0, 0].forEach((count, i) => {
      assert.ok(Math.abs(Number(table.rows[i]![1]) - count) < 10);
    });
  });

  it("count no more rows of a person than the policy says", async () => {
    const [table] = await tables([bySex], "person");
    const all = table!.rows.reduce((sum, [, count]) => sum + Number(count), 0);
    assert.ok(Math.abs(all - 100) < 40);
  });

  it("draw other noise for the same seed", async () => {
    const fine = { ...bySex, columns: { age: { from: 0, to: 100, width: 1 } }, epsilon: 0.05 };
    const [one] = await tables([fine]);
    const [two] = await tables([fine]);
    assert.notDeepEqual(one!.rows, two!.rows);
  });
});
