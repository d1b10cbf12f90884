import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { auditPredictions } from "../../../audit/fairness/prediction-audit.ts";
import { impactEvidence, predictionEvidence } from "../../../audit/fairness/prediction-evidence.ts";
import { scoringTables, selectionTables } from "../../../audit/fairness/local-law-144.ts";
import { scorePartial } from "../../../audit/fairness/scores.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { below, seededRandom, uniform } from "../../../pipeline/core/random.ts";
import { fairnessMetrics } from "../../../policies/fairness-metrics.ts";
import { metrics } from "../../../policies/metrics.ts";

const random = seededRandom("names");
const n = 400;
const groups = { g: Array.from({ length: n }, () => ["a", "b", "c"][below(random, 3)]!) };
const score = Array.from({ length: n }, () => uniform(random));
const label = score.map((s) => (uniform(random) < s ? 1 : 0));
const input = { rows: n, groups, label, predicted: score.map((s) => (s < 0.5 ? 0 : 1)), score };
const decisions = confusionPartial(["g"]);
const state = decisions.observe(decisions.empty(), input);
const histograms = scorePartial(["g"]);
const scores = histograms.observe(histograms.empty(), input);
const audit = auditPredictions(state, scores, { by: [["g"]], random, resamples: 50 });

describe("names of metrics", () => {
  it("that rules can have are measured", () => {
    const subject = sha256("model");
    const tables = [
      ...selectionTables(state, { by: [["g"]] }),
      ...scoringTables(scores, { by: [["g"]] }),
    ];
    const evidence = [...predictionEvidence(audit, subject), ...impactEvidence(tables, subject)];
    const measured = new Set(evidence.map((item) => (item.kind === "measured" ? item.metric : "")));
    const elsewhere = /^(flip_rate|template_|term_|membership_)/;
    const named = Object.entries(metrics).filter(
      ([name, { about, grouped }]) =>
        about === "model" && grouped === true && !elsewhere.test(name),
    );
    assert.ok(named.length > 60);
    assert.deepEqual(
      [...named.map(([name]) => name), ...Object.keys(fairnessMetrics)].filter(
        (name) => !measured.has(name),
      ),
      [],
    );
  });

  it("in docs/fairness.md are those of the audit", () => {
    const page = readFileSync(new URL("docs/fairness.md", packageRoot), "utf8");
    const places: Readonly<Record<string, readonly string[]>> = {
      metrics: audit.metrics.map(({ name }) => name),
      rates: Object.keys(audit.groups[0]!.rates),
      counts: Object.keys(audit.groups[0]!.counts),
      scores: Object.keys(audit.scores!.groups[0]!.scores),
      "scores.metrics": audit.scores!.metrics.map(({ name }) => name),
      privileged: audit.privileged.map(({ name }) => name),
      disparities: audit.disparities.map(({ rate }) => rate),
      parities: audit.parities.map(({ name }) => name),
    };
    const rows = [...page.matchAll(/^\| `([^|]+)` +\| `([a-z.]+)` +\| `([a-z_0-9]+)`/gm)];
    assert.ok(rows.length > 90);
    for (const [, peer, place, name] of rows)
      assert.ok(places[place!]?.includes(name!), `${peer}: no ${name} in ${place}`);
  });
});
