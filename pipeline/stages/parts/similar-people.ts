import { codeColumn } from "../../../audit/bias/coding.ts";
import { consistency } from "../../../audit/fairness/consistency.ts";
import { columnOf } from "../../../audit/statistics/columns.ts";
import type { Batch, Estimate } from "../../core/types.ts";

/** Neighbours are searched among all pairs: their number is the square of this. */
const MOST_ROWS = 1000;

/**
 * Consistency of decisions between people with similar features: numbers in deviations from their
 * mean, categories as 0 and 1. `decided` names the column of decisions.
 */
export function similarPeople(
  rows: Batch,
  features: readonly string[],
  decided: string,
  confidence: number,
): Estimate {
  const n = Math.min(rows.rows, MOST_ROWS);
  const columns = features.flatMap((name) => numbersOf(columnOf(rows, name).slice(0, n), name));
  const matrix = new Float64Array(n * columns.length);
  columns.forEach((column, c) => {
    for (let i = 0; i < n; i++) matrix[i * columns.length + c] = column[i]!;
  });
  const decisions = columnOf(rows, decided).slice(0, n).map(Number);
  const { value, interval } = consistency(matrix, decisions, { confidence });
  if (Number.isNaN(value)) return { value: null, n, why: "no row is held out" };
  return interval ? { value, n, interval } : { value, n, why: "no interval: fewer than 100 rows" };
}

function numbersOf(cells: Batch["columns"][string], name: string): readonly Float64Array[] {
  const values = cells.map((cell) => (cell === null || cell === "" ? NaN : Number(cell)));
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length < 0.9 * values.length) {
    // A category counts for one step whichever two values differ: √½ on either of two columns.
    const { codes, names } = codeColumn(name, cells);
    return names.map((_, code) =>
      Float64Array.from(codes, (own) => (own === code ? Math.SQRT1_2 : 0)),
    );
  }
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  const deviation = Math.sqrt(variance) || 1;
  return [
    Float64Array.from(values, (value) => (Number.isFinite(value) ? (value - mean) / deviation : 0)),
  ];
}
