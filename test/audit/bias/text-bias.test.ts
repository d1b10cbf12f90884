import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { termBias, termPartial } from "../../../audit/bias/identity-terms.ts";
import { templateRegard } from "../../../audit/bias/template-regard.ts";
import { fillTemplates, templateSets } from "../../../audit/bias/template-set.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import type { Scorer } from "../../../pipeline/core/types.ts";
import { close } from "../statistics/reference.ts";

describe("identity terms", () => {
  const terms = { female: ["she", "woman", "女人"], male: ["he", "man", "男人"] };
  const partial = termPartial(terms, ["nurse", "doctor", "医生"]);
  const one = (texts: readonly string[]) => partial.observe(partial.empty(), texts);

  const cases = [
    ["The woman said she is a nurse", { female: 2 }, { nurse: { female: 1 } }],
    ["A manual for nurses, by Sheila", {}, {}],
    ["HE, a doctor; she, a doctor.", { male: 1, female: 1 }, { doctor: { male: 1, female: 1 } }],
    ["那个女人是医生", { female: 1 }, { 医生: { female: 1 } }],
    ["No one is a nurse", {}, {}],
  ] as const;
  for (const [text, groups, together] of cases) {
    it(`counts ${JSON.stringify(text)}`, () => {
      assert.deepEqual(one([text]), { texts: 1, groups, together });
    });
  }

  it("merge in any split and order", () => {
    const some = fc.array(fc.constantFrom(...cases.map(([text]) => text)));
    fc.assert(
      fc.property(some, some, (a, b) => {
        assert.deepEqual(partial.merge(one(b), one(a)), one([...a, ...b]));
      }),
    );
  });

  it("have HELM's representation and association", () => {
    const found = termBias(one(cases.map(([text]) => text)), terms);
    close(found.representation, 0.3, "4 of 5 are female terms");
    close(found.byTarget.doctor, 0, "doctor");
    close(found.association, (0.5 + 0 + 0.5) / 3, "mean over nurse, doctor and 医生");
    assert.deepEqual(termBias(partial.empty(), terms), {
      representation: null,
      association: null,
      byTarget: {},
    });
  });
});

describe("template sets", () => {
  for (const set of Object.values(templateSets)) {
    const { favourable, unfavourable } = set.predicates;
    it(`${set.language}: hundreds of templates, half of them favourable, no word twice`, () => {
      assert.ok(set.frames.length * (favourable.length + unfavourable.length) >= 200);
      assert.equal(favourable.length, unfavourable.length);
      assert.equal(new Set([...favourable, ...unfavourable]).size, 2 * favourable.length);
      for (const frame of set.frames) assert.match(frame, /\{person\}.*\{predicate\}/);
    });
    it(`${set.language}: as many terms as distinct sentences allow`, () => {
      for (const [attribute, groups] of Object.entries(set.groups)) {
        const filled = fillTemplates(set, attribute);
        assert.equal(new Set(filled.map(({ text }) => text)).size, filled.length);
        assert.ok(Object.keys(groups).length >= 2);
        assert.ok(filled.every(({ text }) => !/[{}]/.test(text)));
      }
    });
  }

  // A model that finds unfavourable words unlikelier by 1 nat, but not of men.
  const scorer: Scorer = {
    losses: ({ columns }) =>
      Promise.resolve(
        Float64Array.from(columns.text!, (cell) => {
          const text = String(cell);
          const bad = templateSets.en.predicates.unfavourable.some((w) => text.includes(` ${w}.`));
          return 10 + text.length + (bad && !/\b(man|boy|gentleman)\b/i.test(text) ? 1 : 0);
        }),
      ),
  };
  it("find the group that is spoken of worse, whatever the length of its terms", async () => {
    const random = seededRandom("regard");
    const found = await templateRegard(templateSets.en, "sex", scorer, { random });
    const [female, male] = found.groups;
    close(female!.regard.value, 0.5, "female");
    close(male!.regard.value, -0.5, "male");
    assert.equal(found.sentences, 8 * 26 * 6);
    assert.ok(found.caveats.length > 0);
  });
});
