import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rocPoints, type LossSample } from "../../../audit/membership/attack.ts";
import { trainedAttack } from "../../../audit/membership/attack-model.ts";
import { membershipAuc } from "../../../audit/membership/auc.ts";
import { classAdvantage } from "../../../audit/membership/by-class.ts";
import { chanceOf, empiricalEpsilon, lowerBound } from "../../../audit/membership/one-run.ts";
import {
  confidence,
  liraOffline,
  liraOnline,
  rmia,
  type ShadowLosses,
} from "../../../audit/membership/shadow-models.ts";
import { gaussian, seededRandom, uniform } from "../../../pipeline/core/random.ts";

const random = seededRandom("attacks");
const areaOf = (sample: LossSample): number => membershipAuc.compute(sample).value ?? NaN;

/** Rows of differing difficulty: a model's loss is a row's own level, less where it was trained on. */
function simulated(gain: number, models = 16, rows = 400): ShadowLosses {
  const levels = Array.from({ length: rows }, () => 2 * gaussian(random));
  const lossesWith = (trained: Uint8Array): Float64Array =>
    Float64Array.from(levels, (level, row) => {
      const logit = level + (trained[row] === 1 ? gain : 0) + 0.5 * gaussian(random);
      return Math.log1p(Math.exp(-logit));
    });
  // In pairs, so that each row is on both sides.
  const halves = Array.from({ length: models / 2 }, () => {
    const half = Uint8Array.from({ length: rows }, () => (uniform(random) < 0.5 ? 1 : 0));
    return [half, half.map((bit) => 1 - bit)];
  }).flat();
  const own = Uint8Array.from({ length: rows }, (_, row) => (row < rows / 2 ? 1 : 0));
  return {
    target: lossesWith(own),
    shadows: halves.map((trained) => ({ losses: lossesWith(trained), trained })),
  };
}
const sidesOf = (values: Float64Array): LossSample => ({
  members: values.subarray(0, values.length / 2),
  nonMembers: values.subarray(values.length / 2),
});

describe("attacks with shadow models", () => {
  const losses = simulated(1);
  const others = Array.from({ length: 200 }, (_, i) => 200 + i);
  const plain = areaOf(sidesOf(Float64Array.from(losses.target)));
  for (const [name, attack] of [
    ["LiRA online", liraOnline],
    ["LiRA offline", liraOffline],
    ["RMIA", (all: ShadowLosses) => rmia(all, others)],
  ] as const) {
    it(`${name} finds more than a threshold, as it knows how hard a row is`, () => {
      const area = areaOf(sidesOf(attack(losses)));
      // The truth is Φ(1/(0.5·√2)) = 0.921 for who knows all levels; a threshold gets about 0.63.
      assert.ok(area > 0.82 && area > plain + 0.1, `${name} ${area}, threshold ${plain}`);
    });

    it(`${name} guesses where nothing was learnt`, () => {
      const area = areaOf(sidesOf(attack(simulated(0))));
      assert.ok(Math.abs(area - 0.5) < 0.1, `${name} ${area}`);
    });
  }

  it("are what numpy makes of the formulas of the papers", () => {
    // Means and deviations by row and side in ten lines of numpy, deviations pooled over the rows.
    const rows: ShadowLosses = {
      target: [0.25, 0.8, 1.7],
      shadows: [
        { losses: [0.2, 0.9, 1.5], trained: [1, 0, 1] },
        { losses: [0.3, 0.7, 2.0], trained: [1, 1, 0] },
        { losses: [0.5, 1.1, 1.2], trained: [0, 1, 0] },
        { losses: [0.6, 1.3, 1.9], trained: [0, 0, 1] },
      ],
    };
    // The numbers there are of full likelihoods, whose constant is the same on both sides.
    near(liraOnline(rows), [-2.0775134997398492, -0.6255429036646581, -0.27599663959445386]);
    near(liraOffline(rows), [-1.9232970634957525, -0.9706447075449228, 0.305829841787478]);
    near(rmia(rows, [1, 2]), [-0.5, -1, 0]);
  });

  it("has confidences on the logit scale, also for certain and for impossible rows", () => {
    assert.ok(Math.abs(confidence(Math.LN2)) < 1e-12);
    assert.ok(Math.abs(confidence(-Math.log(0.9)) - Math.log(9)) < 1e-9);
    assert.ok(confidence(0) > 600 && confidence(0) <= 700);
    assert.equal(confidence(Infinity), -700);
  });
});

