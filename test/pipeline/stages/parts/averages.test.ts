import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { below, seededRandom } from "../../../../pipeline/core/random.ts";
import type { Batch } from "../../../../pipeline/core/types.ts";
import { averagesOf } from "../../../../pipeline/stages/parts/averages.ts";
import type { ColumnPlan } from "../../../../pipeline/stages/parts/deidentify-params.ts";
import { createTransform } from "../../../../pipeline/stages/parts/transform.ts";

const plan = (name: string, k: number, together?: string): ColumnPlan => ({
  name,
  role: "quasi",
  action: "replace",
  operator: { microaggregate: together === undefined ? { k } : { k, together } },
});

function table(rows: number): Batch {
  const random = seededRandom("averages");
  const income = Array.from({ length: rows }, () => 1000 + below(random, 9000));
  const hours = Array.from({ length: rows }, (_, i) => String(below(random, 60) + (i % 2) / 2));
  return { rows, columns: { income, hours } };
}

async function* of(...batches: readonly Batch[]): AsyncGenerator<Batch> {
  for (const batch of batches) yield await Promise.resolve(batch);
}

/** The batch as it leaves. */
async function transformed(batch: Batch, columns: readonly ColumnPlan[]): Promise<Batch> {
  const transform = await createTransform({
    params: {
      columns,
      text: { mode: "balanced", entities: {}, allow: [], deny: [], custom: [] },
      shard_rows: 256,
    },
    keys: { secret: new Uint8Array(32), values: new Uint8Array(32) },
    dataset: "table",
    averages: await averagesOf(of(batch), columns),
  });
  return transform({ batch }).batch;
}

/** Rows of each combination of cells. */
function sizes({ columns, rows }: Batch): number[] {
  const found = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const key = JSON.stringify(Object.values(columns).map((cells) => cells[row]));
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return [...found.values()];
}

describe("columns that are microaggregated", () => {
  it("share a mean with k rows, numbers staying numbers, and the sum stays", async () => {
    const before = table(500);
    const after = await transformed(before, [plan("income", 5)]);
    assert.ok(sizes(after).every((n) => n >= 5));
    assert.equal(typeof after.columns.income![0], "number");
    const sum = ({ columns }: Batch): number =>
      columns.income!.reduce<number>((s, x) => s + Number(x), 0);
    assert.ok(Math.abs(sum(after) - sum(before)) < 1e-3);
  });

  it("are grouped as one where they say so, text staying text", async () => {
    const columns = [plan("income", 4, "work"), plan("hours", 4, "work")];
    const after = await transformed(table(300), columns);
    assert.ok(sizes(after).every((n) => n >= 4));
    assert.equal(typeof after.columns.hours![0], "string");
  });

  it("leave gaps alone, and name columns of other things with their rows", async () => {
    const gap = { rows: 4, columns: { income: [1, null, 3, 5] } };
    assert.deepEqual((await transformed(gap, [plan("income", 3)])).columns.income, [3, null, 3, 3]);
    const words = { rows: 3, columns: { income: ["1", "secret", "secret"] } };
    await assert.rejects(averagesOf(of(words), [plan("income", 2)]), {
      code: "source",
      message: "income has no number in 2 rows",
    });
    await assert.rejects(averagesOf(of(gap), [plan("income", 9)]), { code: "policy" });
    const differ = [plan("a", 2, "x"), plan("b", 3, "x")];
    await assert.rejects(averagesOf(of(), differ), /k is 3, for others of x 2/);
  });
});
