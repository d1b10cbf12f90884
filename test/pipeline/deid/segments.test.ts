import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { segments } from "../../../pipeline/deid/segments.ts";

describe("the pieces of a text", () => {
  const floods = ["x", "\u200b", "👩‍🚀", "\ud800", "a b. ", "行\n", "\n\n"];
  for (const flood of floods) {
    it(`are read little more than once, with ${JSON.stringify(flood)}`, () => {
      const text = flood.repeat(Math.ceil(4_000_000 / flood.length));
      let read = 0;
      let covered = 0;
      for (const { start, text: part } of segments(text)) {
        assert.ok(start <= covered && text.startsWith(part, start));
        covered = start + part.length;
        read += part.length;
      }
      assert.equal(covered, text.length);
      assert.ok(read < 1.03 * text.length, `${read} of ${text.length}`);
    });
  }
});
