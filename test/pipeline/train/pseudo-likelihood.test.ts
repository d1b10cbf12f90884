import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  pseudoLikelihoods,
  sharedTokens,
  type HiddenTokens,
} from "../../../pipeline/train/pseudo-likelihood.ts";
import { learnTokenizer } from "../../../pipeline/train/tokenizer/index.ts";

// Runs of equal tokens as Python 3.11's difflib.SequenceMatcher(None, a, b).get_opcodes() has them,
// which the authors of CrowS-Pairs use.
const runs = [
  [
    [4, 4, 1, 2, 4, 3, 4],
    [1, 2, 3, 4, 9],
    [2, 3, 5, 6],
  ],
  [
    [3, 1, 1, 1, 4, 3, 0, 0, 1, 4, 0],
    [3, 1, 9, 1, 4, 3, 0, 0, 1, 4, 0],
    [0, 1, 3, 4, 5, 6, 7, 8, 9, 10],
  ],
  [
    [2, 4, 4, 4, 0, 1],
    [2, 4, 4, 9, 0, 1],
    [0, 1, 2, 4, 5],
  ],
  [
    [2, 0, 3, 1, 0],
    [9, 2, 0, 3, 0],
    [0, 1, 2, 4],
  ],
  [
    [4, 2, 4, 2, 4, 1, 0, 2, 0, 0],
    [2, 4, 9, 2, 4, 1, 0, 2, 0, 0],
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  ],
  [[1, 2], [3], []],
] as const;

describe("tokens that two texts share", () => {
  for (const [a, b, expected] of runs)
    it(`of ${a.join(" ")} and ${b.join(" ")}`, () => {
      assert.deepEqual(sharedTokens(a, b), expected);
    });
});

describe("pseudo-likelihoods", () => {
  async function* corpus(): AsyncGenerator<string> {
    yield await Promise.resolve("the women like the men and the men like the women");
    yield "the women like the men and the men like the women";
  }
  // A model that finds a token the less likely the higher its id, and keeps what it was asked.
  const asked: HiddenTokens[] = [];
  const losses = (hidden: HiddenTokens): Promise<Float32Array> => {
    asked.push(hidden);
    return Promise.resolve(Float32Array.from(hidden.targets, (id) => id / 8));
  };

  it("hide each token in turn, and neither the marks nor the prompt", async () => {
    const tokenizer = await learnTokenizer("wordpiece", corpus(), 60);
    const [prompt, text] = ["the men", "like the women"];
    const [before, own] = [tokenizer.encode(prompt), tokenizer.encode(text)];
    asked.length = 0;
    const [found] = await pseudoLikelihoods([{ prompt, text }], tokenizer, 64, losses);
    assert.equal(found!.tokens, own.length);
    assert.equal(found!.nats, -own.reduce((sum, id) => sum + id / 8, 0));
    const [{ block, places, targets }] = asked as [HiddenTokens];
    assert.deepEqual([...targets], own);
    const whole = [2, ...before, ...own, tokenizer.end];
    for (let row = 0; row < block.batch; row++) {
      const line = [...block.tokens.slice(row * block.time, (row + 1) * block.time)];
      const at = 1 + before.length + row;
      assert.equal(places[row], row * block.time + at);
      assert.deepEqual(line, whole.with(at, tokenizer.mask!));
    }
  });

  it("leave out of a pair what its sentences do not share", async () => {
    const tokenizer = await learnTokenizer("wordpiece", corpus(), 60);
    const [text, against] = ["the women like the men", "the men like the men"];
    const [one] = await pseudoLikelihoods([{ prompt: "", text, against }], tokenizer, 64, losses);
    const [other] = await pseudoLikelihoods(
      [{ prompt: "", text: against, against: text }],
      tokenizer,
      64,
      losses,
    );
    // This model sees no context: without the words that differ both sentences are one.
    assert.deepEqual(one, other);
    assert.ok(one!.tokens < tokenizer.encode(text).length);
  });

  it("are refused for a text that does not fit", async () => {
    const tokenizer = await learnTokenizer("wordpiece", corpus(), 60);
    await assert.rejects(
      pseudoLikelihoods([{ prompt: "", text: "men ".repeat(9) }], tokenizer, 4, losses),
      {
        code: "usage",
        message: /does not fit the model's context of 4/,
      },
    );
  });
});
