import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { subgroupScan, type ScanCell } from "../../../audit/bias/subgroup-scan.ts";
import { binomial } from "../../../audit/statistics/binomial.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";

/** 4 × 3 × 2 cells of 200 people at rate 0.3, but for those in `worse`, at 0.5. */
function cellsWith(
  worse: (values: readonly string[]) => boolean,
  seed: string,
): readonly ScanCell[] {
  const random = seededRandom(seed);
  return ["a", "b", "c", "d"].flatMap((x) =>
    ["1", "2", "3"].flatMap((y) =>
      ["f", "m"].map((z): ScanCell => {
        const values = [x, y, z];
        const observed = binomial(random, 200, worse(values) ? 0.5 : 0.3);
        return { values, n: 200, observed, expected: 60 };
      }),
    ),
  );
}
const attributes = ["x", "y", "z"];
const options = { random: seededRandom("scan"), direction: "more", simulations: 39 } as const;

describe("subgroupScan", () => {
  it("finds the subgroup that nobody named", () => {
    const cells = cellsWith(([x, , z]) => (x === "b" || x === "d") && z === "f", "planted");
    const found = subgroupScan(attributes, cells, options)!;
    assert.deepEqual(found.values, { x: ["b", "d"], z: ["f"] });
    assert.equal(found.n, 1200);
    assert.equal(found.p, 1 / 40);
    assert.ok(found.score > 50 && found.observed > found.expected);
  });

  it("finds nothing much where all are as expected", () => {
    const cells = cellsWith(() => false, "none");
    const found = subgroupScan(attributes, cells, options);
    assert.ok(found === undefined || found.p > 0.05);
  });

  it("looks in the direction asked for", () => {
    const cells = cellsWith(([x]) => x !== "a", "fewer").map((cell) => ({
      ...cell,
      expected: 100,
    }));
    const found = subgroupScan(attributes, cells, { ...options, direction: "fewer" })!;
    assert.deepEqual(found.values.x, ["a"]);
    assert.ok(found.observed < found.expected);
  });

  it("prefers plainer subgroups under a penalty", () => {
    const cells = cellsWith(([x]) => x === "c", "plain");
    const found = subgroupScan(attributes, cells, { ...options, penalty: 3 })!;
    assert.deepEqual(found.values, { x: ["c"] });
  });

  it("is undefined without rows", () => {
    assert.equal(subgroupScan(attributes, [], options), undefined);
  });
});
