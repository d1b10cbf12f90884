import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDocument } from "../../../../../pipeline/deid/recognizers/ner/document.ts";
import { tokenize } from "../../../../../pipeline/deid/recognizers/ner/tokens.ts";

const [PERSON, ORGANIZATION] = [0, 2];
const text = "Ann Lee called. LEE rang, and Bolt rang.";

describe("createDocument", () => {
  const tokens = tokenize(text);
  const at = (word: string): number =>
    Array.from({ length: tokens.n }, (_, t) => t).find((t) =>
      text.startsWith(word, tokens.starts[t]),
    )!;
  const name = { first: at("Ann"), last: at("Lee"), kind: PERSON, score: 0.99 };
  const one = (word: string, kind: number, score: number) => ({
    ...{ first: at(word), last: at(word), kind, score },
  });

  it("finds a part of a sure name in capitals", () => {
    const found = createDocument("en").complete(text, tokens, [name]);
    assert.deepEqual(
      found.map(({ first, kind }) => [first, kind]),
      [
        [at("Ann"), PERSON],
        [at("LEE"), PERSON],
      ],
    );
  });

  it("takes a doubtful find for what the same word surely is, and no other", () => {
    const doubtful = [name, one("LEE", ORGANIZATION, 0.6), one("Bolt", ORGANIZATION, 0.6)];
    const kinds = createDocument("en").complete(text, tokens, doubtful);
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      [PERSON, PERSON, ORGANIZATION],
    );
    const sure = [name, one("LEE", ORGANIZATION, 0.9)];
    assert.equal(createDocument("en").complete(text, tokens, sure)[1]!.kind, ORGANIZATION);
  });
});
