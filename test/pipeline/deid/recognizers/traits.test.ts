import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recognizers } from "../../../../pipeline/deid/recognizers/index.ts";
import type { TextRecognizer } from "../../../../pipeline/deid/recognizers/recognizer.ts";
import { traits, traitsOf } from "../../../../pipeline/deid/recognizers/traits.ts";

describe("what a recognizer needs", () => {
  it("is told of a text", () => {
    assert.equal(traitsOf("no such thing"), 0);
    assert.equal(traitsOf("a1"), traits.digit);
    assert.equal(traitsOf("x.y:z-@ 月"), traits.dot | traits.colon | traits.dash | traits.at | traits.han); // prettier-ignore
  });
  for (const [name, { needs, example }] of Object.entries<TextRecognizer>(recognizers)) {
    if (needs === undefined) continue;
    it(`stands in the example of ${name}`, () => {
      assert.notEqual(traitsOf(example) & needs, 0);
    });
    it(`is what ${name} finds nothing without`, async () => {
      const recognizer: TextRecognizer = recognizers[name as keyof typeof recognizers];
      await recognizer.load?.();
      const kept = Array.from(example.replaceAll("\n", " "), (c) => ((traitsOf(c) & needs) === 0 ? c : "x")); // prettier-ignore
      assert.deepEqual(recognizer.recognize(kept.join("")), []);
    });
  }
});
