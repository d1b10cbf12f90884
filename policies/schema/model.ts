import { z } from "zod";

const vocabulary = z.number().int().min(270).max(65_536);

const overlong = z.enum(["stop", "cut"]).default("stop");

export const model = z.discriminatedUnion("kind", [
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
