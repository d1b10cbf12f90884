import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  clopperPearson,
  jeffreys,
  katz,
  newcombe,
  wilson,
} from "../../../audit/statistics/intervals.ts";
import { close, noShared, reference } from "./reference.ts";

type Pair = readonly [number, number];
interface Race {
  readonly k: number;
  readonly n: number;
  readonly wilson: Pair;
  readonly clopper_pearson: Pair;
  readonly jeffreys: Pair;
  readonly newcombe_diff_vs_caucasian: Pair;
  readonly katz_log_ci_vs_top: Pair;
}

function both(found: Pair | null, expected: Pair, what: string): void {
  close(found?.[0], expected[0], what);
  close(found?.[1], expected[1], what);
}

describe("intervals of proportions", () => {
  it("reach the edge where none or all are counted", () => {
    for (const interval of [wilson, clopperPearson, jeffreys]) {
      assert.equal(interval(0, 7)[0], 0);
      assert.equal(interval(7, 7)[1], 1);
      assert.ok(interval(0, 7)[1] > 0.2 && interval(7, 7)[0] < 0.8);
    }
  });

  // The rule of three: 1 − 0.025^(1/n).
  it("are those of Clopper and Pearson in closed form", () => {
    close(clopperPearson(0, 10)[1], 1 - 0.025 ** 0.1, "upper");
    close(clopperPearson(10, 10)[0], 0.025 ** 0.1, "lower");
  });

  it("have no ratio where a count is 0", () => {
    assert.equal(katz(0, 5, 3, 5), null);
  });

  it("equal those of scipy and statsmodels", { skip: noShared }, () => {
    const file = reference("statistics") as { compas_race: Record<string, Race>; top: string };
    const races = file.compas_race;
    const white = races.Caucasian!;
    const top = races[file.top]!;
    for (const [race, found] of Object.entries(races)) {
      both(wilson(found.k, found.n), found.wilson, `Wilson of ${race}`);
      both(clopperPearson(found.k, found.n), found.clopper_pearson, `Clopper of ${race}`);
      both(jeffreys(found.k, found.n), found.jeffreys, `Jeffreys of ${race}`);
      const difference = newcombe(found.k, found.n, white.k, white.n);
      both(difference, found.newcombe_diff_vs_caucasian, `Newcombe of ${race}`);
      both(katz(found.k, found.n, top.k, top.n), found.katz_log_ci_vs_top, `Katz of ${race}`);
    }
  });
});
