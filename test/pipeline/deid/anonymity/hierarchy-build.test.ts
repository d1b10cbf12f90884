import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dateHierarchy,
  groupHierarchy,
  intervalHierarchy,
  prefixHierarchy,
} from "../../../../pipeline/deid/anonymity/hierarchy-build.ts";
import type { Hierarchy } from "../../../../pipeline/deid/anonymity/hierarchy.ts";

const cases: readonly (readonly [string, Hierarchy, string, readonly string[]])[] = [
  ["intervals", intervalHierarchy("age", ["39", "x", ""], [5, 10]), "39", ["[35, 40)", "[30, 40)"]],
  [
    "intervals below zero",
    intervalHierarchy("t", ["-3"], [0.5, 2]),
    "-3",
    ["[-3, -2.5)", "[-4, -2)"],
  ],
  ["no number", intervalHierarchy("age", ["x"], [5]), "x", ["x"]],
  [
    "prefixes",
    prefixHierarchy("zip", ["81667", "8"]),
    "81667",
    ["8166*", "816**", "81***", "8****"],
  ],
  ["kept prefixes", prefixHierarchy("zip", ["81667"], [3]), "81667", ["816**"]],
  [
    "dates",
    dateHierarchy("day", ["2024-05-17"], ["month", "quarter", "year", "decade"]),
    "2024-05-17",
    ["2024-05", "2024-Q2", "2024", "2020s"],
  ],
  [
    "groups",
    groupHierarchy("c", ["a", "b", "z"], [{ x: ["a"], y: ["b"] }, { both: ["x", "y"] }]),
    "z",
    ["other", "other"],
  ],
];
for (const [name, hierarchy, value, labels] of cases) {
  test(`a hierarchy of ${name}`, () => {
    assert.deepEqual(hierarchy.rows.get(value), [value, ...labels, "*"]);
  });
}

test("hierarchies that could not be monotone are refused", () => {
  for (const make of [
    () => intervalHierarchy("a", ["1"], [4, 10]),
    () => intervalHierarchy("a", ["1"], [0]),
    () => prefixHierarchy("a", ["123"], [1, 2]),
    () => dateHierarchy("a", ["2024-01-01"], ["year", "month"]),
    () => groupHierarchy("a", ["1"], [{ x: ["1"], y: ["1"] }]),
  ]) {
    assert.throws(make, { code: "policy" });
  }
});
