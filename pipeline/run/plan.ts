import type { Json } from "../core/canonical-json.ts";
import { metrics } from "../../policies/metrics.ts";
import type { LoadedPolicy } from "../../policies/load.ts";
import type { Policy } from "../../policies/schema.ts";
import type { AuditParams } from "../stages/parts/audit-params.ts";
import { planAnonymity } from "./plan-anonymity.ts";
import type { ColumnPlan, DeidentifyParams } from "../stages/parts/deidentify-params.ts";
import type { ReleaseCountsParams } from "../stages/release-counts.ts";
import type { IngestParams } from "../stages/ingest.ts";
import type { TrainParams } from "../stages/parts/model.ts";

/** The steps of a run as plain JSON, in the order they are carried out. */
export interface Plan {
  readonly name: string;
  readonly policy: string;
  readonly seed: string;
  readonly source: string;
  readonly ingest: IngestParams;
  readonly deidentify: DeidentifyParams;
  readonly release_counts?: ReleaseCountsParams;
  readonly seal: Policy["seal"];
  readonly audit_data: AuditParams;
  readonly train?: TrainParams;
  readonly audit_model?: AuditParams;
  readonly publish: { readonly formats: readonly string[] };
}

/** Turns a policy into steps. Pure: nothing is read, nothing is written. */
export function planRun(loaded: LoadedPolicy): Plan {
  const { policy, digest } = loaded;
  const { dataset, seal, train, report } = policy;
  return {
    name: policy.name,
    policy: digest,
    seed: policy.seed,
    source: dataset.source,
    ingest: {
      roles: Object.fromEntries(
        Object.entries(dataset.columns).map(([name, { role }]) => [name, role]),
      ),
      unlisted: dataset.unlisted,
    },
    deidentify: { ...planDeidentify(policy), ...planAnonymity(loaded) },
    ...planRelease(policy),
    seal,
    audit_data: planAudit(policy),
    ...(train === undefined
      ? {}
      : { train: planTrain(policy, train), audit_model: planModelAudit(policy) }),
    publish: { formats: report.formats },
  };
}

/** The steps as an ordered list, for `probity plan`. */
export function planSteps(
  plan: Plan,
): readonly { readonly stage: string; readonly params: Json }[] {
  const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
  return [
    { stage: "ingest", params: json(plan.ingest) },
    ...(plan.release_counts === undefined
      ? []
      : [{ stage: "release-counts", params: json(plan.release_counts) }]),
    ...(plan.deidentify.anonymity === undefined
      ? []
      : [{ stage: "anonymize", params: json(plan.deidentify.anonymity) }]),
    { stage: "deidentify", params: json(plan.deidentify) },
    { stage: "seal", params: json(plan.seal) },
    { stage: "audit-data", params: json(plan.audit_data) },
    ...(plan.train === undefined ? [] : [{ stage: "train", params: json(plan.train) }]),
    ...(plan.audit_model === undefined
      ? []
      : [{ stage: "audit-model", params: json(plan.audit_model) }]),
    { stage: "publish", params: json(plan.publish) },
  ];
}

function planRelease({ release, dataset: { subject } }: Policy): Pick<Plan, "release_counts"> {
  if (release === undefined) return {};
  const tables = JSON.parse(JSON.stringify(release.counts)) as ReleaseCountsParams["tables"];
  return { release_counts: { tables, ...(subject === undefined ? {} : { subject }) } };
}

/** Columns that the policy marks protected, in its order. */
export function protectedColumns(policy: Policy): readonly string[] {
  return Object.entries(policy.dataset.columns).flatMap(([name, column]) =>
    column.protected ? [name] : [],
  );
}

function planDeidentify({ dataset, deidentify, seal }: Policy): DeidentifyParams {
  const columns = Object.entries(dataset.columns).map(([name, column]): ColumnPlan => {
    const operator = deidentify.columns[name];
    const { role } = column;
    if (operator === "drop") return { name, role, action: "drop" };
    if (operator === "keep") return { name, role, action: "keep" };
    if (operator !== undefined) return { name, role, action: "replace", operator };
    if (role === "identifier") return { name, role, action: "replace", operator: "redact" };
    if (role === "text") return { name, role, action: "text", language: column.language };
    return { name, role, action: "keep" };
  });
  const { mode, entities, allow, deny, custom } = deidentify.text;
  return {
    columns,
    text: {
      mode,
      entities,
      allow,
      deny,
      custom: JSON.parse(JSON.stringify(custom)) as typeof custom,
    } as DeidentifyParams["text"],
    ...(dataset.subject === undefined ? {} : { subject: dataset.subject }),
    shard_rows: seal.shard_rows,
  };
}

