import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { predictionReader, type PredictionColumns } from "../../../audit/fairness/predictions.ts";
import type { Batch, Cell } from "../../../pipeline/core/types.ts";

const batch = (columns: Record<string, readonly Cell[]>): Batch => ({
  rows: Object.values(columns)[0]!.length,
  columns,
});
const settings: PredictionColumns = { label: "y", prediction: "p", by: ["sex"] };

describe("predictionReader", () => {
  const readings = [
    ["numbers", [1, 0], [0, 1], "1"],
    ["numbers as text", ["1", "0"], ["0.0", "1.0"], "1"],
    ["booleans", [true, false], [false, true], "1"],
    ["names", [">50K", "<=50K"], ["<=50K", ">50K"], ">50K"],
  ] as const;
  for (const [what, y, p, favourable] of readings) {
    it(`reads ${what}`, () => {
      const input = predictionReader({ ...settings, favourable })(batch({ y, p, sex: ["F", "M"] }));
      assert.deepEqual([...(input.label as Float64Array)], [1, 0]);
      assert.deepEqual([...(input.predicted as Float64Array)], [0, 1]);
      assert.deepEqual(input.groups, { sex: ["F", "M"] });
    });
  }

  it("compares scores with the threshold when there is no prediction", () => {
    const read = predictionReader({ label: "y", score: "s", threshold: 0.7, by: ["sex"] });
    const input = read(batch({ y: [1, 1, 0], s: ["0.7", 0.69, 0.9], sex: ["F", "F", "M"] }));
    assert.deepEqual([...(input.predicted as Float64Array)], [1, 0, 1]);
  });

  it("counts rows that lack a value, by column", () => {
    const read = predictionReader({ ...settings, weight: "w" });
    const partial = confusionPartial(["sex"]);
    const state = partial.observe(
      partial.empty(),
      read(
        batch({
          y: [1, null, 0, 1, 1],
          p: [1, 1, "", 0, 0],
          w: [2, 1, 1, null, 3],
          sex: ["F", "F", "F", "F", null],
        }),
      ),
    );
    assert.equal(state.rows, 5);
    assert.deepEqual(state.excluded, { y: 1, p: 1, w: 1, sex: 1 });
    assert.deepEqual(state.cells['["F"]']!.weights, [0, 0, 0, 2]);
    assert.deepEqual(state.cells["[null]"]!.weights, [0, 0, 3, 0]);
  });

  const refusals = [
    ["an absent column", settings, { y: [1], sex: ["F"] }, /no column p$/],
    [
      "a label of three values",
      settings,
      { y: [1, 0, 2], p: [1, 1, 1], sex: ["F", "F", "F"] },
      /column y has more than one value beside "1"/,
    ],
    [
      "a score that is no number",
      { label: "y", score: "p", by: ["sex"] },
      { y: [1], p: ["high"], sex: ["F"] },
      /column p has a cell that is no number$/,
    ],
    [
      "a negative weight",
      { ...settings, weight: "w" },
      { y: [1], p: [1], w: [-1], sex: ["F"] },
      /column w has a cell that is no weight$/,
    ],
  ] as const;
  for (const [what, columns, cells, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => predictionReader(columns)(batch(cells)), { code: "source", message });
    });
  }

  it("remembers the values of earlier batches", () => {
    const read = predictionReader(settings);
    read(batch({ y: ["1"], p: ["no"], sex: ["F"] }));
    assert.throws(() => read(batch({ y: ["1"], p: ["maybe"], sex: ["F"] })), { code: "source" });
  });
});