describe("trained attack", () => {
  it("learns what no threshold on the loss can say", () => {
    // Members lie in the middle.
    const rows = (member: boolean): number[][] =>
      Array.from({ length: 400 }, () => {
        const x = member ? gaussian(random) / 3 : 2 * gaussian(random);
        return [x, x ** 2];
      });
    const sample = { members: rows(true), nonMembers: rows(false) };
    const first = (of: readonly (readonly number[])[]): number[] => of.map(([x]) => x ?? 0);
    const plain = areaOf({ members: first(sample.members), nonMembers: first(sample.nonMembers) });
    const area = areaOf(trainedAttack(sample, seededRandom("1")));
    assert.ok(Math.abs(plain - 0.5) < 0.1 && area > 0.8, `${plain}, ${area}`);
  });

  it("does not find what is not there, as it judges rows that it did not learn from", () => {
    const rows = (): number[][] =>
      Array.from({ length: 200 }, () => Array.from({ length: 6 }, () => gaussian(random)));
    const area = areaOf(trainedAttack({ members: rows(), nonMembers: rows() }, random));
    assert.ok(Math.abs(area - 0.5) < 0.1, String(area));
  });
});

describe("class advantage", () => {
  it("sees what one threshold hides: classes of other levels", () => {
    const sample = {
      members: [1, 1, 11, 11],
      nonMembers: [2, 2, 12, 12],
      memberClasses: ["a", "a", "b", "b"],
      nonMemberClasses: ["a", "a", "b", "b"],
    };
    assert.equal(classAdvantage(sample).value, 1);
    assert.equal(classAdvantage({ ...sample, members: [2, 2, 12, 12] }).value, 0);
    assert.equal(classAdvantage({ ...sample, members: [1] }).value, null);
  });
});

describe("empirical epsilon of one run", () => {
  it("is that of the closed form where every guess is right", () => {
    // qʳ = 0.05 with q = e^ε/(1 + e^ε).
    const chance = 0.05 ** (1 / 100);
    const expected = Math.log(chance / (1 - chance));
    const bound = lowerBound({ canaries: 100, guesses: 100, right: 100 }, 0, 0.05);
    assert.ok(Math.abs(bound - expected) < 1e-6, `${bound}, not ${expected}`);
  });

  for (const [canaries, guesses, right, epsilon, delta, expected] of [
    [1000, 100, 75, 1, 1e-5, 0.38450513197497754],
    [1000, 200, 150, 1, 1e-5, 0.3044225124350041],
    [500, 40, 39, 2, 1e-3, 0.19487241439890704],
    [100, 100, 60, 0, 0, 0.028443966820490392],
    [2000, 50, 48, 3, 1e-4, 0.6601088121153684],
  ] as const) {
    it(`has the chance of ${right} right of ${guesses} at ε ${epsilon} that whole binomials give`, () => {
      // Theorem 5.2 in Python with math.comb; scipy.stats.binom gives the same tails.
      near([chanceOf({ canaries, guesses, right }, epsilon, delta)], [expected]);
    });
  }

  it("is 0 for as many right guesses as wrong ones, and less where δ is more", () => {
    assert.equal(lowerBound({ canaries: 100, guesses: 100, right: 50 }, 0, 0.05), 0);
    const guesses = { canaries: 1000, guesses: 100, right: 95 };
    assert.ok(lowerBound(guesses, 1e-5, 0.05) < lowerBound(guesses, 0, 0.05));
    assert.ok(lowerBound(guesses, 0.5, 0.05) === 0);
    assert.ok(chanceOf(guesses, 1, 0) < chanceOf(guesses, 2, 0));
  });

  it("stays below the ε of randomised response, and comes near it", () => {
    const epsilon = 2;
    let passed = 0;
    let sum = 0;
    for (let i = 0; i < 60; i++) {
      const included = Uint8Array.from({ length: 1000 }, () => (uniform(random) < 0.5 ? 1 : 0));
      const told = 1 / (1 + Math.exp(-epsilon));
      const losses = Float64Array.from(included, (bit) => {
        const said = uniform(random) < told ? bit : 1 - bit;
        return said === 1 ? uniform(random) : 1 + uniform(random);
      });
      const bound = empiricalEpsilon({ losses, included }, 0).value ?? NaN;
      sum += bound;
      if (bound > epsilon) passed++;
    }
    assert.ok(passed <= 6, `${passed} of 60 above`);
    assert.ok(sum / 60 > 1.4, `${sum / 60} on average`);
  });

  it("is undefined with few canaries", () => {
    assert.equal(empiricalEpsilon({ losses: [1], included: [1] }, 0).value, null);
  });
});

describe("the curve for the report", () => {
  it("goes from corner to corner in few points", () => {
    const draw = (mean: number): number[] =>
      Array.from({ length: 5000 }, () => mean + gaussian(random));
    const points = rocPoints({ members: draw(0), nonMembers: draw(1) });
    assert.ok(points.length <= 64, String(points.length));
    assert.deepEqual(
      [points[0], points.at(-1)],
      [
        [0, 0],
        [1, 1],
      ],
    );
    assert.ok(
      points.every(([x, y], i) => i === 0 || (x >= points[i - 1]![0] && y >= points[i - 1]![1])),
    );
  });
});

function near(got: ArrayLike<number>, expected: readonly number[]): void {
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(got[i]! - value) < 1e-9, `${got[i]}, not ${value}`);
}
