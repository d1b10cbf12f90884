import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashText } from "../../../../../pipeline/deid/recognizers/ner/hash.ts";
import {
  bloomHas,
  buildBloom,
  buildLexicon,
  lookUp,
} from "../../../../../pipeline/deid/recognizers/ner/lexicon.ts";

const members = Array.from({ length: 5000 }, (_, i) => hashText(`member ${i}`));
const strangers = Array.from({ length: 5000 }, (_, i) => hashText(`stranger ${i}`));

describe("look-up tables", () => {
  it("give each member its value and strangers none", () => {
    const lexicon = buildLexicon(new Map(members.map((hash, i) => [hash, 1 + (i % 65_535)])));
    members.forEach((hash, i) => {
      assert.equal(lookUp(lexicon, hash), 1 + (i % 65_535));
    });
    assert.ok(strangers.filter((hash) => lookUp(lexicon, hash) > 0).length < 5);
  });

  it("hold all members in a filter and few strangers", () => {
    const filter = buildBloom(members);
    assert.ok(members.every((hash) => bloomHas(filter, hash)));
    assert.ok(strangers.filter((hash) => bloomHas(filter, hash)).length < 150);
  });

  it("do not depend on the order of their entries", () => {
    const entries = members.map((hash, i) => [hash, i + 1] as const);
    assert.deepEqual(buildLexicon(new Map(entries)), buildLexicon(new Map([...entries].reverse())));
  });
});
