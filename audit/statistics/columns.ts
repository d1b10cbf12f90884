import { PipelineError } from "../../pipeline/core/error.ts";
import type { Batch, Cell } from "../../pipeline/core/types.ts";
import { cellName, groupKey } from "./group-key.ts";

/** The cells of a column, or the error that names it and the columns there are. */
export function columnOf(batch: Batch, name: string): readonly Cell[] {
  const cells = Object.hasOwn(batch.columns, name) ? batch.columns[name] : undefined;
  if (cells) return cells;
  throw new PipelineError("source", `cannot audit: there is no column ${name}`, {
    hint: `the columns are ${Object.keys(batch.columns).join(", ")}`,
  });
}

/** For each row the key of its group by some columns, as `groupKey` writes it. */
export function groupKeysOf(batch: Batch, by: readonly string[]): readonly string[] {
  const columns = by.map((name) => columnOf(batch, name));
  return Array.from({ length: batch.rows }, (_, i) =>
    groupKey(columns.map((cells) => cellName(cells[i]))),
  );
}