/** Every protected attribute, every pair of them, and whatever else the rules name. */
function planAudit(policy: Policy): AuditParams {
  const attributes = protectedColumns(policy);
  const asked = [...policy.audit.data, ...policy.audit.model].flatMap((rule) =>
    rule.by === undefined || metrics[rule.metric]?.terms === true ? [] : [rule.by],
  );
  const pairs = attributes.flatMap((a, i) => attributes.slice(i + 1).map((b) => [a, b]));
  const by = new Map(
    [...attributes.map((a) => [a]), ...pairs, ...asked].map((list) => [list.join("\0"), list]),
  );
  const label = Object.entries(policy.dataset.columns).find(
    ([, column]) => column.role === "label",
  );
  const columns = Object.entries(policy.dataset.columns);
  const populations = policy.audit.data.flatMap((rule) =>
    rule.metric === "representation_ratio" && typeof rule.versus === "object" ? [rule.versus] : [],
  );
  return {
    by: [...by.values()],
    ...(label?.[1].favourable === undefined
      ? {}
      : { label: { column: label[0], favourable: label[1].favourable } }),
    ...weightOf(policy),
    texts: columns.flatMap(([name, column]) => (column.role === "text" ? [name] : [])),
    language: planLanguage(policy),
    quasi: columns.flatMap(([name, column]) => (column.role === "quasi" ? [name] : [])),
    populations: Object.assign({}, ...populations) as AuditParams["populations"],
    confidence: policy.audit.confidence,
    resamples: policy.audit.resamples,
    minimum_group: policy.audit.minimum_group,
    missing_group: policy.audit.missing_group,
    checks: policy.audit.checks,
    ...(policy.train === undefined
      ? {}
      : { split: { held_out: policy.train.held_out, validation: policy.train.validation } }),
    local_law: policy.report.frameworks.includes("nyc-ll144"),
    ruled: policy.audit.model.map(({ metric }) => metric),
  };
}

function planModelAudit(policy: Policy): AuditParams {
  return {
    ...planAudit(policy),
    membership: policy.audit.membership,
    memorization: policy.audit.memorization,
  };
}

function planTrain(policy: Policy, train: NonNullable<Policy["train"]>): TrainParams {
  const columns = Object.entries(policy.dataset.columns);
  const label = columns.find(([, column]) => column.role === "label");
  const text = columns.find(([, column]) => column.role === "text");
  const usable = columns.filter(
    ([name, column]) =>
      ["quasi", "sensitive", "other"].includes(column.role) &&
      (train.use_protected || !column.protected) &&
      policy.deidentify.columns[name] !== "drop" &&
      name !== policy.dataset.subject,
  );
  const { kind } = train.model;
  return {
    model: planModel(train),
    ...(train.phase === undefined ? {} : { phase: train.phase }),
    ...(train.lora === undefined ? {} : { lora: train.lora }),
    backend: train.backend,
    require_gpu: train.require_gpu,
    features: train.features ?? usable.map(([name]) => name),
    ...(label?.[1].favourable === undefined
      ? {}
      : {
          label: {
            column: label[0],
            favourable: label[1].favourable,
            ...(label[1].values === undefined ? {} : { values: label[1].values }),
          },
        }),
    ...(text === undefined ? {} : { text: text[0] }),
    ...weightOf(policy),
    held_out: train.held_out,
    validation: train.validation,
    epochs: train.epochs,
    ...(train.steps === undefined ? {} : { steps: train.steps }),
    batch_size: train.batch_size,
    learning_rate: train.learning_rate,
    weight_decay: train.weight_decay,
    patience: train.patience,
    accumulate: train.accumulate,
    precision: train.precision,
    workers: train.workers,
    ...(train.warmup_steps === undefined ? {} : { warmup_steps: train.warmup_steps }),
    clip_norm: train.clip_norm,
    ...(train.evaluate_every === undefined ? {} : { evaluate_every: train.evaluate_every }),
    fallback: train.fallback,
    // A language model sees each token rarely; classifiers see each row in every epoch.
    dropout: train.dropout ?? (kind === "gpt" || kind === "lstm-lm" ? 0 : 0.1),
    ...(train.privacy === undefined ? {} : { privacy: train.privacy }),
    ...(train.canaries === undefined ? {} : { canaries: train.canaries }),
    ...(train.mitigate === undefined ? {} : { mitigate: train.mitigate }),
  };
}

function planModel({ model, command }: NonNullable<Policy["train"]>): TrainParams["model"] {
  if (model.kind === "bert") return { ...model, tokenizer: "wordpiece" };
  if (model.kind === "external")
    return { ...model, settings: model.settings, command: command ?? [] };
  return model;
}

/** The languages of the sets are the policy's, else those of its text columns, else found in the texts. */
function planLanguage({ audit, dataset }: Policy): AuditParams["language"] {
  const { sets, attributes, corpus, pairs, flips } = audit.language;
  const declared = Object.values(dataset.columns).flatMap((column) =>
    column.role === "text" ? [column.language] : [],
  );
  const told = declared.filter((language) => language !== "auto");
  const languages = sets ?? (told.length === declared.length ? [...new Set(told)] : []);
  return {
    ...(languages.length === 0 ? {} : { sets: languages }),
    ...(attributes === undefined ? {} : { attributes }),
    corpus,
    pairs,
    flips,
  };
}

function weightOf(policy: Policy): { weight?: string } {
  const weight = Object.entries(policy.dataset.columns).find(
    ([, column]) => column.role === "weight",
  );
  return weight === undefined ? {} : { weight: weight[0] };
}
