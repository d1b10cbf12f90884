import type { Digest, Evidence, Measured } from "../../core/types.ts";
import type { AverageSet } from "./averages.ts";
import type { ShardNotes } from "./transform.ts";

/** What means cost: the most of all sets of columns, and each set's own. */
export function averageEvidence(sets: readonly AverageSet[], subject: Digest): Evidence[] {
  const of = (value: number, n: number): Measured => ({
    kind: "measured",
    subject,
    metric: "microaggregation_loss",
    estimate: { value, n },
  });
  if (sets.length === 0) return [];
  const most = sets.reduce((a, b) => (b.loss > a.loss ? b : a));
  return [
    of(most.loss, most.rows),
    ...sets.map(({ columns, loss, rows }): Measured => {
      return { ...of(loss, rows), by: ["column"], group: { column: columns.join(" × ") } };
    }),
  ];
}

/** Cells that each operator replaced. */
export function cellEvidence(notes: ShardNotes, subject: Digest): Evidence[] {
  return Object.entries(notes.cells)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, cells]) => {
      const [operator, column, entity] = JSON.parse(key) as [string, string, string | null];
      return {
        kind: "transformed",
        subject,
        operator,
        column,
        cells,
        ...(entity === null ? {} : { entity }),
      };
    });
}
