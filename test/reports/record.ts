import { digestOf, sha256 } from "../../pipeline/core/digest.ts";
import type { Json } from "../../pipeline/core/canonical-json.ts";
import type {
  Counted,
  Digest,
  Evidence,
  Finding,
  Measured,
  RunRecord,
  StageRecord,
} from "../../pipeline/core/types.ts";

const SOURCE = sha256("source");
const DEIDENTIFIED = sha256("deidentified");
const SEALED = sha256("sealed");

/** A run that a fairness gate blocks. Clock, ids and numbers are fixed. */
export function blockedRecord(): RunRecord {
  return recordOf("loan-applications", "20260314T092653Z-7f3a91c2", "block", {
    Female: 0.342,
    Male: 0.561,
  });
}

/** The same policy with reweighing turned on: passes, with one warning less. */
export function passingRecord(): RunRecord {
  return recordOf("loan-applications-reweighed", "20260314T092811Z-b04e6d15", "pass", {
    Female: 0.447,
    Male: 0.482,
  });
}

/** The smallest record there can be: nothing ran, nothing was decided. */
export function emptyRecord(): RunRecord {
  return {
    id: "20260314T000000Z-00000000",
    name: "empty",
    policy: digestOf({}),
    document: {},
    code: "0.1.0",
    seed: "0",
    started: "2026-03-14T00:00:00.000Z",
    ended: "2026-03-14T00:00:00.000Z",
    environment: {},
    stages: [],
    findings: [],
    verdict: "pass",
  };
}

