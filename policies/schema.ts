import { z } from "zod";
import { roles } from "../pipeline/core/types.ts";
import { termAttributes } from "./term-metrics.ts";

/**
 * The policy language. Every key is here, every object is strict, every default is filled in by
 * parsing: what comes out is the whole instruction for a run, and its digest names it.
 */
const share = z.number().min(0).max(1);
const name = z.string().min(1);
const operatorSpec = z.union([
  z.string().min(1),
  z.record(z.string(), z.json()).refine((spec) => Object.keys(spec).length === 1, {
    message: 'expected one operator, as a name or as "{ name: { … } }"',
  }),
]);

const hierarchy = z
  .strictObject({
    intervals: z.array(z.number().positive()).min(1).optional(),
    origin: z.number().optional(),
    prefix: z.array(z.number().int().min(1)).min(1).optional(),
    date: z
      .array(z.enum(["month", "quarter", "year", "decade"]))
      .min(1)
      .optional(),
    groups: z.record(z.string(), z.array(z.string())).optional(),
    region: z.enum(["china", "world"]).optional(),
    file: name.optional(),
    min_level: z.number().int().min(0).optional(),
    max_level: z.number().int().min(0).optional(),
    weight: z.number().positive().optional(),
  })
  .refine(
    (h) =>
      [h.intervals, h.prefix, h.date, h.groups, h.region, h.file].filter((x) => x !== undefined)
        .length === 1,
    { message: "give exactly one of intervals, prefix, date, groups, region, file" },
  );

const column = z.strictObject({
  role: z.enum(roles),
  protected: z.boolean().default(false),
  favourable: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
  /** Every value that a label may have. */
  values: z
    .array(z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .min(2)
    .optional(),
  language: z.enum(["en", "zh", "auto"]).default("auto"),
  hierarchy: hierarchy.optional(),
});

const dataset = z.strictObject({
  source: name,
  format: z.enum(["auto", "csv", "jsonl", "parquet", "text"]).default("auto"),
  header: z.union([z.boolean(), z.literal("auto")]).default("auto"),
  names: z.array(name).min(1).optional(),
  delimiter: z.string().length(1).optional(),
  quote: z.string().length(1).optional(),
  encoding: z.enum(["auto", "utf-8", "utf-16le", "utf-16be", "gb18030"]).default("auto"),
  missing: z.array(z.string()).default([""]),
  trim: z.boolean().default(false),
  on_bad_row: z.enum(["stop", "quarantine"]).default("stop"),
  licence: z.string().optional(),
  subject: name.optional(),
  truth: name.optional(),
  unlisted: z.enum(["error", "drop", "other"]).default("error"),
  undeclared_identifiers: z.enum(["block", "warn"]).default("block"),
  /** What all runs on this source may spend together. */
  privacy_budget: z
    .strictObject({ epsilon: z.number().positive(), delta: z.number().gt(0).lt(1) })
    .optional(),
  columns: z.record(z.string().min(1), column),
});

const text = z.strictObject({
  mode: z.enum(["balanced", "high-recall"]).default("balanced"),
  entities: z.record(z.string(), operatorSpec).default({ default: "redact" }),
  allow: z.array(z.string()).default([]),
  deny: z.array(z.strictObject({ value: name, entity: name })).default([]),
  custom: z
    .array(
      z.strictObject({
        entity: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "expected upper case with underscores"),
        pattern: name.optional(),
        list: z.array(name).optional(),
        context: z.array(name).optional(),
        score: z.number().gt(0).max(1).optional(),
      }),
    )
    .default([]),
});

const anonymity = z.strictObject({
  k: z.number().int().min(1),
  l: z
    .strictObject({
      kind: z.enum(["distinct", "entropy", "recursive"]),
      l: z.number().positive(),
      c: z.number().positive().optional(),
    })
    .optional(),
  t: z
    .strictObject({
      max: share,
      distance: z.enum(["equal", "ordered", "hierarchical"]).default("equal"),
    })
    .optional(),
  delta_disclosure: z.number().positive().optional(),
  beta_likeness: z.number().positive().optional(),
  suppression: share.default(0),
  /** What becomes of a suppressed row: it goes, or stays with every quasi-identifier at "*". */
  suppressed_rows: z.enum(["drop", "star"]).default("drop"),
  /** A missing quasi-identifier is a value of its own, or suppresses its row, within the limit. */
  missing: z.enum(["category", "suppress"]).default("category"),
  /** People that the table was drawn from, for the uniqueness in the population. */
  population: z.number().int().positive().optional(),
  /** Whether ages, dates and places that stand in texts count into risk, before and after. */
  count_text: z.boolean().default(false),
  node_limit: z.number().int().positive().optional(),
  check_limit: z.number().int().positive().optional(),
  minimise: z
    .enum([
      "loss",
      "discernibility",
      "average-class-size",
      "non-uniform-entropy",
      "precision",
      "ambiguity",
    ])
    .default("loss"),
});

