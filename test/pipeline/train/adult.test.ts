import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tabularDefaults } from "../../../pipeline/train/settings.ts";
import { trainTabular } from "../../../pipeline/train/tabular.ts";
import { adultAbsent, adultAccuracy, adultData, readAdult, someRows } from "./adult.ts";
import { contextOn } from "./fixtures.ts";

describe("UCI Adult", { skip: adultAbsent }, () => {
  const all = readAdult("adult.data");
  const test = readAdult("adult.test");

  // A quarter of the rows keeps this short; all 32,561 reach 0.850 in about six seconds.
  for (const [kind, least] of [
    ["tabular-mlp", 0.842],
    ["logistic", 0.835],
  ] as const) {
    it(`${kind} reaches ${least} held out with a quarter of the rows`, async () => {
      const train = someRows(all, (row) => row % 4 === 0);
      const validation = someRows(all, (row) => row % 16 === 1);
      const rate = kind === "logistic" ? 0.02 : 0.003;
      const settings = { ...tabularDefaults, kind, epochs: 10, learning_rate: rate };
      const model = await trainTabular(
        adultData(train, validation),
        settings,
        await contextOn("wasm"),
      );
      const accuracy = adultAccuracy(await model.score(test), test);
      assert.ok(accuracy >= least, `accuracy ${accuracy}`);
    });
  }
});
