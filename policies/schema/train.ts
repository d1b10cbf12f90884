import { z } from "zod";
import { mitigate } from "./mitigate.ts";
import { model } from "./model.ts";
import { name, positive } from "./words.ts";

export const train = z.strictObject({
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
  /** What matrix products are computed in: float32, or bfloat16 where the backend has it. */
  precision: z.enum(["full", "mixed"]).default("full"),
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
  mitigate: mitigate.optional(),
});