const deidentify = z.strictObject({
  text: text.default({
    mode: "balanced",
    entities: { default: "redact" },
    allow: [],
    deny: [],
    custom: [],
  }),
  columns: z.record(z.string(), operatorSpec).default({}),
  anonymity: anonymity.optional(),
});

const seal = z.strictObject({
  recipients: z.array(name).min(1).max(16).default(["keyfile"]),
  /** One key per person: what identifies them is kept in a vault, and can be erased person by person. */
  subject_keys: z.boolean().default(false),
  /** Whose a recipient is, by its word above. */
  owners: z.record(name, name).default({}),
  /** The vault opens only with slots of two different owners. */
  two_owners: z.boolean().default(false),
  /** What cannot be opened without a reason, which goes into the ledger. */
  reason: z.enum(["none", "vault", "rows"]).default("vault"),
  shard_rows: z.number().int().min(256).max(10_000_000).default(16_384),
  engine: z.enum(["fast", "libsodium"]).default("fast"),
});

const rule = z
  .strictObject({
    metric: name,
    /** One attribute, or a list for their intersection. */
    by: z
      .union([name, z.array(name).min(1)])
      .transform((by) => (typeof by === "string" ? [by] : by))
      .optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    /** Share of each value in the population, by attribute; a name is a YAML file holding that. */
    versus: z.union([name, z.record(z.string(), z.record(z.string(), share))]).optional(),
    confidence: z.number().gt(0.5).lt(1).optional(),
    /** What is held against the limit: the number itself, or the end of its interval nearer to failing. */
    use: z.enum(["value", "interval"]).default("value"),
    on_fail: z.enum(["block", "warn"]).default("block"),
    undefined: z.enum(["block", "warn", "pass"]).default("block"),
  })
  .refine((r) => r.min !== undefined || r.max !== undefined, {
    message: "give a limit: min, max or both",
  });

/** How columns of text and language models are audited with our own word lists and templates. */
const languageAudit = z.strictObject({
  /** Without it, the languages that the texts are in. */
  sets: z
    .array(z.enum(["en", "zh"]))
    .min(1)
    .optional(),
  /** Without it, every attribute of the sets. */
  attributes: z.array(z.enum(termAttributes)).min(1).optional(),
  /** Whether the identity terms of text columns are counted before training. */
  corpus: z.boolean().default(true),
  /** Framed pairs of opposite predicates that a language model is asked about, for every term. */
  pairs: z.number().int().min(16).max(320).default(32),
  /** Most texts that a classifier is asked about again with other identity terms. */
  flips: z.number().int().min(0).max(1_000_000).default(2000),
});

const membership = z.strictObject({
  /** Members and non-members attacked, at most, of each. */
  rows: z.number().int().min(100).max(1_000_000).default(10_000),
  attack_model: z.boolean().default(true),
  /** Shadow models for LiRA and RMIA, trained in memory; 0 means none. */
  shadows: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .refine((n) => n % 2 === 0, { message: "shadow models come in pairs" })
    .default(0),
  /** Rows with a turned label in the audit that proves a lower bound on epsilon; 0 means none. */
  canaries: z.number().int().min(0).max(100_000).default(0),
});

const memorization = z.strictObject({
  candidates: z.number().int().min(30).max(1_000_000).default(1000),
  prefixes: z.number().int().min(0).max(100_000).default(40),
  prefix: z.number().int().min(1).max(10_000).default(100),
  continuation: z.number().int().min(1).max(10_000).default(50),
  eidetic: z.number().int().min(1).default(1),
  /** What the model is asked to continue when its text is searched for personal data. */
  prompts: z
    .array(z.string())
    .min(1)
    .default([
      "",
      "My name is ",
      "Please contact ",
      "Email: ",
      "Call me at ",
      "Address: ",
      "Date of birth: ",
      "Account number: ",
      "Dear ",
      "我叫",
      "电话：",
    ]),
  generations: z.number().int().min(1).max(10_000).default(3),
  tokens: z.number().int().min(1).max(10_000).default(48),
  ngram: z.number().int().min(1).max(100).default(8),
});