function recordOf(
  name: string,
  id: string,
  verdict: "pass" | "block",
  selection: Readonly<Record<string, number>>,
): RunRecord {
  const document = documentOf(name, verdict === "pass");
  const model = sha256(`model ${name}`);
  const difference = gap(
    "demographic_parity_difference",
    ["sex"],
    model,
    Math.abs((selection.Male ?? 0) - (selection.Female ?? 0)),
    0.034,
  );
  const odds = gap(
    "equalized_odds_difference",
    ["sex"],
    model,
    verdict === "pass" ? 0.071 : 0.187,
    0.041,
  );
  const recall = planted("ALL", 0.994, 8412);
  const risk: Measured = {
    kind: "measured",
    subject: DEIDENTIFIED,
    metric: "reidentification_risk",
    estimate: { value: 0.0833, n: 5000 },
  };
  const membership: Measured = {
    kind: "measured",
    subject: model,
    metric: "membership_advantage",
    estimate: { value: 0.0182, n: 1250, interval: [-0.0104, 0.0461] },
  };
  const stages: StageRecord[] = [
    stage("ingest", 1, [], [SOURCE], 0, 0.412, [
      {
        kind: "ingested",
        subject: SOURCE,
        source: "loans.csv",
        format: "csv",
        encoding: "utf-8",
        bytes: 1_284_551,
        rows: 5000,
        quarantined: 3,
      },
    ]),
    stage("profile", 1, [SOURCE], [], 0.412, 1.9, profile()),
    stage("deidentify", 2, [SOURCE], [DEIDENTIFIED], 1.9, 6.31, [
      ...transformed(),
      recall,
      planted("PERSON", 0.987, 3120),
      planted("EMAIL", 1, 1702),
      planted("PHONE", 0.998, 1688),
      planted("CN_RESIDENT_ID", 1, 1902),
      risk,
      { kind: "measured", subject: DEIDENTIFIED, metric: "k", estimate: { value: 12, n: 5000 } },
      sizes("before", { "1": 812, "2–4": 1630, "5–9": 1441, "10–49": 980, "50+": 137 }),
      sizes("after", { "1": 0, "2–4": 0, "5–9": 0, "10–49": 1844, "50+": 3156 }),
    ]),
    stage("seal", 1, [DEIDENTIFIED], [SEALED], 6.31, 6.9, [
      {
        kind: "sealed",
        subject: SEALED,
        key: "drk_1",
        recipients: ["passphrase", "x25519"],
        shards: [
          { file: "shards/00000.age", digest: sha256("shard 0"), rows: 4096, bytes: 912_331 },
          { file: "shards/00001.age", digest: sha256("shard 1"), rows: 904, bytes: 201_870 },
        ],
      },
    ]),
    stage("audit-data", 1, [SEALED], [], 6.9, 7.4, dataAudit()),
    stage("train", 3, [SEALED], [model], 7.4, 31.2, [
      {
        kind: "trained",
        subject: model,
        architecture: "tabular-mlp",
        parameters: 6913,
        data: SEALED,
        backend: "wasm",
        device: "cpu, 2 threads, SIMD",
        why: "no GPU was found and tfjs-node is not installed",
        versions: { "@tensorflow/tfjs-core": "4.22.0", "@tensorflow/tfjs-backend-wasm": "4.22.0" },
        seed: "42",
        settings: {
          hidden: [64, 32],
          batch: 256,
          optimizer: "adamw",
          learning_rate: 0.002,
          mitigate: verdict === "pass" ? "reweighing" : null,
        },
        history: Array.from({ length: 14 }, (_, i) => ({
          epoch: i + 1,
          train: 0.31 + 0.38 * Math.exp(-i / 3),
          validation: 0.342 + 0.34 * Math.exp(-i / 2.6) + 0.0009 * Math.max(0, i - 8) ** 2,
        })),
        files: [
          { file: "weights.age", digest: sha256(`weights ${name}`), bytes: 28_112 },
          { file: "transforms.age", digest: sha256(`transforms ${name}`), bytes: 4_096 },
        ],
      },
    ]),
    stage("audit-model", 2, [SEALED, model], [], 31.2, 32.7, [
      ...overall(model, verdict === "pass" ? 0.817 : 0.829),
      difference,
      odds,
      gap(
        "demographic_parity_ratio",
        ["sex"],
        model,
        (selection.Female ?? 0) / (selection.Male ?? 1),
        0.06,
      ),
      gap(
        "demographic_parity_difference",
        ["sex", "ethnicity"],
        model,
        verdict === "pass" ? 0.113 : 0.334,
        0.081,
      ),
      ...rates(model, selection),
      membership,
    ]),
  ];
  const held: Finding[] = [
    finding(
      "audit.data[0]",
      "pass",
      "representation ratio by sex is at least 0.8 in every group",
      [],
    ),
    finding("audit.data[1]", "pass", "re-identification risk is 0.083, at most 0.2", [risk]),
    verdict === "pass"
      ? finding(
          "audit.model[0]",
          "pass",
          "demographic parity difference by sex is 0.035, at most 0.1",
          [difference],
        )
      : finding(
          "audit.model[0]",
          "block",
          "demographic parity difference by sex is 0.219, more than 0.1",
          [difference],
        ),
    verdict === "pass"
      ? finding(
          "audit.model[1]",
          "pass",
          "equalized odds difference by sex is 0.071, at most 0.1",
          [odds],
        )
      : finding(
          "audit.model[1]",
          "block",
          "equalized odds difference by sex is 0.187, more than 0.1",
          [odds],
        ),
    finding(
      "audit.model[2]",
      "warn",
      "membership advantage is 0.018, at most 0.05; its interval holds 0",
      [membership],
    ),
  ];
  return {
    id,
    name,
    policy: digestOf(document),
    document,
    code: "0.1.0+4a7c1e9",
    seed: "42",
    started: "2026-03-14T09:26:20.000Z",
    ended: "2026-03-14T09:26:53.100Z",
    environment: { node: "20.20.0", platform: "linux x64", cpus: "2" },
    stages,
    findings: held.map((item) =>
      verdict === "pass" && item.verdict === "warn" ? { ...item, verdict: "pass" } : item,
    ),
    verdict,
  };
}

function documentOf(name: string, mitigated: boolean): Json {
  return {
    version: 1,
    name,
    purpose: "Screen loan applications for a manual review",
    lawful_basis: { kind: "legitimate_interests", note: "balancing test of 2026-01-12" },
    controller: {
      name: "Example Credit Union",
      contact: "privacy@example.org",
      dpo: "dpo@example.org",
    },
    retention: { delete_after: "2027-12-31" },
    dataset: { source: "loans.csv", format: "csv", licence: "CC-BY-4.0" },
    audit: {
      data: [
        { metric: "representation_ratio", by: ["sex"], min: 0.8 },
        { metric: "reidentification_risk", max: 0.2 },
      ],
      model: [
        { metric: "demographic_parity_difference", by: ["sex"], max: 0.1 },
        { metric: "equalized_odds_difference", by: ["sex"], max: 0.1 },
        { metric: "membership_advantage", max: 0.05 },
      ],
    },
    train: {
      model: { kind: "tabular-mlp", hidden: [64, 32] },
      ...(mitigated ? { mitigate: { method: "reweighing", by: "sex" } } : {}),
    },
    report: {
      formats: ["html", "json"],
      language: "en",
      frameworks: ["gdpr", "eu-ai-act", "nyc-ll144", "nist-ai-rmf"],
    },
  };
}

