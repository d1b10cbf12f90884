import { z } from "zod";

/** What several parts of the policy language are made of. */
export const share = z.number().min(0).max(1);
export const name = z.string().min(1);
export const operatorSpec = z.union([
  z.string().min(1),
  z.record(z.string(), z.json()).refine((spec) => Object.keys(spec).length === 1, {
    message: 'expected one operator, as a name or as "{ name: { … } }"',
  }),
]);
export const positive = z.number().positive();
