import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";

describe("canonicalJson", () => {
  // RFC 8785 section 3.2.2 and 3.2.3, and appendix B for numbers.
  const cases: readonly (readonly [unknown, string])[] = [
    [{ b: 1, a: [true, null] }, '{"a":[true,null],"b":1}'],
    [
      {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew",
        "1": "One",
        "\ud83d\ude00": "Emoji",
        "\u0080": "Control",
        "\u00f6": "o",
      },
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"o","€":"Euro Sign","😀":"Emoji","\ufb33":"Hebrew"}',
    ],
    [Number("333333333.33333329"), "333333333.3333333"],
    [1e30, "1e+30"],
    [4.5, "4.5"],
    [2e-3, "0.002"],
    [1e-27, "1e-27"],
    [-0, "0"],
    ['\u20ac$\u000f\u000aA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  ];
  for (const [value, want] of cases) {
    it(`writes ${want.slice(0, 30)}`, () => {
      assert.equal(canonicalJson(value), want);
    });
  }

  const refused: readonly (readonly [string, unknown])[] = [
    ["NaN", { a: NaN }],
    ["infinity", [Infinity]],
    ["undefined", { a: undefined }],
    ["a lone surrogate", "\ud800"],
    ["a date", new Date(0)],
    ["a bigint", 1n],
  ];
  for (const [name, value] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => canonicalJson(value), { code: "internal" });
    });
  }

  it("does not depend on key order and survives a round trip", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
    );
  });
});
