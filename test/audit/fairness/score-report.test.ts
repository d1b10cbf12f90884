import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scoreEvidence } from "../../../audit/fairness/evidence.ts";
import { scoreReader } from "../../../audit/fairness/predictions.ts";
import { calibrationOf } from "../../../audit/fairness/calibration.ts";
import { areaDeviation, areaUnderCurve } from "../../../audit/fairness/discrimination.ts";
import { meanDeviation } from "../../../audit/fairness/score-deviation.ts";
import { auditScores, scoreMetricNames } from "../../../audit/fairness/score-report.ts";
import { scoreGroups, scorePartial } from "../../../audit/fairness/scores.ts";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";
import { below, seededRandom, uniform } from "../../../pipeline/core/random.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { close } from "../statistics/reference.ts";

describe("auditScores", () => {
  const read = scoreReader({ label: "y", score: "s", by: ["g"] });
  const partial = scorePartial(["g"], 1000);
  const state = partial.observe(
    partial.empty(),
    read({
      rows: 9,
      columns: {
        y: ["1", "0", "1", "0", "1", "0", "0", null, "1"],
        s: ["0.9", 0.2, 0.6, 0.7, 0.8, 0.1, 0.3, 0.5, null],
        g: ["a", "a", "a", "a", "b", "b", "c", "a", "a"],
      },
    }),
  );
  const result = auditScores(state, { by: [["g"]], random: seededRandom("1") });
  const [a, b, c] = result.groups;

  it("rates each group's scores", () => {
    assert.deepEqual([a!.n, b!.n, c!.n], [4, 2, 1]);
    assert.equal(a!.scores.auc.value, 0.75);
    assert.equal(a!.scores.auc.interval![1], 1);
    close(a!.scores.brier.value, (0.01 + 0.04 + 0.16 + 0.49) / 4, "Brier");
    // Favourable rows outside a score 0.8, above both unfavourable ones in a.
    assert.equal(a!.scores.bpsn_auc.value, 1);
    close(a!.scores.mean_score.value, 0.6, "mean");
    close(a!.scores.generalized_tpr.value, 0.75, "generalised TPR");
    close(a!.scores.generalized_fpr.value, 0.45, "generalised FPR");
    close(a!.scores.generalized_tnr.value, 0.55, "generalised TNR");
    close(a!.scores.generalized_fnr.value, 0.25, "generalised FNR");
    const loss = -(Math.log(0.9) + Math.log(0.8) + Math.log(0.6) + Math.log(0.3)) / 4;
    close(a!.scores.log_loss.value, loss, "log loss");
  });

  it("says why a number is missing, of a group and of the comparison", () => {
    assert.deepEqual(c!.scores.auc, {
      value: null,
      interval: null,
      why: "needs rows with either label",
    });
    const auc = result.metrics.find(({ name }) => name === "auc_difference")!;
    assert.equal(auc.why, "g=c: needs rows with either label");
    const brier = result.metrics.find(({ name }) => name === "brier_difference")!;
    close(brier.value, 0.175 - 0.025, "difference");
    const most = result.metrics.find(({ name }) => name === "brier_group_max")!;
    close(most.value, 0.175, "greatest");
    assert.equal(most.why, "no interval: g=c has none");
  });

  it("is evidence that can be signed", () => {
    const evidence = scoreEvidence(result, sha256("model"), "test");
    assert.equal(evidence.length, 3 * scoreMetricNames.length + 3 * scoreMetricNames.length);
    assert.ok(canonicalJson(evidence).includes('"auc_difference"'));
  });

  it("refuses a score outside [0, 1]", () => {
    const batch = { rows: 1, columns: { y: [1], s: [1.2], g: ["a"] } };
    assert.throws(() => read(batch), {
      code: "source",
      message: /column s has a cell that is no score/,
    });
  });
});

describe("auditScores with weights", () => {
  const random = seededRandom("weights");
  const rows = Array.from({ length: 300 }, (_, i) => {
    const y = Number(uniform(random) < 0.4);
    const s = Math.round(1000 * Math.min(1, 0.7 * uniform(random) + 0.3 * y)) / 1000;
    return { g: i % 3 === 0 ? "a" : "b", y, s, w: 0.2 + 3 * uniform(random) ** 3 };
  });
  const partial = scorePartial(["g"], 1000);
  const observed = (of: typeof rows, weight?: (row: (typeof rows)[number]) => number) =>
    partial.observe(partial.empty(), {
      rows: of.length,
      groups: { g: of.map(({ g }) => g) },
      label: of.map(({ y }) => y),
      score: of.map(({ s }) => s),
      ...(weight ? { weight: of.map(weight) } : {}),
    });
  const audited = (state: ReturnType<typeof observed>) =>
    auditScores(state, { by: [["g"]], random: seededRandom("1"), resamples: 500 });
  const plain = audited(observed(rows));

  it("is what it is without them where all weigh the same", () => {
    for (const weight of [1, 2.5]) {
      const same = audited(observed(rows, () => weight));
      same.groups.forEach(({ scores }, g) => {
        for (const name of scoreMetricNames) {
          const [own, expected] = [scores[name], plain.groups[g]!.scores[name]];
          close(own.value, expected.value!, name);
          // The resampled bins of the calibration error are drawn from the same counts.
          own.interval!.forEach((end, i) => {
            close(end, expected.interval![i]!, `${name} interval`);
          });
        }
      });
      for (const { interval } of same.metrics) assert.ok(interval);
    }
  });

  it("counts rows without weights as rows of weight 1, in any order and merged", () => {
    const [front, back] = [rows.slice(0, 100), rows.slice(100)];
    const whole = observed(rows, (row) => (rows.indexOf(row) < 100 ? 1 : row.w));
    const [a, b] = [observed(front), observed(back, ({ w }) => w)];
    const expected = audited(whole).groups.map(({ scores }) => scores.auc);
    for (const merged of [
      partial.merge(structuredClone(a), b),
      partial.merge(structuredClone(b), a),
    ]) {
      audited(merged).groups.forEach(({ scores }, g) => {
        close(scores.auc.value, expected[g]!.value!, "AUC");
        close(scores.auc.interval![0], expected[g]!.interval![0], "AUC interval");
      });
    }
  });

  it("has standard errors as a bootstrap of the weighted rows has them", () => {
    const weighted = (of: typeof rows) =>
      scoreGroups(
        observed(of, ({ w }) => w),
        ["g"],
      ).everyone;
    const drawn = Array.from({ length: 300 }, () =>
      weighted(rows.map(() => rows[below(random, rows.length)]!)),
    );
    const spread = (of: (histogram: ReturnType<typeof weighted>) => number): number => {
      const values = drawn.map(of);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    const own = weighted(rows);
    const squared = (s: number, label: 0 | 1) => (s - label) ** 2;
    const cases = [
      ["AUC", areaDeviation(own), spread((h) => areaUnderCurve(h))],
      ["Brier score", meanDeviation(own, squared), spread((h) => calibrationOf(h).brier)],
    ] as const;
    for (const [name, found, expected] of cases)
      assert.ok(Math.abs(found! / expected - 1) < 0.15, `${name}: ${found} and ${expected}`);
    // Unequal weights are worth fewer rows.
    assert.ok(areaDeviation(own)! > areaDeviation(scoreGroups(observed(rows), ["g"]).everyone)!);
  });
});
