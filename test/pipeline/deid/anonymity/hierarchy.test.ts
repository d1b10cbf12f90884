import assert from "node:assert/strict";
import { test } from "node:test";
import { PipelineError } from "../../../../pipeline/core/error.ts";
import {
  codeHierarchy,
  hierarchyOf,
  parseHierarchy,
} from "../../../../pipeline/deid/anonymity/hierarchy.ts";

const zip = "81667;8166*;816**;*\n81675;8167*;816**;*\n81925;8192*;819**;*\n";

test("a hierarchy is read in the form of ARX, quotes included", () => {
  const hierarchy = parseHierarchy("zip", zip);
  assert.equal(hierarchy.height, 4);
  assert.deepEqual(hierarchy.rows.get("81675"), ["81675", "8167*", "816**", "*"]);
  const quoted = parseHierarchy("x", '"a;b";"say ""so""";*\r\n');
  assert.deepEqual(quoted.rows.get("a;b"), ["a;b", 'say "so"', "*"]);
});

test("bad hierarchies are refused without naming a value", () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ["a;x;*\nb;x;y\n", /not monotone: one label of level 1 has two labels at level 2/],
    ["a;x\nb;x;*\n", /rows of 2 and of 3 levels/],
    ["a;*\na;*\n", /names a value twice/],
    ["", /is empty/],
  ];
  for (const [text, message] of bad) {
    assert.throws(() => parseHierarchy("column", text), { code: "policy", message });
  }
});

test("a value that is missing from its hierarchy is counted and not shown", () => {
  const hierarchy = parseHierarchy("zip", zip);
  assert.throws(
    () => codeHierarchy(hierarchy, ["81667", "Neuschwanstein"], (i) => [5, 7][i]!),
    (error: unknown) => {
      assert.ok(error instanceof PipelineError);
      assert.equal(error.message, "1 values of zip (7 rows) are missing from its hierarchy");
      return true;
    },
  );
});

test("labels are numbered by level, with their share of the domain", () => {
  const coded = codeHierarchy(parseHierarchy("zip", zip), ["81925", "81667", "81675"], () => 1);
  assert.deepEqual([...coded.codes[2]!], [0, 1, 1]);
  assert.deepEqual(coded.labels[2], ["819**", "816**"]);
  assert.deepEqual([...coded.shares[2]!], [1 / 3, 2 / 3]);
});

test("a missing value is its own category up to the last level", () => {
  const coded = codeHierarchy(
    hierarchyOf("sex", [
      ["m", "*"],
      ["f", "*"],
    ]),
    ["m", ""],
    () => 1,
  );
  assert.deepEqual(coded.labels, [["m", ""], ["*"]]);
  assert.equal(coded.domain, 3);
});
