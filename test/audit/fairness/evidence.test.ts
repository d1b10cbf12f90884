import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { fairnessEvidence } from "../../../audit/fairness/evidence.ts";
import { auditFairness } from "../../../audit/fairness/report.ts";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { seededRandom } from "../../../pipeline/core/random.ts";

describe("fairnessEvidence", () => {
  const partial = confusionPartial(["sex"]);
  const state = partial.observe(partial.empty(), {
    rows: 5,
    groups: { sex: ["F", "F", "M", "M", "M"] },
    label: [1, 0, 0, 0, 0],
    predicted: [1, 1, 0, 1, 0],
  });
  const options = { by: [["sex"]], random: seededRandom("1"), resamples: 50 };
  const evidence = fairnessEvidence(auditFairness(state, options), sha256("model"), "test");

  it("counts and measures every group", () => {
    const men = { sex: "M" };
    assert.deepEqual(
      evidence.find((e) => e.kind === "counted" && e.group.sex === "M"),
      {
        kind: "counted",
        table: "confusion",
        by: ["sex"],
        group: men,
        counts: { tp: 0, fp: 1, fn: 0, tn: 2 },
        subject: sha256("model"),
        split: "test",
      },
    );
    const tpr = evidence.find(
      (e) => e.kind === "measured" && e.metric === "tpr" && e.group?.sex === "M",
    );
    assert.ok(tpr?.kind === "measured");
    assert.deepEqual(tpr.estimate, { value: null, n: 3, why: "no row has the favourable label" });
  });

  it("measures the comparison of all groups", () => {
    const parity = evidence.find(
      (e) => e.kind === "measured" && e.metric === "demographic_parity_difference",
    );
    assert.ok(parity?.kind === "measured");
    assert.equal(parity.group, undefined);
    assert.deepEqual([parity.estimate.n, parity.by], [5, ["sex"]]);
    assert.ok(Math.abs(parity.estimate.value! - 2 / 3) < 1e-12);
  });

  it("can be signed", () => {
    assert.ok(canonicalJson(evidence).length > 0);
  });
});
