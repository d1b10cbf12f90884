import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Evidence, RunRecord } from "../../pipeline/core/types.ts";
import { compareModels, renderModelComparison } from "../../reports/model-comparison.ts";

const digest = (letter: string): string => letter.repeat(64);

function record(evidence: readonly unknown[]): RunRecord {
  return { stages: [{ evidence: evidence as readonly Evidence[] }] } as unknown as RunRecord;
}
const measured = (letter: string, value: number, group?: object): object => ({
  ...{ kind: "measured", subject: digest(letter), metric: "accuracy", split: "held-out" },
  ...(group === undefined ? {} : { group, by: ["sex"] }),
  estimate: { value, n: 10 },
});
const trained = (letter: string, validation: number): object => ({
  ...{ kind: "trained", subject: digest(letter) },
  history: [{ epoch: 1, train: 9, validation }],
});
const a = {
  manifest: { form: "x", digest: digest("a"), kind: "gpt", settings: { width: 8, hidden: [1] } },
  record: record([
    trained("a", 0.5),
    measured("a", 0.9),
    measured("a", 0.8, { sex: "F" }),
    measured("f", 0.1), // of another model
    { kind: "spent", subject: digest("a"), epsilon: 3, delta: 1e-5 },
  ]),
};
const b = {
  manifest: { form: "x", digest: digest("b"), kind: "gpt", settings: { width: 9, hidden: [1] } },
  record: record([trained("b", 0.25), measured("b", 0.7)]),
};

describe("compareModels", () => {
  it("tells settings that differ and every measure, a gap where there is none", () => {
    const found = compareModels([a, b, { manifest: b.manifest }]);
    assert.deepEqual(found.differences, [{ path: "settings.width", values: [8, 9, 9] }]);
    assert.deepEqual(found.validation, [0.5, 0.25, null]);
    assert.deepEqual(found.epsilon, [3, null, null]);
    assert.deepEqual(
      found.metrics.map(({ group, estimates }) => [group, estimates.map((one) => one?.value)]),
      [
        [null, [0.9, 0.7, undefined]],
        [{ sex: "F" }, [0.8, undefined, undefined]],
      ],
    );
  });

  it("fits a terminal", () => {
    const text = renderModelComparison(compareModels([a, b]), 60);
    assert.match(text, /^settings\.width +8 +9$/m);
    assert.match(text, /^accuracy +0\.9 +0\.7$/m);
    assert.match(text, /^epsilon +3 +–$/m);
    assert.ok(text.split("\n").every((line) => line.length <= 60));
  });
});
