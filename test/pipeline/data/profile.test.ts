import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sha256 } from "../../../pipeline/core/digest.ts";
import type { Batch } from "../../../pipeline/core/types.ts";
import { profileEvidence, profiler, type ProfileState } from "../../../pipeline/data/profile.ts";
import { sliceBatch } from "../../../pipeline/data/transform.ts";

const columns = [
  { name: "mail", type: "text" },
  { name: "n", type: "integer" },
] as const;
const profile = profiler(columns, {
  detect: (text) => (text.includes("@") ? ["EMAIL", "EMAIL"] : []),
  seed: 7,
  everyRow: 50,
  oneIn: 10,
});
const subject = sha256("source");

function sample(rows: number, distinct: number): Batch {
  return {
    rows,
    columns: {
      mail: Array.from({ length: rows }, (_, i) =>
        i % 3 === 0 ? null : `u${i % distinct}${i % 2 ? "@x" : ""}`,
      ),
      n: Array.from({ length: rows }, (_, i) => i % distinct),
    },
  };
}

describe("profile", () => {
  it("counts rows, missing, distinct and shares of personal data", () => {
    const state = profile.observe(profile.empty(), { batch: sample(300, 20), first: 0 });
    const [mail, n] = profileEvidence(state, { mail: "identifier" }, subject);
    assert.deepEqual(
      { ...mail, entities: {} },
      {
        kind: "profiled",
        subject,
        column: "mail",
        role: "identifier",
        type: "text",
        rows: 300,
        missing: 100,
        distinct: 20,
        entities: {},
      },
    );
    // Rows 0 to 49, 50, 60, … 290: 50 without a third, and 8, 8 or 9 of 25 more are missing.
    const looked = Array.from({ length: 300 }, (_, i) => i).filter(
      (i) => (i < 50 || i % 10 === 0) && i % 3 !== 0,
    );
    assert.deepEqual(mail!.entities, {
      EMAIL: looked.filter((i) => i % 2 === 1).length / looked.length,
    });
    assert.deepEqual([n!.role, n!.distinct, n!.entities], ["other", 20, {}]);
  });

  it("never estimates more distinct cells than there are", () => {
    for (let rows = 1025; rows < 4000; rows += 61) {
      const state = profile.observe(profile.empty(), { batch: sample(rows, rows), first: 0 });
      const [, n] = profileEvidence(state, {}, subject);
      assert.ok(n!.distinct <= rows && n!.distinct > 0.9 * rows, `${n!.distinct} of ${rows}`);
    }
  });

  it("is the same for any split and order", () => {
    const whole = sample(4000, 1500);
    const expected = profile.observe(profile.empty(), { batch: whole, first: 0 });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3999 }), { maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (cuts, order) => {
          const edges = [...new Set([0, ...cuts, 4000])].sort((a, b) => a - b);
          const parts = edges.slice(0, -1).map((from, i) =>
            profile.observe(profile.empty(), {
              batch: sliceBatch(whole, from, edges[i + 1]!),
              first: from,
            }),
          );
          let merged: ProfileState = profile.empty();
          while (parts.length > 0) {
            const [part] = parts.splice((order.next().value ?? 0) % parts.length, 1);
            merged = profile.merge(merged, structuredClone(part!));
          }
          assert.deepEqual(merged, expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  for (const distinct of [1, 1024, 5_000, 50_000, 200_000]) {
    it(`estimates ${distinct} distinct values within 5 %`, () => {
      const cells = Array.from({ length: 200_000 }, (_, i) => `value ${i % distinct}`);
      const state = profile.empty();
      for (let i = 0; i < cells.length; i += 4096) {
        const part = cells.slice(i, i + 4096);
        profile.observe(state, {
          batch: { rows: part.length, columns: { mail: part, n: part } },
          first: i,
        });
      }
      const [mail] = profileEvidence(state, {}, subject);
      assert.ok(
        Math.abs(mail!.distinct - distinct) <= (distinct <= 1024 ? 0 : distinct * 0.05),
        `${mail!.distinct}`,
      );
    });
  }

  it("keeps no cell in its state", () => {
    const state = profile.observe(profile.empty(), { batch: sample(300, 20), first: 0 });
    assert.ok(!/u1|@x/.test(JSON.stringify(state)));
  });
});
