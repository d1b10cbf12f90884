import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHierarchy } from "../../../../pipeline/deid/anonymity/hierarchy.ts";
import { deltaPresence } from "../../../../pipeline/deid/anonymity/models/delta-presence.ts";
import { kAnonymity } from "../../../../pipeline/deid/anonymity/models/k-anonymity.ts";
import { estimatedKMap, kMap } from "../../../../pipeline/deid/anonymity/models/k-map.ts";
import {
  distinctDiversity,
  entropyDiversity,
  recursiveDiversity,
} from "../../../../pipeline/deid/anonymity/models/l-diversity.ts";
import {
  betaLikeness,
  deltaDisclosure,
} from "../../../../pipeline/deid/anonymity/models/likeness.ts";
import type { ClassView, Model } from "../../../../pipeline/deid/anonymity/models/model.ts";
import {
  equalCloseness,
  hierarchicalCloseness,
  orderedCloseness,
} from "../../../../pipeline/deid/anonymity/models/t-closeness.ts";

// The salaries of Li, Li and Venkatasubramanian 2007: nine values, three in each class.
const salaries = ["3", "4", "5", "6", "7", "8", "9", "10", "11"];
const whole = { values: salaries, counts: new Float64Array(9).fill(1), total: 9 };
const view = (values: readonly string[], population = 0): ClassView => {
  const codes = [...new Set(values)];
  return {
    count: values.length,
    population,
    distinct: codes.length,
    codes: Uint32Array.from(codes, (value) => salaries.indexOf(value)),
    counts: Float64Array.from(codes, (value) => values.filter((v) => v === value).length),
  };
};
const s = "salary";
const tree = parseHierarchy(
  s,
  salaries.map((value, i) => `${value};${["low", "mid", "high"][Math.floor(i / 3)]!};*`).join("\n"),
);

const cases: readonly (readonly [Model, ClassView, boolean])[] = [
  [kAnonymity(3), view(["3", "4", "5"]), true],
  [kAnonymity(4), view(["3", "4", "5"]), false],
  [kMap(4), view(["3"], 4), true],
  [kMap(4), view(["3"], 3), false],
  [deltaPresence(0, 0.5), view(["3"], 2), true],
  [deltaPresence(0.6, 1), view(["3"], 2), false],
  [distinctDiversity(s, 3), view(["3", "4", "5"]), true],
  [distinctDiversity(s, 3), view(["3", "4", "4"]), false],
  [entropyDiversity(s, 2), view(["3", "4"]), true],
  [entropyDiversity(s, 2), view(["3", "3", "3", "4"]), false],
  [recursiveDiversity(s, 2, 2), view(["3", "3", "3", "4", "5"]), true],
  [recursiveDiversity(s, 1.5, 2), view(["3", "3", "3", "4", "5"]), false],
  // The paper gives 0.375 for {3, 4, 5} and 0.167 for {6, 8, 11}.
  [orderedCloseness(s, 0.3751), view(["3", "4", "5"]), true],
  [orderedCloseness(s, 0.3749), view(["3", "4", "5"]), false],
  [orderedCloseness(s, 0.167), view(["6", "8", "11"]), true],
  [orderedCloseness(s, 0.166), view(["6", "8", "11"]), false],
  [equalCloseness(s, 0.6667), view(["3", "4", "5"]), true],
  [equalCloseness(s, 0.6666), view(["3", "4", "5"]), false],
  [hierarchicalCloseness(s, 0.6667, tree), view(["3", "4", "5"]), true],
  [hierarchicalCloseness(s, 0.6666, tree), view(["3", "4", "5"]), false],
  [hierarchicalCloseness(s, 0.334, tree), view(["3", "6", "9"]), true],
  [hierarchicalCloseness(s, 0.333, tree), view(["3", "6", "9"]), false],
  [betaLikeness(s, 2), view(["3", "4", "5"]), true],
  [betaLikeness(s, 1.9), view(["3", "4", "5"]), false],
  [betaLikeness(s, 5, true), view(["3", "4", "5"]), true],
  [betaLikeness(s, 5, true), view(["3", "4"]), false],
  [deltaDisclosure(s, 1), view(salaries), true],
  [deltaDisclosure(s, 9), view(["3", "4", "5"]), false],
];

for (const [i, [model, of, meets]] of cases.entries()) {
  test(`${model.name} ${meets ? "holds" : "fails"} (case ${i})`, () => {
    assert.equal(model.bind(whole)(of), meets);
  });
}

test("an estimated k-map is the k-anonymity that implies it", () => {
  // Zero-truncated Poisson of mean 3 × 0.000094…: one row is present with 99 % confidence.
  assert.equal(
    estimatedKMap(3, 0.01, 30162 / 318_857_056, 30162).bind(whole)(view(["3", "4"])),
    true,
  );
  assert.equal(estimatedKMap(1000, 0.01, 0.5, 30162).bind(whole)(view(["3", "4"])), false);
});

test("parameters without sense are refused", () => {
  for (const make of [
    () => kAnonymity(0),
    () => kMap(1.5),
    () => deltaPresence(0.5, 0.2),
    () => distinctDiversity(s, 0),
    () => recursiveDiversity(s, 0, 2),
    () => equalCloseness(s, 2),
    () => betaLikeness(s, 0),
    () => deltaDisclosure(s, 0),
  ]) {
    assert.throws(make, { code: "policy" });
  }
});
