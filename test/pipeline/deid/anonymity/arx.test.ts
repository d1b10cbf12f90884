import assert from "node:assert/strict";
import { test } from "node:test";
import { mismatch } from "./arx-check.ts";
import { absent, expected } from "./arx-expected.ts";

/*
 * A fixed sample of the expected results of ARX's own tests; test/eval/anonymity.ts runs them all.
 * Not covered, and why:
 *
 * | cases                                   | why                                                   |
 * |-----------------------------------------|-------------------------------------------------------|
 * | DPresence and KMap over adult_subset    | 174 cases: that file is not among the shared data     |
 * | TestAnonymizationLocalRecoding          | 7: hashes of ARX's own locally recoded output         |
 * | TestAnonymizationRiskBased              | 6: risk thresholds as models of their own             |
 * | TestRiskMetrics                         | 6: lines without a configuration; see risk.test       |
 * | TestAnonymizationHeuristic (entropy)    | ARX stops early there; ours is better than expected   |
 * | "practical" monotonicity                | ARX gives up the optimum there; ours is the optimum   |
 * | entropy l-diversity by Grassberger      | 2: ARX stops summing a class once the sum is too      |
 * |                                         | large, though a value that occurs once lowers it      |
 * |                                         | again, so its result depends on its hash table        |
 */
const sample = [
  "TestAnonymizationKAnonymity:47",
  "TestAnonymizationKAnonymity:49",
  "TestAnonymizationSubset:60",
];

test("optima are those of ARX, to 1e-9", { skip: absent ?? false }, () => {
  const items = expected().filter(({ name }) => sample.includes(name));
  assert.equal(items.length, sample.length);
  for (const item of items) assert.equal(mismatch(item), undefined, item.name);
});

test("losses of single nodes are those of ARX, to 1e-9", { skip: absent ?? false }, () => {
  const items = expected().filter((item) => item.nodes.length > 0 && item.skip === undefined);
  assert.equal(items.length, 126);
  for (const item of items.filter((_, i) => i % 6 === 0)) {
    // Some were recorded while ARX's hierarchy of countries had England in Europa.
    const wrong = mismatch(item) === undefined ? undefined : mismatch(item, true);
    assert.equal(wrong, undefined, item.name);
  }
});
