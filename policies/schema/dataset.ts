import { z } from "zod";
import { roles } from "../../pipeline/core/types.ts";
import { name } from "./words.ts";

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

export const column = z.strictObject({
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

export const dataset = z.strictObject({
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
