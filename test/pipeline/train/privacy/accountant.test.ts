import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { packageRoot } from "../../../../pipeline/core/package-root.ts";
import {
  affordableSteps,
  epsilonOf,
  noiseMultiplier,
} from "../../../../pipeline/train/privacy/accountant.ts";
import { COARSE, epsilonByPld, FINE } from "../../../../pipeline/train/privacy/pld.ts";
import { epsilonByRdp, renyiDivergence } from "../../../../pipeline/train/privacy/rdp.ts";

interface Reference {
  readonly sigma: number;
  readonly q: number;
  readonly steps: number;
  readonly delta: number;
  readonly dpacc_rdp: number;
  readonly opacus_rdp: number;
  readonly dpacc_pld: number;
}
const file = new URL("../shared/reference/dp-accounting.json", packageRoot);
const absent = existsSync(file) ? false : "shared/reference/dp-accounting.json is absent";

describe("epsilon against Opacus and dp_accounting", { skip: absent }, () => {
  const references = JSON.parse(readFileSync(file, "utf8")) as readonly Reference[];
  for (const [i, { sigma, q, steps, delta, ...expected }] of references.entries()) {
    it(`σ ${sigma}, q ${q}, ${steps} steps, δ ${delta}`, () => {
      const mechanism = { noise: sigma, rate: q, steps };
      const rdp = epsilonByRdp(mechanism, delta);
      const [low, high] = [expected.opacus_rdp, expected.dpacc_rdp].sort((a, b) => a - b);
      assert.ok(rdp >= low! - 1e-6 && rdp <= high! + 1e-6, `RDP ${rdp} outside ${low}, ${high}`);
      // The grid of ordinary use takes a second each, so most cases take one of twice the width.
      const pld = epsilonByPld(mechanism, delta, i % 4 === 0 ? FINE : { ...FINE, interval: 2e-4 });
      const above = pld - expected.dpacc_pld;
      assert.ok(above >= -1e-8 && above <= 1e-3, `PLD ${pld} is ${above} above`);
    });
  }
});

describe("epsilon", () => {
  it("matches the analytic Gaussian mechanism of one step without sampling", () => {
    // Balle and Wang 2018: σ = 1, δ = 1e-5 gives ε = 4.3772.
    assert.ok(Math.abs(epsilonByPld({ noise: 1, rate: 1, steps: 1 }, 1e-5) - 4.37718) < 1e-4);
  });

  it("is 0 for no steps or no rows, infinite without noise", () => {
    assert.deepEqual(epsilonOf({ noise: 1, rate: 0.1, steps: 0 }, 1e-5), { rdp: 0, pld: 0 });
    assert.deepEqual(epsilonOf({ noise: 1, rate: 0, steps: 9 }, 1e-5), { rdp: 0, pld: 0 });
    const none = epsilonOf({ noise: 0, rate: 0.1, steps: 9 }, 1e-5);
    assert.deepEqual(none, { rdp: Infinity, pld: Infinity });
  });

  it("falls with noise and rises with steps and rate; PLD is below RDP", () => {
    const at = (noise: number, rate: number, steps: number): number => {
      const rdp = epsilonByRdp({ noise, rate, steps }, 1e-5);
      const pld = epsilonByPld({ noise, rate, steps }, 1e-5, COARSE);
      assert.ok(pld <= rdp);
      return pld;
    };
    const base = at(1, 0.02, 100);
    assert.ok(at(2, 0.02, 100) < base && at(1, 0.04, 100) > base && at(1, 0.02, 200) > base);
  });

  it("has a Rényi divergence without a step where whole and broken orders meet", () => {
    for (const order of [2, 5, 10]) {
      const [whole, beside] = [
        renyiDivergence(1.1, 0.03, order),
        renyiDivergence(1.1, 0.03, order + 1e-9),
      ];
      assert.ok(Math.abs(whole - beside) < 1e-8);
    }
  });

  it("is of the sum of all steps without sampling, where the losses are hundreds", () => {
    // A hundred steps of noise 1 are one of 0.1: Balle and Wang 2018, theorem 8, gives δ of this ε.
    const epsilon = epsilonByPld({ noise: 1, rate: 1, steps: 100 }, 1e-5);
    const delta = normalTail(epsilon / 10 - 5) - Math.exp(epsilon) * normalTail(epsilon / 10 + 5);
    assert.ok(Math.abs(delta / 1e-5 - 1) < 1e-2, `ε ${epsilon} has δ ${delta}`);
  });

  for (const [what, { noise, rate, steps }, delta, most] of [
    ["hardly any noise", { noise: 1e-3, rate: 0.01, steps: 10 }, 1e-5, 1e7],
    ["ten million steps", { noise: 10, rate: 0.01, steps: 1e7 }, 1e-5, 19.2],
    ["rare rows", { noise: 1, rate: 1e-6, steps: 1e6 }, 1e-5, 0.3],
    ["a δ beyond the grid", { noise: 1, rate: 0.01, steps: 100 }, 1e-30, 12],
    ["a large δ", { noise: 1, rate: 0.01, steps: 100 }, 0.99, 0],
    ["more noise than numbers hold", { noise: 1e300, rate: 0.5, steps: 100 }, 1e-5, 0],
  ] as const) {
    it(`is a number for ${what}`, () => {
      const { rdp, pld } = epsilonOf({ noise, rate, steps }, delta);
      assert.ok(rdp >= pld && pld >= 0 && pld <= most, `RDP ${rdp}, PLD ${pld}`);
    });
  }

  it("is infinite with noise that is none to all digits", () => {
    const { rdp, pld } = epsilonOf({ noise: 1e-200, rate: 0.1, steps: 9 }, 1e-5);
    assert.deepEqual([rdp, pld], [Infinity, Infinity]);
  });

  for (const [what, mechanism, delta] of [
    ["negative noise", { noise: -1, rate: 0.1, steps: 1 }, 1e-5],
    ["a rate above 1", { noise: 1, rate: 1.1, steps: 1 }, 1e-5],
    ["half a step", { noise: 1, rate: 0.1, steps: 0.5 }, 1e-5],
    ["no delta", { noise: 1, rate: 0.1, steps: 1 }, 0],
    ["what is not a number", { noise: NaN, rate: 0.1, steps: 1 }, 1e-5],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => epsilonOf(mechanism, delta), { code: "usage" });
    });
  }
});

