import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { keyedRandom } from "../../../pipeline/core/random.ts";
import { anonymizeText, type TextPlan } from "../../../pipeline/deid/anonymize.ts";
import { operatorNames, parseOperatorSpec } from "../../../pipeline/deid/operators/index.ts";

const secret = keyedRandom(new Uint8Array(32).fill(7));
const plan = (spec: Parameters<typeof parseOperatorSpec>[0]): TextPlan => ({
  entities: {},
  default: parseOperatorSpec(spec, "test"),
});

describe("anonymizeText", () => {
  it("replaces mentions that were not detected, on word boundaries", () => {
    const text = "Maria met Maria's friend; Mariana stayed. Maria!";
    const { text: out, counts } = anonymizeText(
      text,
      [{ start: 0, end: 5, entity: "PERSON", score: 1 }],
      plan("redact"),
      secret,
    );
    assert.equal(out, "<PERSON> met <PERSON>'s friend; Mariana stayed. <PERSON>!");
    assert.deepEqual(counts, [{ entity: "PERSON", operator: "redact", count: 3 }]);
  });

  it("replaces Chinese mentions of two characters, which have no boundaries", () => {
    const text = "张伟说张伟在家";
    const { text: out } = anonymizeText(
      text,
      [{ start: 0, end: 2, entity: "PERSON", score: 1 }],
      plan("redact"),
      secret,
    );
    assert.equal(out, "<PERSON>说<PERSON>在家");
  });

  const word = fc.stringMatching(/^[A-Z][a-z]{3,8}[0-9]{0,3}$/);
  const document = fc
    .array(fc.tuple(word, fc.constantFrom(" ", ", ", " - ", "\n"), fc.boolean()), {
      minLength: 1,
      maxLength: 12,
    })
    .map((parts) => {
      let text = "";
      const spans = [];
      for (const [value, gap, detected] of parts) {
        if (detected) {
          spans.push({
            start: text.length,
            end: text.length + value.length,
            entity: "PERSON",
            score: 0.9,
          });
        }
        text += value + gap;
      }
      return { text, spans };
    });

  const replacing = [
    "redact",
    "pseudonymize",
    "hash",
    "surrogate",
    "mask",
    { generalize: { keep: 1 } },
    { replace: { with: "X" } },
  ] as const;
  for (const spec of replacing) {
    it(`${JSON.stringify(spec)} leaves no detected value anywhere`, () => {
      fc.assert(
        fc.property(document, ({ text, spans }) => {
          const out = anonymizeText(text, spans, plan(spec), secret).text;
          for (const { start, end } of spans) {
            const value = text.slice(start, end);
            assert.ok(!out.split(/[^A-Za-z0-9]+/).includes(value));
          }
        }),
      );
    });
    it(`${JSON.stringify(spec)} gives the same result under the same key`, () => {
      fc.assert(
        fc.property(document, ({ text, spans }) => {
          const again = keyedRandom(new Uint8Array(32).fill(7));
          assert.equal(
            anonymizeText(text, spans, plan(spec), secret).text,
            anonymizeText(text, spans, plan(spec), again).text,
          );
        }),
      );
    });
  }
});

/** Operators that mean nothing without a setting. */
const needSettings = new Set<string>([
  "replace",
  "shift_days",
  "generalize",
  "round",
  "top_bottom",
  "noise",
  "microaggregate",
]);

describe("parseOperatorSpec", () => {
  it("takes every name that needs no setting", () => {
    for (const name of operatorNames) {
      if (needSettings.has(name)) continue;
      assert.equal(parseOperatorSpec(name, "p").name, name);
    }
  });
  const bad = [
    ["redcat", /p: unknown operator "redcat"/, /did you mean redact/],
    [{ mask: { keep_lst: 4 } }, /p\.mask\.keep_lst/, /did you mean keep_last/],
    [{ mask: { keep_last: -1 } }, /at least 0/, undefined],
    [{ redact: {}, mask: {} }, /one operator, found 2/, undefined],
    ["shift_days", /needs days/, /shift_days/],
    [{ generalize: { keep: 1, date: "year" } }, /one of keep, intervals and date/, undefined],
    [7, /expected an operator/, undefined],
  ] as const;
  for (const [spec, message, hint] of bad) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      assert.throws(
        () => parseOperatorSpec(spec, "p"),
        (error: { code?: string; message?: string; hint?: string }) => {
          assert.equal(error.code, "policy");
          assert.match(error.message ?? "", message);
          if (hint !== undefined) assert.match(error.hint ?? "", hint);
          return true;
        },
      );
    });
  }
});
