import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Batch } from "../../../pipeline/core/types.ts";
import { scanBatches } from "../../../pipeline/stages/parts/scan-pool.ts";

/** Batches of different size, one of them of more than one task. */
async function* batches(): AsyncGenerator<Batch> {
  for (const rows of [3, 700, 1]) {
    const at = Array.from({ length: rows }, (_, i) => i);
    yield {
      rows,
      columns: {
        id: at,
        note: at.map((i) => (i % 5 === 0 ? null : `@ @p${i} mail p${i}@mail.org`)),
        flag: at.map((i) => i % 2 === 0),
      },
    };
  }
  await Promise.resolve();
}

async function result(jobs: number, explain = false): Promise<string[]> {
  const setup = {
    options: { mode: "balanced", language: "en" },
    fields: ["note", "flag"],
    named: true,
    explain,
  } as const;
  const { signal } = new AbortController();
  const lines: string[] = [];
  for await (const { batch, finds } of scanBatches(batches(), setup, { jobs, signal, least: 1 })) {
    for (const name of setup.fields) assert.equal(finds[name]!.length, batch.rows);
    lines.push(JSON.stringify(finds));
  }
  return lines;
}

describe("threads that scan", () => {
  it("find what one finds, batch by batch", async () => {
    const one = await result(1);
    assert.deepEqual(await result(2), one);
    assert.equal(one.length, 3);
    assert.equal(one.join("").match(/"entity":"EMAIL"/g)?.length, 562);
  });
  it("give reasons when they are asked to", async () => {
    const reasons = (lines: readonly string[]): number =>
      lines.join("").match(/"reasons"/g)?.length ?? 0;
    assert.ok(reasons(await result(1, true)) >= 562);
    assert.equal(reasons(await result(1)), 0);
  });
});
