import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rates, tally } from "./score.ts";

const span = (
  start: number,
  end: number,
  entity = "PERSON",
): { start: number; end: number; entity: string; score: number } => ({
  start,
  end,
  entity,
  score: 1,
});

const cases = [
  // gold                          found                        P    R    charR
  [[span(0, 4), span(6, 10)], [span(0, 4), span(6, 9)], 50, 50, 87.5],
  [[span(0, 4)], [], 0, 0, 0],
  [[span(0, 4)], [span(0, 4, "LOCATION")], 0, 0, 0],
  [[span(0, 4)], [span(0, 2), span(2, 4)], 0, 0, 100],
  [[], [span(0, 4)], 0, 0, 0],
] as const;

describe("scores of found spans", () => {
  cases.forEach(([gold, found, p, r, cr], i) => {
    it(`are right in case ${i + 1}`, () => {
      const one = rates(tally(gold, found, ["PERSON"]).PERSON!);
      assert.deepEqual([one.p, one.r, one.cr], [p, r, cr]);
    });
  });

  it("weigh recall four times in F2", () => {
    const { f1, f2 } = rates(tally([span(0, 1), span(2, 3)], [span(0, 1)], ["PERSON"]).PERSON!);
    assert.ok(Math.abs(f1 - 200 / 3) < 1e-9);
    assert.ok(Math.abs(f2 - 500 / 9) < 1e-9);
  });
});
