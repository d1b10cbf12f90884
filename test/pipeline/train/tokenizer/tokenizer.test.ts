import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { learnTokenizer, openTokenizer } from "../../../../pipeline/train/tokenizer/index.ts";
import { stream } from "../fixtures.ts";

const corpus = ["low lower lowest", "new newer newest", "the low new 我们 我们 the"];

describe("bpe", () => {
  it("gives back any text, the corpus's or not", async () => {
    const tokenizer = await learnTokenizer("bpe", stream(corpus), 290);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
      }),
    );
  });

  it("learns the most frequent pairs first and stops where no pair occurs twice", async () => {
    const { spec } = await learnTokenizer("bpe", stream(["ab ab ab q", "xy xy"]), 400);
    assert.ok(spec.kind === "bpe");
    const [space, a, b, x, y] = Array.from(" abxy", (character) => character.charCodeAt(0));
    // "ab" three times, then " ab" and "xy" twice each.
    assert.deepEqual(spec.merges, [
      [a, b],
      [space, 257],
      [x, y],
    ]);
  });

  it("writes frequent words in few tokens, in English and Chinese", async () => {
    const tokenizer = await learnTokenizer("bpe", stream(corpus), 400);
    assert.equal(tokenizer.encode("the low").length, 2);
    assert.equal(tokenizer.encode(" 我们").length, 1);
    assert.ok(tokenizer.size <= 400);
  });

  it("is the same after JSON", async () => {
    const tokenizer = await learnTokenizer("bpe", stream(corpus), 300);
    const again = openTokenizer(
      JSON.parse(JSON.stringify(tokenizer.spec)) as typeof tokenizer.spec,
    );
    const text = "the lowest newer 我们";
    assert.deepEqual(again.encode(text), tokenizer.encode(text));
  });

  it("equals counting all pairs anew after every merge", async () => {
    const word = fc.stringMatching(/^[ab]{1,5}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 12 }), async (words) => {
        const { spec } = await learnTokenizer("bpe", stream(words), 262);
        assert.ok(spec.kind === "bpe");
        let texts = words.map((text) => [...Buffer.from(text)]);
        const slow: [number, number][] = [];
        for (let id = 257; id < 262; id++) {
          const counts = new Map<number, number>();
          for (const ids of texts) {
            for (let i = 0; i + 1 < ids.length; i++) {
              const key = ids[i]! * 65_536 + ids[i + 1]!;
              counts.set(key, (counts.get(key) ?? 0) + 1);
            }
          }
          const [best] = [...counts].sort(([p, n], [q, m]) => m - n || p - q);
          if (!best || best[1] < 2) break;
          const [left, right] = [Math.floor(best[0] / 65_536), best[0] % 65_536];
          slow.push([left, right]);
          texts = texts.map((ids) => {
            const merged: number[] = [];
            for (let i = 0; i < ids.length; i++) {
              const hit = ids[i] === left && ids[i + 1] === right;
              merged.push(hit ? id : ids[i]!);
              if (hit) i++;
            }
            return merged;
          });
        }
        assert.deepEqual(spec.merges, slow);
      }),
      { numRuns: 60 },
    );
  });
});

describe("characters", () => {
  it("knows what occurs twice, marks the rest as unknown", async () => {
    const tokenizer = await learnTokenizer("characters", stream(["aabb中中", "c😀😀"]));
    assert.deepEqual(tokenizer.spec, { kind: "characters", symbols: ["a", "b", "中", "😀"] });
    assert.equal(tokenizer.decode(tokenizer.encode("ab中😀c")), "ab中😀\uFFFD");
    assert.equal(tokenizer.size, 6);
  });
});
