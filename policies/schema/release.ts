import { z } from "zod";
import { name } from "./words.ts";

/** The values that a column may have, named beforehand: a cell that appears only with data would tell of it. */
const domain = z.union([
  z.array(z.union([z.string(), z.number(), z.boolean()]).transform(String)).min(1),
  z.strictObject({ from: z.number(), to: z.number(), width: z.number().positive() }),
]);

const countTable = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "expected lower-case letters, digits and hyphens"),
  /** By column: its values, or the range and width of its bins. */
  columns: z.record(name, domain),
  epsilon: z.number().min(1e-6),
  mechanism: z.enum(["laplace", "gaussian"]).default("laplace"),
  /** For the Gaussian mechanism. */
  delta: z.number().gt(0).lt(1).optional(),
  /** Rows of one person that count, at most. */
  contribution: z.number().int().min(1).default(1),
});

/** What is released beside the rows: counts with differentially private noise. */
export const release = z.strictObject({ counts: z.array(countTable).min(1) });
