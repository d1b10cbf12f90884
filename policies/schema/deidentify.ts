import { z } from "zod";
import { name, operatorSpec, share } from "./words.ts";

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
  k: z.number().int().min(1).optional(),
  /** Rows of the population table that every released class has at least. */
  k_map: z.number().int().min(1).optional(),
  /** The share of the population's rows of a class that the table may hold. */
  delta_presence: z.strictObject({ min: share.default(0), max: share }).optional(),
  /** A file with the quasi-identifiers of everybody whom the table was drawn from. */
  population_table: name.optional(),
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
  /** Whether ages, dates and places that stand in texts count into risk, before and after; they do. */
  count_text: z.boolean().optional(),
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

export const deidentify = z.strictObject({
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

export const seal = z.strictObject({
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