function stage(
  name: string,
  version: number,
  inputs: readonly Digest[],
  outputs: readonly Digest[],
  from: number,
  to: number,
  evidence: readonly Evidence[],
): StageRecord {
  const at = (seconds: number): string =>
    new Date(Date.UTC(2026, 2, 14, 9, 26, 20) + seconds * 1000).toISOString();
  return { stage: name, version, inputs, outputs, started: at(from), ended: at(to), evidence };
}

function finding(
  rule: string,
  verdict: Finding["verdict"],
  message: string,
  evidence: readonly Evidence[],
): Finding {
  return { rule, verdict, message, evidence: evidence.map(digestOf) };
}

function profile(): Evidence[] {
  const columns = [
    ["name", "identifier", "text", 0, 4871, { PERSON: 0.991 }],
    ["email", "identifier", "text", 112, 4888, { EMAIL: 1 }],
    ["phone", "identifier", "text", 340, 4655, { PHONE: 0.998 }],
    ["national_id", "identifier", "text", 87, 4913, { CN_RESIDENT_ID: 0.412, US_SSN: 0.588 }],
    ["notes", "text", "text", 0, 5000, { PERSON: 0.624, PHONE: 0.118, EMAIL: 0.094, DATE: 0.331 }],
    ["age", "quasi", "integer", 4, 63, {}],
    ["sex", "quasi", "text", 0, 2, {}],
    ["ethnicity", "quasi", "text", 21, 4, {}],
    ["income", "other", "decimal", 0, 4312, {}],
    ["approved", "label", "boolean", 0, 2, {}],
  ] as const;
  return columns.map(([column, role, type, missing, distinct, entities]) => ({
    kind: "profiled",
    subject: SOURCE,
    column,
    role,
    type,
    rows: 5000,
    missing,
    distinct,
    entities,
  }));
}

function transformed(): Evidence[] {
  const rows = [
    ["pseudonymize", "name", undefined, 5000],
    ["redact", "email", undefined, 4888],
    ["mask", "phone", undefined, 4660],
    ["pseudonymize", "national_id", undefined, 4913],
    ["generalize", "age", undefined, 4996],
    ["surrogate", "notes", "PERSON", 3209],
    ["redact", "notes", "EMAIL", 471],
    ["redact", "notes", "PHONE", 592],
    ["shift_date", "notes", "DATE", 1655],
  ] as const;
  return rows.map(([operator, column, entity, cells]) => ({
    kind: "transformed",
    subject: DEIDENTIFIED,
    operator,
    column,
    cells,
    ...(entity === undefined ? {} : { entity }),
  }));
}

function planted(entity: string, value: number, n: number): Measured {
  const half = 1.96 * Math.sqrt((value * (1 - value)) / n);
  return {
    kind: "measured",
    subject: DEIDENTIFIED,
    metric: "planted_recall",
    ...(entity === "ALL" ? {} : { group: { entity } }),
    estimate: { value, n, interval: [value - half, Math.min(1, value + half)] },
  };
}

function sizes(when: string, counts: Readonly<Record<string, number>>): Counted {
  return {
    kind: "counted",
    subject: DEIDENTIFIED,
    table: "class-sizes",
    by: ["when"],
    group: { when },
    counts,
  };
}

function dataAudit(): Evidence[] {
  const groups = [
    ["Female", 2280, 0.912, 0.388],
    ["Male", 2720, 1.088, 0.541],
  ] as const;
  return groups.flatMap(([sex, n, ratio, base]): Evidence[] => [
    measured("representation_ratio", SEALED, ["sex"], { sex }, ratio, n, 0.03),
    measured("base_rate", SEALED, ["sex"], { sex }, base, n, 0.02),
    {
      kind: "counted",
      subject: SEALED,
      table: "base-rate",
      by: ["sex"],
      group: { sex },
      counts: { rows: n, favourable: Math.round(n * base) },
    },
  ]);
}

