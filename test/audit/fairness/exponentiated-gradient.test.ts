import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  advance,
  beginReduction,
  mixtureOf,
  relabel,
} from "../../../audit/fairness/exponentiated-gradient.ts";

describe("the exponentiated gradient reduction", () => {
  // Two groups of 100: 20 and 60 with the favourable label.
  const counts = [
    [80, 20],
    [40, 60],
  ] as const;
  const perfect = [
    [0, 20],
    [0, 60],
  ] as const;
  const alike = [
    [20, 20],
    [0, 40],
  ] as const;

  it("begins with the labels as they are, all of one weight", () => {
    for (const cell of relabel(beginReduction("demographic_parity", counts, 0))) {
      assert.deepEqual(
        cell.map(({ label }) => label),
        [0, 1],
      );
      for (const { weight } of cell) assert.ok(Math.abs(weight - 1) < 1e-12);
    }
  });

  it("moves weight to the favourable label of the group that is behind", () => {
    const next = advance(beginReduction("demographic_parity", counts, 0), perfect);
    const [behind, ahead] = relabel(next);
    assert.ok(behind![1].weight > 1 && ahead![1].weight < 1);
    assert.ok(behind![0].weight < 1 && ahead![0].weight > 1);
  });

  it("leaves labels alone that the constraint does not speak of", () => {
    const some = [
      [0, 5],
      [0, 60],
    ] as const;
    const next = advance(beginReduction("equal_opportunity", counts, 0), some);
    for (const [unfavourable] of relabel(next))
      assert.ok(Math.abs(unfavourable.weight - 1) < 1e-12);
  });

  it("mixes members so that the constraint holds at the least error", () => {
    const mixed = (tolerance: number) =>
      mixtureOf(
        advance(advance(beginReduction("demographic_parity", counts, tolerance), perfect), alike),
      );
    // The gap to all rows is 0.2 with the first alone: a quarter of it may stay.
    const { shares, error, violation } = mixed(0.05);
    assert.ok(Math.abs(shares[0]! - 0.25) < 1e-9, String(shares[0]));
    assert.ok(Math.abs(violation - 0.05) < 1e-9);
    // The second is wrong in 40 rows of 200.
    assert.ok(Math.abs(error - 0.75 * 0.2) < 1e-9);
    assert.deepEqual(mixed(0.3).shares, [1, 0]);
  });

  it("comes as near as it can where no mixture keeps the constraint", () => {
    const far = advance(beginReduction("demographic_parity", counts, 0.1), perfect);
    const { shares, violation } = mixtureOf(far);
    assert.deepEqual(shares, [1]);
    assert.ok(Math.abs(violation - 0.2) < 1e-12);
  });

  it("reaches the best mixture there is when every answer is the best one", () => {
    // Twenty kinds of people by score; a classifier selects every kind or not, blind to the group.
    const kinds = Array.from({ length: 20 }, (_, k) => ({
      groups: [40 - 2 * k, 2 + 2 * k],
      base: (k + 0.5) / 20,
    }));
    const people = [0, 1].map((g) => {
      const yes = kinds.reduce((sum, { groups, base }) => sum + groups[g]! * base, 0);
      return [kinds.reduce((sum, { groups }) => sum + groups[g]!, 0) - yes, yes] as const;
    });
    for (const constraint of ["demographic_parity", "equalized_odds"] as const) {
      let state = { ...beginReduction(constraint, people, 0.01), done: false };
      let rounds = 0;
      for (; !state.done && rounds < 40; rounds++) {
        const rules = relabel(state);
        const chosen = kinds.filter(
          ({ groups, base }) =>
            groups.reduce((sum, count, g) => {
              const worth = ([no, yes]: (typeof rules)[number]) =>
                base * (2 * yes.label - 1) * yes.weight +
                (1 - base) * (2 * no.label - 1) * no.weight;
              return sum + count * worth(rules[g]!);
            }, 0) > 0,
        );
        const selected = [0, 1].map((g) => {
          const yes = chosen.reduce((sum, { groups, base }) => sum + groups[g]! * base, 0);
          return [chosen.reduce((sum, { groups }) => sum + groups[g]!, 0) - yes, yes] as const;
        });
        state = advance(state, selected);
      }
      const { violation } = mixtureOf(state);
      assert.ok(state.done, `${constraint}: ${rounds} rounds`);
      assert.ok(violation < 0.01 + 1e-9, `${constraint}: ${violation}`);
    }
  });
});
