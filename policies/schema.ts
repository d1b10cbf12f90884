import { z } from "zod";
import { audit, type rule } from "./schema/audit.ts";
import { type column, dataset } from "./schema/dataset.ts";
import { deidentify, seal } from "./schema/deidentify.ts";
import { release } from "./schema/release.ts";
import { train } from "./schema/train.ts";
import { name } from "./schema/words.ts";

const report = z.strictObject({
  formats: z
    .array(z.enum(["html", "json", "model-card", "openlineage"]))
    .default(["html", "json", "model-card"]),
  language: z.enum(["en"]).default("en"),
  frameworks: z.array(z.enum(["gdpr", "eu-ai-act", "nyc-ll144", "nist-ai-rmf"])).default([]),
});

/**
 * The policy language. Every key is here, every object is strict, every default is filled in by
 * parsing: what comes out is the whole instruction for a run, and its digest names it.
 */
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
  release: release.optional(),
  report: report.prefault({}),
});

export type Policy = z.output<typeof policySchema>;
export type Rule = z.output<typeof rule>;
export type ColumnPolicy = z.output<typeof column>;

/** JSON Schema (draft 7) of what a person writes, for editors. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policySchema, { target: "draft-7", io: "input" });
}