function overall(model: Digest, accuracy: number): Measured[] {
  return [
    {
      kind: "measured",
      subject: model,
      metric: "accuracy",
      split: "test",
      estimate: { value: accuracy, n: 1250, interval: [accuracy - 0.021, accuracy + 0.021] },
    },
    {
      kind: "measured",
      subject: model,
      metric: "selection_rate",
      split: "test",
      estimate: { value: 0.461, n: 1250, interval: [0.433, 0.489] },
    },
    {
      kind: "measured",
      subject: model,
      metric: "true_positive_rate",
      split: "test",
      estimate: { value: 0.791, n: 588, interval: [0.757, 0.823] },
    },
    {
      kind: "measured",
      subject: model,
      metric: "false_positive_rate",
      split: "test",
      estimate: { value: 0.164, n: 662, interval: [0.137, 0.193] },
    },
  ];
}

function gap(
  metric: string,
  by: readonly string[],
  model: Digest,
  value: number,
  half: number,
): Measured {
  return {
    kind: "measured",
    subject: model,
    metric,
    by,
    split: "test",
    estimate: { value, n: 1250, interval: [Math.max(0, value - half), value + half] },
  };
}

function rates(model: Digest, selection: Readonly<Record<string, number>>): Evidence[] {
  const ethnicities = ["Han", "Hispanic", "Black", "White"];
  const bySex = Object.entries(selection).flatMap(([sex, rate], i) =>
    ratesOf(model, ["sex"], { sex }, rate, i === 0 ? 570 : 680),
  );
  const byEthnicity = ethnicities.flatMap((ethnicity, i) =>
    ratesOf(model, ["ethnicity"], { ethnicity }, 0.44 + i * 0.03, 250 + i * 41),
  );
  const crossed = Object.entries(selection).flatMap(([sex, rate]) =>
    ethnicities.flatMap((ethnicity, i) =>
      ratesOf(
        model,
        ["sex", "ethnicity"],
        { sex, ethnicity },
        rate + (i - 1.5) * 0.03,
        i === 0 && sex === "Female" ? 11 : 110 + i * 20,
      ),
    ),
  );
  return [...bySex, ...byEthnicity, ...crossed];
}

function ratesOf(
  model: Digest,
  by: readonly string[],
  group: Readonly<Record<string, string>>,
  rate: number,
  n: number,
): Evidence[] {
  const small = n < 20;
  const half = 1 / Math.sqrt(n);
  const positives = Math.round(n * (rate - 0.02));
  const tp = Math.round(positives * 0.79);
  const fp = Math.round(n * rate) - tp;
  return [
    { ...measured("selection_rate", model, by, group, rate, n, half), split: "test" },
    small
      ? {
          kind: "measured",
          subject: model,
          metric: "true_positive_rate",
          by,
          group,
          split: "test",
          estimate: { value: null, n: 0, why: "n⁺ = 0" },
        }
      : {
          ...measured(
            "true_positive_rate",
            model,
            by,
            group,
            tp / positives,
            positives,
            half * 1.3,
          ),
          split: "test",
        },
    {
      ...measured(
        "false_positive_rate",
        model,
        by,
        group,
        fp / (n - positives),
        n - positives,
        half,
      ),
      split: "test",
    },
    { ...measured("accuracy", model, by, group, 0.8 + rate / 20, n, half * 0.8), split: "test" },
    {
      kind: "counted",
      subject: model,
      table: "confusion",
      by,
      group,
      split: "test",
      counts: { tp, fp, fn: positives - tp, tn: n - positives - fp },
    },
  ];
}

function measured(
  metric: string,
  subject: Digest,
  by: readonly string[],
  group: Readonly<Record<string, string>>,
  value: number,
  n: number,
  half: number,
): Measured {
  return {
    kind: "measured",
    subject,
    metric,
    by,
    group,
    estimate: {
      value,
      n,
      interval: [
        Math.max(0, value - half),
        metric === "representation_ratio" ? value + half : Math.min(1, value + half),
      ],
    },
  };
}