describe("noiseMultiplier", () => {
  it("is the least noise, to a thousandth, within the budget", () => {
    const target = { epsilon: 3, delta: 1e-5, rate: 0.02, steps: 300 };
    const noise = noiseMultiplier(target);
    const at = (noise: number): number => epsilonByPld({ ...target, noise }, 1e-5);
    assert.ok(at(noise) <= 3 && at(noise - 0.003) > 3, `noise ${noise}`);
  });

  it("is found for small and large budgets, refused where there is none", () => {
    const of = (epsilon: number, rate = 0.01): number =>
      noiseMultiplier({ epsilon, delta: 1e-5, rate, steps: 100 });
    const [small, large] = [of(1e-3), of(1e3)];
    // RDP at the orders in use cannot show an ε below 0.003.
    assert.ok(small > 100 && small < 1000, String(small));
    assert.ok(large > 0.01 && large < 0.2, String(large));
    assert.equal(of(1, 0), 0);
    for (const epsilon of [Infinity, NaN, 0]) assert.throws(() => of(epsilon), { code: "usage" });
  });

  it("finds steps for a noise: the last that fits", () => {
    const budget = { epsilon: 2, delta: 1e-5 };
    const steps = affordableSteps(budget, { noise: 1, rate: 0.02 }, 5000);
    const at = (steps: number): number =>
      epsilonByPld({ noise: 1, rate: 0.02, steps }, 1e-5, COARSE);
    assert.ok(at(steps) <= 2 && at(steps + 1) > 2);
    assert.equal(affordableSteps(budget, { noise: 50, rate: 0.02 }, 40), 40);
    assert.equal(affordableSteps(budget, { noise: 0.01, rate: 0.02 }, 40), 0);
  });
});

/** P(Z > x) of a standard normal by Simpson's rule. */
function normalTail(x: number): number {
  const [from, to, pieces] = [x, x + 12, 20_000];
  const h = (to - from) / pieces;
  let sum = 0;
  for (let i = 0; i <= pieces; i++) {
    const weight = i === 0 || i === pieces ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-0.5 * (from + i * h) ** 2);
  }
  return (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}
