import assert from "node:assert/strict";
import { test } from "node:test";
import { proposeHierarchy } from "../../../../pipeline/deid/anonymity/hierarchy-proposal.ts";
import { hierarchySource } from "../../../../pipeline/deid/anonymity/hierarchy-spec.ts";
import { knowsRegion, regionHierarchy } from "../../../../pipeline/deid/anonymity/regions.ts";

const china: readonly (readonly [string, readonly string[]])[] = [
  ["110105", ["北京市", "北京市", "华北"]],
  ["北京市朝阳区", ["北京市", "北京市", "华北"]],
  ["440305", ["广东省深圳市", "广东省", "中南"]],
  ["深圳市", ["广东省深圳市", "广东省", "中南"]],
  ["广东省深圳市南山区", ["广东省深圳市", "广东省", "中南"]],
  ["四川省", ["四川省", "四川省", "西南"]],
];
const world: readonly (readonly [string, readonly string[]])[] = [
  ["FR", ["Western Europe", "Europe"]],
  ["France", ["Western Europe", "Europe"]],
  ["united-states", ["Northern America", "Americas"]],
  ["CN", ["Eastern Asia", "Asia"]],
  ["KE", ["Sub-Saharan Africa", "Africa"]],
];

for (const [tree, cases] of [
  ["china", china],
  ["world", world],
] as const) {
  test(`places of the tree ${tree}`, () => {
    const hierarchy = regionHierarchy(
      "place",
      cases.map(([value]) => value),
      tree,
    );
    for (const [value, labels] of cases) {
      assert.deepEqual(hierarchy.rows.get(value), [value, ...labels, "*"]);
    }
  });
}

test("a name that stands for several places stands for none", () => {
  assert.ok(!knowsRegion("朝阳区", "china")); // in Beijing and in Changchun
  assert.ok(knowsRegion("吉林省长春市朝阳区", "china"));
});

test("the tree of countries has every country of the UN's list once", () => {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const codes = letters.flatMap((a) => letters.map((b) => a + b));
  const known = codes.filter((code) => knowsRegion(code, "world"));
  assert.equal(known.length, 249); // with Taiwan, as in ISO 3166-1
  for (const code of known) assert.notEqual(names.of(code), undefined, code);
});

test("labels come one by one as they do together, and unknown places have none", () => {
  const source = hierarchySource("place", { kind: "region", tree: "world" }, undefined);
  assert.equal(source.height, 4);
  assert.deepEqual(
    [0, 1, 2, 3].map((level) => source.label("FR", level)),
    ["FR", "Western Europe", "Europe", "*"],
  );
  assert.equal(source.label("Atlantis", 1), undefined);
  assert.deepEqual([source.label("", 1), source.label("", 3)], ["", "*"]);
});

const proposals: readonly (readonly [readonly string[], unknown])[] = [
  [["2020-01-02", "2021-03-04", "2022-05-06"], { date: ["month", "quarter", "year"] }],
  [Array.from({ length: 60 }, (_, i) => String(18 + i)), { intervals: [5, 10, 20] }],
  [["0.1", "0.5", "0.9"], { intervals: [0.05, 0.1, 0.2] }],
  [["02139", "10001", "94110"], { prefix: [4, 3, 2, 1] }],
  [["FR", "DE", "CN"], { region: "world" }],
  [["110105", "440305", "四川省"], { region: "china" }],
  [["baker", "smith", "tailor"], undefined],
  [["f", "m"], undefined],
  [["7", "7", "7"], undefined],
];
for (const [values, expected] of proposals) {
  test(`a proposal for ${values.slice(0, 3).join()} and the like`, () => {
    assert.deepEqual(proposeHierarchy("c", values), expected);
  });
}

test("postal codes are proposed by prefix although they are numbers", () => {
  const values = ["10115", "20095", "80331"];
  for (const column of ["zip", "ZIP code", "zipcode", "postal_code", "邮编"]) {
    assert.deepEqual(proposeHierarchy(column, values), { prefix: [4, 3, 2, 1] });
  }
  for (const column of ["income", "posts", "zipper"]) {
    assert.ok("intervals" in (proposeHierarchy(column, values) ?? {}));
  }
});