/** What is looked for beside the numbers that rules name. */
const checks = z.strictObject({
  /** Rows drawn for the searches below; the counts of the audit are of all rows. */
  sample: z.number().int().min(100).max(1_000_000).default(20_000),
  proxies: z.boolean().default(true),
  proxy_pairs: z.boolean().default(true),
  proxy_model: z.boolean().default(true),
  drift: z.boolean().default(true),
  label_noise: z.boolean().default(true),
  subgroups: z.boolean().default(true),
  /** Searched beside the protected attributes; their values are printed in the report. */
  scan: z.array(name).default([]),
  simulations: z.number().int().min(19).max(9999).default(99),
  /** Ask the model again with other protected values, where it reads them. */
  flips: z.boolean().default(true),
  /** Whom groups are held against: the largest, the one with the least rate, or by value. */
  reference: z
    .union([z.enum(["majority", "minimum"]), z.record(z.string(), z.string())])
    .default("majority"),
  /** Disparities from tau to 1/tau are parity. */
  tau: z.number().gt(0).lt(1).default(0.8),
  /** Categories with a smaller share are left out of impact ratios (6 RCNY 5-301: at most 0.02). */
  least_share: z.number().min(0).max(0.02).default(0.02),
  /** The auditor's reason for leaving them out, printed with the tables. */
  least_share_reason: name.optional(),
});

const audit = z.strictObject({
  checks: checks.prefault({}),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  resamples: z.number().int().min(100).max(100_000).default(2000),
  minimum_group: z.number().int().min(1).default(1),
  missing_group: z.boolean().default(false),
  language: languageAudit.prefault({}),
  membership: membership.prefault({}),
  memorization: memorization.prefault({}),
  data: z.array(rule).default([]),
  model: z.array(rule).default([]),
});

const positive = z.number().positive();
const vocabulary = z.number().int().min(270).max(65_536);
const overlong = z.enum(["stop", "cut"]).default("stop");
const model = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("tabular-mlp"),
    hidden: z.array(z.number().int().min(1).max(4096)).min(1).max(8).default([64, 32]),
  }),
  z.strictObject({ kind: z.literal("logistic") }),
  z.strictObject({
    kind: z.literal("lstm-lm"),
    width: z.number().int().min(8).max(4096).default(128),
    layers: z.number().int().min(1).max(8).default(1),
    context: z.number().int().min(8).max(4096).default(64),
    tokenizer: z.enum(["characters", "bpe"]).default("characters"),
    vocabulary: vocabulary.default(1024),
  }),
  z.strictObject({
    kind: z.literal("gpt"),
    width: z.number().int().min(8).max(8192).default(128),
    layers: z.number().int().min(1).max(64).default(2),
    heads: z.number().int().min(1).max(64).default(4),
    context: z.number().int().min(8).max(4096).default(64),
    tokenizer: z.enum(["characters", "bpe"]).default("characters"),
    vocabulary: vocabulary.default(1024),
  }),
  z.strictObject({
    kind: z.literal("text-classifier"),
    width: z.number().int().min(4).max(4096).default(64),
    hidden: z.array(z.number().int().min(1).max(4096)).max(8).default([64]),
    context: z.number().int().min(8).max(8192).default(512),
    tokenizer: z.enum(["wordpiece", "bpe", "characters"]).default("wordpiece"),
    vocabulary: vocabulary.default(4096),
    overlong,
  }),
  z.strictObject({
    kind: z.literal("bert"),
    width: z.number().int().min(8).max(4096).default(128),
    layers: z.number().int().min(1).max(48).default(2),
    heads: z.number().int().min(1).max(64).default(4),
    context: z.number().int().min(8).max(4096).default(128),
    vocabulary: vocabulary.default(4096),
    overlong,
    /** Epochs of guessing hidden tokens before it learns to classify. */
    masked_epochs: z.number().int().min(0).max(10_000).default(4),
  }),
  z.strictObject({
    kind: z.literal("external"),
    task: z.enum(["classify", "text"]).default("classify"),
    /** Passed on to the program as they are. */
    settings: z.record(z.string(), z.json()).default({}),
  }),
]);

