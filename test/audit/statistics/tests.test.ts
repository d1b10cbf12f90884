import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { benjaminiHochberg, holm } from "../../../audit/statistics/multiplicity.ts";
import { minimumDetectableGap } from "../../../audit/statistics/power.ts";
import { chiSquareTail, logGamma, normalTails } from "../../../audit/statistics/special.ts";
import {
  fisherExact,
  independence,
  permutationTest,
  twoProportions,
} from "../../../audit/statistics/tests.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";
import { close, columns, noShared, reference } from "./reference.ts";

describe("special functions", () => {
  // scipy.special.gammaln, scipy.stats.chi2.sf, 2·scipy.stats.norm.sf
  const cases = [
    ["log gamma of 0.5", logGamma(0.5), 0.5 * Math.log(Math.PI)],
    ["log gamma of 171", logGamma(171), 706.5730622457874],
    ["chi-square tail of 3.84 and 1", chiSquareTail(3.841458820694124, 1), 0.05],
    ["chi-square tail of 2 and 4", chiSquareTail(2, 4), 2 * Math.exp(-1)],
    ["chi-square tail of 0", chiSquareTail(0, 3), 1],
    ["normal tails of 1.96", normalTails(-1.959963984540054), 0.05],
  ] as const;
  for (const [what, value, expected] of cases) {
    it(`${what} is right`, () => {
      close(value, expected, what);
    });
  }
});

describe("fisherExact", () => {
  // The lady tasting tea (Fisher 1935): 3 of 4 right, p = 34/70.
  it("judges the lady tasting tea", () => {
    close(fisherExact(3, 4, 1, 4), 34 / 70, "p");
  });
  it("is symmetric and a probability", () => {
    const count = fc
      .tuple(fc.nat(40), fc.nat(40))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(count, count, ([k1, n1], [k2, n2]) => {
        const p = fisherExact(k1!, n1!, k2!, n2!);
        assert.ok(p > 0 && p <= 1);
        close(fisherExact(k2!, n2!, k1!, n1!), p, "swapped");
        close(fisherExact(n1! - k1!, n1!, n2! - k2!, n2!), p, "mirrored");
      }),
    );
  });
});

describe("permutationTest", () => {
  it("agrees with Fisher's test for two groups of one size", () => {
    const p = permutationTest(
      [
        { k: 14, n: 30 },
        { k: 7, n: 30 },
      ],
      20_000,
      seededRandom("permutation"),
    );
    assert.ok(Math.abs(p - fisherExact(14, 30, 7, 30)) < 0.012, `p ${p}`);
  });
  it("is as small as the permutations allow for a gap no chance makes", () => {
    const groups = [
      { k: 100_000, n: 200_000 },
      { k: 90_000, n: 200_000 },
    ];
    assert.equal(permutationTest(groups, 99, seededRandom("gap")), 0.01);
  });
});

describe("independence", () => {
  it("corrects a 2 by 2 table for continuity when asked to", () => {
    // scipy.stats.chi2_contingency([[10, 20], [30, 40]]) = 0.4464285714285714 with, 0.7936507936507936 without
    const table = [[10, 20], [30, 40]]; // prettier-ignore
    close(independence(table, { yates: true })!.chiSquare, 0.4464285714285714, "corrected");
    close(independence(table)!.chiSquare, 0.7936507936507936, "plain");
  });
  it("is undefined for a table of one row or column", () => {
    assert.equal(independence([[3, 4]]), undefined);
    assert.equal(independence([[3, 0], [4, 0]]), undefined); // prettier-ignore
  });
});

describe("adjusted p-values", () => {
  const p = [0.01, 0.04, 0.03, 0.005];
  it("are Holm's", () => {
    for (const [i, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      close(holm(p)[i], expected, "p");
  });
  it("are Benjamini and Hochberg's", () => {
    const found = benjaminiHochberg(p);
    for (const [i, expected] of [0.02, 0.04, 0.04, 0.02].entries()) close(found[i], expected, "p");
  });
});

describe("minimumDetectableGap", () => {
  it("is what the usual formula of sample size gives", () => {
    // 388 rows a group find 0.5 against 0.6 with power 0.8 (Fleiss, without continuity correction).
    const { above } = minimumDetectableGap(0.5, 388, 388);
    assert.ok(Math.abs(above! - 0.1) < 0.0005, `${above}`);
  });
  it("is null for a group in which nothing can be found", () => {
    assert.deepEqual(minimumDetectableGap(0.5, 1000, 2), { below: null, above: null });
  });
});

describe("tests of COMPAS, as scipy and statsmodels run them", { skip: noShared }, () => {
  const file = reference("statistics") as {
    compas_race: Record<string, Record<string, number>>;
    chi2_race_score: Record<"chi2" | "p" | "dof" | "cramers_v" | "G", number>;
    chi2_sex_score: Record<"chi2" | "p" | "fisher_p", number>;
  };
  const relative = (actual: number, expected: number, what: string) => {
    close(actual / expected, 1, what);
  };
  const races = file.compas_race;
  const white = races.Caucasian!;
  const others = Object.entries(races).filter(([race]) => race !== "Caucasian");

  it("by race against the reference, alone and corrected", () => {
    const p = others.map(([, { k, n }]) => fisherExact(k!, n!, white.k!, white.n!));
    const [family, discovery] = [holm(p), benjaminiHochberg(p)];
    for (const [i, [race, found]] of others.entries()) {
      const { z, p: pz } = twoProportions(found.k!, found.n!, white.k!, white.n!);
      relative(z, found.z_vs_caucasian!, `z of ${race}`);
      relative(pz, found.p_vs_caucasian!, `p of z of ${race}`);
      relative(p[i]!, found.fisher_p_vs_caucasian!, `Fisher of ${race}`);
      relative(family[i]!, found.fisher_p_holm!, `Holm of ${race}`);
      relative(discovery[i]!, found.fisher_p_bh!, `Benjamini and Hochberg of ${race}`);
    }
  });

  it("by chi-square", () => {
    const data = columns("data/tabular/compas.csv");
    const table = (name: string) => {
      const names = [...new Set(data[name])];
      const counts = names.map(() => [0, 0]);
      data[name]!.forEach((value, i) => counts[names.indexOf(value)]![Number(data.score![i])]!++);
      return counts;
    };
    const race = independence(table("race"))!;
    const expected = file.chi2_race_score;
    relative(race.chiSquare, expected.chi2, "chi-square");
    relative(race.g, expected.G, "G");
    relative(race.p, expected.p, "p");
    relative(race.cramersV, expected.cramers_v, "V");
    assert.equal(race.degrees, expected.dof);
    const counts = table("sex");
    const sex = independence(counts)!;
    relative(sex.chiSquare, file.chi2_sex_score.chi2, "chi-square by sex");
    relative(sex.p, file.chi2_sex_score.p, "p by sex");
    const [a, b, c, d] = counts.flat() as [number, number, number, number];
    relative(fisherExact(b, a + b, d, c + d), file.chi2_sex_score.fisher_p, "Fisher");
  });
});
