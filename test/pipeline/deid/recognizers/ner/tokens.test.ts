import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { tokenize } from "../../../../../pipeline/deid/recognizers/ner/tokens.ts";

const cases = [
  ["Dr. J.R. O'Neill-Smith's dog", ["Dr.", "J.R.", "O'Neill-Smith", "'", "s", "dog"]],
  ["I don't, we’re U.S. citizens.", ["I", "don't", ",", "we", "’", "re", "U.S.", "citizens", "."]],
  ["write a.b@c.org or @ann_b now", ["write", "a.b@c.org", "or", "@ann_b", "now"]],
  ["see https://x.org/y?z=1, please", ["see", "https://x.org/y?z=1", ",", "please"]],
  [
    "Bonn-based ex-Marine Kim Min-jun",
    ["Bonn", "-", "based", "ex", "-", "Marine", "Kim", "Min-jun"],
  ],
  ["3.5 million, 1996-08-30 ...", ["3.5", "million", ",", "1996-08-30", "..."]],
  ["我叫Li雷😀。", ["我", "叫", "Li", "雷", "😀", "。"]],
  ["a\u200bb\u200e", ["a", "b"]],
] as const;

describe("tokens", () => {
  for (const [text, words] of cases) {
    it(`cuts ${JSON.stringify(text)}`, () => {
      const { n, starts, ends } = tokenize(text);
      assert.deepEqual(
        Array.from({ length: n }, (_, t) => text.slice(starts[t], ends[t])),
        words,
      );
    });
  }

  it("covers all that is not space, in order, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { n, starts, ends } = tokenize(text);
        let at = 0;
        for (let t = 0; t < n; t++) {
          assert.ok(starts[t]! >= at && ends[t]! > starts[t]!);
          assert.match(text.slice(at, starts[t]), /^[\s\p{Cc}\p{Cf}]*$/u);
          at = ends[t]!;
        }
        assert.match(text.slice(at), /^[\s\p{Cc}\p{Cf}]*$/u);
      }),
    );
  });
});