const train = z.strictObject({
  model: model.prefault({ kind: "external" }),
  /** A program that trains in our place: docs/trainer-protocol.md. */
  command: z.array(name).min(1).optional(),
  /** Absent: one training. A pretraining needs no labels; a fine-tuning starts from a parent. */
  phase: z.enum(["pretrain", "finetune"]).optional(),
  /** Digest, or a unique beginning of one, of a model of the workspace. */
  parent: z
    .string()
    .regex(/^[0-9a-f]{6,64}$/, "expected the digest of a model, or its beginning")
    .optional(),
  lora: z
    .strictObject({
      rank: z.number().int().min(1).max(1024).default(8),
      alpha: positive.default(16),
    })
    .optional(),
  /** What this policy may ask less of than its parent's, and who decided so. */
  waivers: z.array(z.strictObject({ rule: name, reason: name, by: name })).default([]),
  backend: z.enum(["auto", "cuda", "webgpu", "native", "wasm", "cpu"]).default("auto"),
  require_gpu: z.boolean().default(false),
  features: z.array(name).min(1).optional(),
  use_protected: z.boolean().default(false),
  held_out: z.number().gt(0).lt(0.9).default(0.25),
  validation: z.number().gt(0).lt(0.5).default(0.1),
  epochs: z.number().int().min(1).max(10_000).default(20),
  steps: z.number().int().min(1).optional(),
  batch_size: z.number().int().min(1).max(1_000_000).default(256),
  learning_rate: positive.default(0.002),
  weight_decay: z.number().min(0).default(0.0001),
  patience: z.number().int().min(1).default(4),
  dropout: z.number().min(0).lt(1).optional(),
  accumulate: z.number().int().min(1).max(4096).default(1),
  /** Threads that work on one batch on wasm; the result is the same for any number. */
  workers: z.union([z.literal("auto"), z.number().int().min(1).max(64)]).default("auto"),
  warmup_steps: z.number().int().min(0).optional(),
  clip_norm: positive.default(1),
  /** Steps between two validations of a language model, each with a checkpoint. */
  evaluate_every: z.number().int().min(1).optional(),
  /** Whether training may go on on wasm when its backend dies. */
  fallback: z.boolean().default(false),
  privacy: z
    .strictObject({
      epsilon: positive,
      delta: z.number().gt(0).lt(1),
      clip: positive.default(1),
      clipping: z.enum(["flat", "per-layer", "adaptive"]).default("flat"),
    })
    .optional(),
  /** Made-up sentences put into the training text of a language model; every # is a random digit. */
  canaries: z
    .strictObject({
      count: z.number().int().min(1).max(1000).default(4),
      repetitions: z.number().int().min(1).max(10_000).default(10),
      form: z
        .string()
        .regex(/(?:#[^#]*){6}/, "expected at least six #")
        .default("the secret number is ##########"),
    })
    .optional(),
  mitigate: z
    .strictObject({
      method: z.enum([
        "reweighing",
        "massaging",
        "disparate-impact-remover",
        "correlation-remover",
        "fairness-penalty",
        "adversarial",
        "exponentiated-gradient",
        "threshold-optimizer",
        "calibrated-equalized-odds",
        "reject-option",
      ]),
      by: z
        .union([name, z.array(name).min(1)])
        .transform((by) => (typeof by === "string" ? [by] : by)),
      /** The values of the first attribute that are ahead; found from base rates without it. */
      privileged: z.array(z.string()).min(1).optional(),
      constraint: z
        .enum(["demographic_parity", "equalized_odds", "equal_opportunity"])
        .default("demographic_parity"),
      /** How far the constraint may be off: threshold-optimizer and exponentiated-gradient. */
      tolerance: share.default(0),
      /** How far features are repaired by the two removers. */
      level: share.default(1),
      /** Weight of the penalty or of the adversary. */
      strength: z.number().min(0).optional(),
      /** Models that exponentiated-gradient trains. */
      iterations: z.number().int().min(2).max(50).default(8),
      /** What calibrated-equalized-odds makes equal. */
      cost: z.enum(["fnr", "fpr", "weighted"]).default("weighted"),
      /** Largest gap in selection rate that reject-option leaves. */
      bound: share.default(0.05),
      /** Train a model without mitigation too, so that the report has before and after. */
      baseline: z.boolean().default(true),
    })
    .optional(),
});

const report = z.strictObject({
  formats: z
    .array(z.enum(["html", "json", "model-card", "openlineage"]))
    .default(["html", "json", "model-card"]),
  language: z.enum(["en"]).default("en"),
  frameworks: z.array(z.enum(["gdpr", "eu-ai-act", "nyc-ll144", "nist-ai-rmf"])).default([]),
});

export const policySchema = z.strictObject({
  version: z.literal(1),
  extends: z.union([name, z.array(name)]).optional(),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "expected lower-case letters, digits and hyphens"),
  purpose: name,
  lawful_basis: z
    .strictObject({
      kind: z.enum([
        "consent",
        "contract",
        "legal_obligation",
        "vital_interests",
        "public_task",
        "legitimate_interests",
      ]),
      note: z.string().optional(),
    })
    .optional(),
  controller: z
    .strictObject({ name, contact: z.string().optional(), dpo: z.string().optional() })
    .optional(),
  retention: z.strictObject({ delete_after: z.iso.date() }).optional(),
  seed: z.union([z.string(), z.number()]).transform(String).default("1"),
  dataset,
  deidentify: deidentify.prefault({}),
  seal: seal.prefault({}),
  audit: audit.prefault({}),
  train: train.optional(),
  report: report.prefault({}),
});

export type Policy = z.output<typeof policySchema>;
export type Rule = z.output<typeof rule>;
export type ColumnPolicy = z.output<typeof column>;

/** JSON Schema (draft 7) of what a person writes, for editors. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policySchema, { target: "draft-7", io: "input" });
}
