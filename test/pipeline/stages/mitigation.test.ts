import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { seededRandom, systemRandom, uniform } from "../../../pipeline/core/random.ts";
import type {
  Batch,
  Dataset,
  Evidence,
  StageContext,
  Tabled,
} from "../../../pipeline/core/types.ts";
import { auditData } from "../../../pipeline/stages/audit-data.ts";
import { auditModel } from "../../../pipeline/stages/audit-model.ts";
import type {
  MitigateParams,
  MitigationMethod,
} from "../../../pipeline/stages/mitigation/params.ts";
import type { AuditParams } from "../../../pipeline/stages/parts/audit-params.ts";
import type { ModelStore, TrainParams } from "../../../pipeline/stages/parts/model.ts";
import { train } from "../../../pipeline/stages/train.ts";

// People of two groups: b has lower marks and fewer favourable labels; a club tells the group.
const draws = seededRandom("people");
const people = Array.from({ length: 3000 }, (_, i) => {
  const group = i % 3 === 0 ? "b" : "a";
  const marks = uniform(draws) * 4 + (group === "a" ? 1.2 : 0);
  const effort = uniform(draws) * 4;
  const club = uniform(draws) < 0.85 ? `club of ${group}` : "none";
  const y = marks + effort + uniform(draws) > 4.5 ? "yes" : "no";
  return { group, marks, effort, club, y };
});
const columnsOf = (rows: typeof people): Batch => ({
  rows: rows.length,
  columns: {
    group: rows.map((row) => row.group),
    marks: rows.map((row) => row.marks),
    effort: rows.map((row) => row.effort),
    club: rows.map((row) => row.club),
    y: rows.map((row) => row.y),
  },
});
const dataset: Dataset = {
  digest: sha256("people"),
  roles: { group: "quasi", marks: "other", effort: "other", club: "other", y: "label" },
  shards: [
    {
      digest: sha256("shard"),
      rows: people.length,
      async *open() {
        for (let at = 0; at < people.length; at += 500)
          yield await Promise.resolve(columnsOf(people.slice(at, at + 500)));
      },
    },
  ],
};
const types = {
  group: "text",
  marks: "decimal",
  effort: "decimal",
  club: "text",
  y: "text",
} as const;
const label = { column: "y", favourable: "yes" };
const audit: AuditParams = {
  by: [["group"]],
  label,
  texts: [],
  language: { corpus: true, pairs: 16, flips: 0 },
  quasi: [],
  populations: {},
  confidence: 0.95,
  resamples: 200,
  minimum_group: 1,
  missing_group: false,
  checks: {
    sample: 2000,
    proxies: true,
    proxy_pairs: true,
    proxy_model: true,
    drift: true,
    label_noise: true,
    subgroups: true,
    scan: ["club"],
    simulations: 19,
    flips: true,
    reference: "majority",
    tau: 0.8,
    least_share: 0.02,
  },
  split: { held_out: 0.4, validation: 0.1 },
  local_law: true,
  ruled: [],
};

const context = (): StageContext => ({
  random: seededRandom("run"),
  secret: seededRandom("secret"),
  entropy: systemRandom(),
  store: {
    put: () => Promise.reject(new Error("no store")),
    finished: () => Promise.resolve(undefined),
  },
  progress: () => undefined,
  signal: new AbortController().signal,
});

function memoryModels(): ModelStore & { bytes: Uint8Array } {
  const models = {
    bytes: new Uint8Array() as Uint8Array,
    put: (bytes: Uint8Array) => {
      models.bytes = bytes;
      return Promise.resolve({ digest: sha256(bytes), files: [] });
    },
    get: () => Promise.resolve(models.bytes),
    checkpoint: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
    clearCheckpoint: () => Promise.resolve(),
  };
  return models;
}

const paramsOf = (
  mitigate: Partial<MitigateParams> & { method: MitigationMethod },
): TrainParams => ({
  model: { kind: "logistic" },
  backend: "cpu",
  require_gpu: false,
  features: ["marks", "effort", "club"],
  label,
  held_out: 0.4,
  validation: 0.1,
  epochs: 4,
  batch_size: 200,
  learning_rate: 0.1,
  weight_decay: 0,
  patience: 4,
  dropout: 0,
  accumulate: 1,
  workers: 1,
  precision: "full",
  clip_norm: 1,
  fallback: false,
  mitigate: {
    by: ["group"],
    constraint: "demographic_parity",
    tolerance: 0,
    level: 1,
    iterations: 4,
    cost: "weighted",
    bound: 0.05,
    baseline: true,
    ...mitigate,
  },
});

