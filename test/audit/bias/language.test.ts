import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { embeddingAssociation } from "../../../audit/bias/embedding-association.ts";
import { pronounPreference } from "../../../audit/bias/pronoun-preference.ts";
import { bbqScores, pairPreferences, stereoSetScores } from "../../../audit/bias/sentence-pairs.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import type { Scorer } from "../../../pipeline/core/types.ts";
import { close, noShared, reference } from "../statistics/reference.ts";

describe("embeddingAssociation", () => {
  type Named = Record<string, number[]>;
  it("equals the independent test of toy vectors", { skip: noShared }, () => {
    const file = reference("weat") as {
      weat_toy: Record<"X" | "Y" | "A" | "B", Named> & { effect_size: number; p_exact: number };
      weat_toy2: { Y: Named; effect_size: number; p_exact: number };
    };
    const { X, Y, A, B } = file.weat_toy;
    for (const [y, expected] of [
      [Y, file.weat_toy],
      [file.weat_toy2.Y, file.weat_toy2],
    ] as const) {
      const [x, ys, a, b] = [X, y, A, B].map((named) => Object.values(named));
      const sets = { x: x!, y: ys!, a: a!, b: b! };
      const found = embeddingAssociation(sets, seededRandom("weat"));
      close(found.effectSize, expected.effect_size, "effect size");
      close(found.p, expected.p_exact, "p");
      assert.deepEqual([found.exact, found.splits], [true, 70]);
      const drawn = embeddingAssociation(sets, seededRandom("weat"), 60);
      assert.ok(!drawn.exact && Math.abs(drawn.p - expected.p_exact) < 0.2);
    }
  });

  const plane = { x: [[1, 0]], y: [[0, 1]], a: [[1, 0]], b: [[0, 1]] };
  it("turns its sign when the targets are exchanged", () => {
    const forth = embeddingAssociation(plane, seededRandom("1")).effectSize;
    const back = embeddingAssociation({ ...plane, x: plane.y, y: plane.x }, seededRandom("1"));
    close(back.effectSize, -forth, "effect size");
  });
  for (const [what, sets] of [
    ["targets of unequal size", { ...plane, x: [] }],
    ["a vector of zeros", { ...plane, x: [[0, 0]] }],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => embeddingAssociation(sets, seededRandom("1")), { code: "internal" });
    });
  }
});

describe("pairPreferences", () => {
  // A model whose loss is the length of the text.
  const byLength: Scorer = {
    losses: (batch) =>
      Promise.resolve(Float64Array.from(batch.columns.text!, (text) => String(text).length)),
  };
  it("counts how often the stereotype is likelier", async () => {
    const pairs = [
      { more: "a", less: "bb", type: "x" },
      { more: "a", less: "bb", type: "x" },
      { more: "aaa", less: "bb", type: "x" },
      { more: "aa", less: "bb", type: "y" },
    ];
    const { preferences: found, caveats } = await pairPreferences(pairs, byLength);
    assert.ok(caveats.length > 0);
    assert.deepEqual(
      found.map(({ type, pairs: n, ties, stereotyped }) => [type, n, ties, stereotyped.value]),
      [
        ["x", 3, 0, 2 / 3],
        ["y", 1, 1, 0.5],
        [undefined, 4, 1, 0.625],
      ],
    );
    assert.equal(found[0]!.p, 1);
  });
  it("finds a preference that chance does not make", async () => {
    const pairs = Array.from({ length: 20 }, () => ({ more: "a", less: "bb", type: "x" }));
    const [all] = (await pairPreferences(pairs, byLength)).preferences;
    close(all!.p, 2 / 2 ** 20, "p");
  });
  it("is undefined without pairs", async () => {
    const [all] = (await pairPreferences([], byLength)).preferences;
    assert.deepEqual(all!.stereotyped, { value: null, n: 0, why: "no pair" });
  });
});

describe("scores of question sets", () => {
  it("are StereoSet's", () => {
    const found = stereoSetScores([
      { stereotype: 1, antiStereotype: 2, unrelated: 3 },
      { stereotype: 2, antiStereotype: 1, unrelated: 1.5 },
    ]);
    assert.deepEqual(found, { lms: 75, ss: 50, icat: 75 });
  });
  it("are BBQ's, scaled by errors only where the context does not tell", () => {
    const told = { answers: 10, correct: 8, known: 10, biased: 6 };
    const doubtful = { answers: 10, correct: 6, known: 4, biased: 3 };
    const found = bbqScores(told, doubtful);
    close(found.disambiguated, 0.2, "disambiguated");
    close(found.ambiguous, 0.4 * 0.5, "ambiguous");
    assert.equal(bbqScores({ ...told, known: 0 }, doubtful).disambiguated, null);
  });
});

describe("pronounPreference", () => {
  const sentences = [
    { occupation: "nurse", female: 1, male: 3, women: 0.9 },
    { occupation: "nurse", female: 2, male: 2, women: 0.9 },
    { occupation: "engineer", female: 4, male: 2, women: 0.1 },
    { occupation: "clerk", female: 2, male: 1, women: 0.6 },
    { occupation: "cook", female: 1, male: 2, women: 0.5 },
  ];
  it("counts pronouns that follow the occupation", () => {
    const found = pronounPreference(sentences);
    assert.deepEqual([found.stereotyped.value, found.stereotyped.n, found.p], [2 / 3, 3, 1]);
    // Preferences by occupation: nurse 1, engineer −2, clerk −1, cook 1, against 0.9, 0.1, 0.6, 0.5.
    const x = [0.9, 0.1, 0.6, 0.5].map((w) => w - 0.525);
    const y = [1, -2, -1, 1].map((v) => v + 0.25);
    const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    close(found.correlation, dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)), "correlation");
  });
  it("is undefined without sentences", () => {
    const { stereotyped, correlation } = pronounPreference([]);
    assert.deepEqual([stereotyped.value, correlation], [null, null]);
  });
});
