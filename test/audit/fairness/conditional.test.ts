import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conditionalDisparities } from "../../../audit/fairness/conditional.ts";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { close } from "../statistics/reference.ts";

describe("conditionalDisparities", () => {
  // Two departments that each admit women and men alike, one hard and one easy; women apply to the hard one.
  const blocks = [
    ["easy", "m", 64, 80],
    ["easy", "f", 16, 20],
    ["hard", "m", 4, 20],
    ["hard", "f", 16, 80],
  ] as const;
  const rows = blocks.flatMap(([department, sex, admitted, n]) =>
    Array.from({ length: n }, (_, i) => ({ department, sex, admitted: Number(i < admitted) })),
  );
  const partial = confusionPartial(["sex", "department"]);
  const state = partial.observe(partial.empty(), {
    rows: rows.length,
    groups: { sex: rows.map((row) => row.sex), department: rows.map((row) => row.department) },
    label: rows.map(() => 0),
    predicted: rows.map((row) => row.admitted),
  });
  const options = { by: ["sex"], random: seededRandom("cdd"), resamples: 200 };

  it("vanish where each department treats all alike", () => {
    for (const { value, interval } of conditionalDisparities(state, {
      ...options,
      given: ["department"],
    })) {
      close(value, 0, "disparity");
      assert.ok(interval![0] < 0 && interval![1] > 0);
    }
  });
  it("are the plain disparity when nothing is given", () => {
    const [women, men] = conditionalDisparities(state, { ...options, given: [] });
    // Women are 68 of 100 rejected and 32 of 100 admitted.
    close(women!.value, 0.36, "women");
    close(men!.value, -0.36, "men");
    assert.deepEqual(women!.group, { sex: "f" });
  });
});