async function evidenceOf(params: TrainParams): Promise<readonly Evidence[]> {
  const models = memoryModels();
  const input = { dataset, types, models, seed: "run" };
  const { output } = await train.run(input, params, context());
  const checks = { ...audit.checks, subgroups: false };
  const found = await auditModel.run(
    { dataset, train: params, trained: output, models, types },
    { ...audit, checks },
    context(),
  );
  return found.evidence;
}

function table(evidence: readonly Evidence[], name: string): Tabled {
  const found = evidence.find((e): e is Tabled => e.kind === "tabled" && e.table === name);
  assert.ok(found, name);
  return found;
}

function change(evidence: readonly Evidence[], metric: string): readonly [number, number] {
  const { columns, rows } = table(evidence, "mitigation");
  const row = rows.find(([name]) => name === metric)!;
  return [Number(row[columns.indexOf("before")]), Number(row[columns.indexOf("after")])];
}

describe("mitigation in a run", () => {
  const gap = "demographic_parity_difference";
  // Method, settings, and the largest share of the gap that may be left on rows held out.
  const cases: readonly (readonly [
    Partial<MitigateParams> & { method: MitigationMethod },
    number,
  ])[] = [
    [{ method: "reweighing" }, 1],
    [{ method: "massaging" }, 1],
    [{ method: "disparate-impact-remover" }, 0.9],
    [{ method: "correlation-remover" }, 0.9],
    [{ method: "fairness-penalty", strength: 20 }, 0.7],
    [{ method: "adversarial" }, 0.5],
    [{ method: "exponentiated-gradient", tolerance: 0.02 }, 0.3],
    [{ method: "threshold-optimizer" }, 0.35],
    [{ method: "reject-option" }, 0.6],
  ];
  for (const [mitigate, left] of cases) {
    it(`${mitigate.method} lessens the gap, and the report has the price`, async () => {
      const evidence = await evidenceOf(paramsOf(mitigate));
      const [before, after] = change(evidence, gap);
      assert.ok(before > 0.2, `before ${before}`);
      assert.ok(after < left * before, `${before} to ${after}`);
      const [right, price] = change(evidence, "accuracy");
      assert.ok(right > 0.85 && price > 0.6, `${right} to ${price}`);
    });
  }

  it("makes equalized odds nearly equal, with decisions that come out the same again", async () => {
    const params = paramsOf({ method: "threshold-optimizer", constraint: "equalized_odds" });
    const [first, second] = [await evidenceOf(params), await evidenceOf(params)];
    const [before, after] = change(first, "equalized_odds_difference");
    assert.ok(after < before, `${before} to ${after}`);
    assert.deepEqual(second, first);
    assert.match(table(first, "mitigation").notes!.join(), /randomised/);
    // The rule reads the group, and the flips say so.
    assert.ok(table(first, "flips").rows.length > 0);
  });

  it("keeps scores calibrated while it withholds some", async () => {
    const evidence = await evidenceOf(
      paramsOf({ method: "calibrated-equalized-odds", cost: "fnr", baseline: false }),
    );
    assert.ok(Number.isFinite(change(evidence, gap)[1]));
  });
});

describe("the data audit's searches", () => {
  it("find the proxy, the drift there is not, and the subgroup that is behind", async () => {
    const { evidence } = await auditData.run(dataset, audit, context());
    const value = (metric: string) => {
      const found = evidence.find((e) => e.kind === "measured" && e.metric === metric);
      assert.ok(found?.kind === "measured", metric);
      return found;
    };
    assert.equal(value("proxy_cramers_v").column, "club");
    assert.ok(value("proxy_cramers_v").estimate.value! > 0.7);
    assert.ok(value("proxy_auc").estimate.value! > 0.9);
    assert.ok(value("split_drift").estimate.value! < 0.1);
    assert.ok(value("subgroup_p").estimate.value! <= 0.1);
    const scan = table(evidence, "subgroup-scan");
    const fewer = scan.rows.find(([direction]) => direction === "fewer")!;
    assert.match(String(fewer[1]), /group: b|club of b/);
    const noise = value("label_noise_withheld_difference");
    assert.ok(noise.estimate.interval);
  });

  it("look for nothing that the policy switches off", async () => {
    const off = { proxies: false, drift: false, label_noise: false, subgroups: false };
    const { evidence } = await auditData.run(
      dataset,
      { ...audit, checks: { ...audit.checks, ...off } },
      context(),
    );
    assert.ok(evidence.every(({ kind }) => kind !== "tabled"));
  });
});
