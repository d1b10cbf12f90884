import type { Partial } from "../../pipeline/core/partial.ts";
import type { Batch, Cell, Digest, Measured } from "../../pipeline/core/types.ts";
import { columnOf } from "../statistics/columns.ts";
import { cellName, groupKey, groupValues } from "../statistics/group-key.ts";
import { holm } from "../statistics/multiplicity.ts";
import { independence } from "../statistics/tests.ts";
import { measured } from "./evidence.ts";

/** What to hold against what, and how. */
export interface AssociationColumns {
  readonly by: readonly string[];
  /** Columns that may stand in for a protected attribute. */
  readonly columns: readonly string[];
  /** Inner edges of bins for numeric columns: a value is in the bin after the edges at or below it. */
  readonly edges?: Readonly<Record<string, readonly number[]>>;
  /** Whether pairs of columns are counted too. */
  readonly pairs?: boolean;
  /** A table of more cells is given up and said to be: 10,000 unless said. */
  readonly limit?: number;
}

/** Counts of one table, under `groupKey` of the attribute's value and then the columns' values. */
export interface AssociationTable {
  readonly by: string;
  readonly columns: readonly string[];
  /** Null once the table had too many cells. */
  counts: Record<string, number> | null;
}
/** The state holds values of the data: it stays in memory and is no evidence. */
export interface AssociationState {
  rows: number;
  readonly tables: AssociationTable[];
}

/** Counts every column (and pair of columns) against every protected attribute. */
export function associationPartial(what: AssociationColumns): Partial<AssociationState, Batch> {
  const { by, columns, edges = {}, pairs = false, limit = 10_000 } = what;
  const sets = columns.flatMap((name, i) => [
    [name],
    ...(pairs ? columns.slice(i + 1).map((other) => [name, other]) : []),
  ]);
  const add = (table: AssociationTable, key: string, rows: number) => {
    if (!table.counts) return;
    table.counts[key] = (table.counts[key] ?? 0) + rows;
  };
  const trim = (table: AssociationTable) => {
    if (table.counts && Object.keys(table.counts).length > limit) table.counts = null;
  };
  return {
    empty: () => ({
      rows: 0,
      tables: by.flatMap((name) => sets.map((set) => ({ by: name, columns: set, counts: {} }))),
    }),
    observe(state, batch) {
      state.rows += batch.rows;
      const named = new Map(
        [...by, ...columns].map((name) => {
          const inner = edges[name];
          const read = inner ? (cell: Cell) => binOf(cell, inner) : cellName;
          return [name, columnOf(batch, name).map(read)];
        }),
      );
      for (const table of state.tables) {
        const lists = [table.by, ...table.columns].map((name) => named.get(name)!);
        for (let i = 0; i < batch.rows; i++) add(table, groupKey(lists.map((list) => list[i]!)), 1);
        trim(table);
      }
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      state.tables.forEach((table, t) => {
        const { counts } = other.tables[t]!;
        if (!counts) table.counts = null;
        for (const [key, rows] of Object.entries(counts ?? {})) add(table, key, rows);
        trim(table);
      });
      return state;
    },
  };
}

/** How well one column, or two together, tell a protected attribute. */
export interface Proxy {
  readonly by: string;
  readonly columns: readonly string[];
  readonly n: number;
  /** In [0, 1], corrected for chance (Bergsma 2013, doi:10.1016/j.jkss.2012.10.002). */
  readonly cramersV: number | null;
  /** In nats, and as the share of the attribute's own entropy. */
  readonly information: number | null;
  readonly informationShare: number | null;
  /** Of independence, by chi-square, corrected by Holm over all that were tested. */
  readonly p: number | null;
  readonly why?: string;
}

/**
 * Which columns tell a protected attribute, the most telling first. Rows without the attribute are
 * left out; a missing cell of the column is a value like any other, for missing may tell as well.
 */
export function proxies(state: AssociationState): readonly Proxy[] {
  const found = state.tables.map((table) => ({ table, result: associationOf(table) }));
  const tested = found.flatMap(({ result }) => ("p" in result ? [result.p] : []));
  const corrected = [...holm(tested)];
  return found
    .map(({ table: { by, columns }, result }): Proxy => {
      if (!("p" in result)) {
        const none = { cramersV: null, information: null, informationShare: null, p: null };
        return { by, columns, n: state.rows, ...none, why: result.why };
      }
      return { by, columns, ...result, p: corrected.shift()! };
    })
    .sort((a, b) => (b.cramersV ?? -1) - (a.cramersV ?? -1));
}

/** Evidence `proxy_cramers_v.COLUMN` (two columns joined by `+`) about each protected attribute. */
export function proxyEvidence(
  found: readonly Proxy[],
  subject: Digest,
  split?: string,
): readonly Measured[] {
  return found.map(({ by, columns, n, cramersV, why }) =>
    measured(
      { subject, by: [by], ...(split === undefined ? {} : { split }) },
      `proxy_cramers_v.${columns.join("+")}`,
      { value: cramersV, n, ...(why === undefined ? {} : { why }) },
    ),
  );
}

/** Counts of one column's values (bins), from any of its tables; null where it had too many. */
export function valueCounts(
  state: AssociationState,
  column: string,
): Readonly<Record<string, number>> | null {
  const table = state.tables.find(({ columns }) => columns.length === 1 && columns[0] === column);
  if (!table?.counts) return null;
  const sums: Record<string, number> = {};
  for (const [key, rows] of Object.entries(table.counts)) {
    const value = groupKey(groupValues(key).slice(1));
    sums[value] = (sums[value] ?? 0) + rows;
  }
  return sums;
}

function associationOf(
  table: AssociationTable,
):
  | (Omit<Proxy, "by" | "columns" | "p" | "why"> & { readonly p: number })
  | { readonly why: string } {
  if (!table.counts) return { why: "too many different values to count" };
  const rows = new Map<string, number>();
  const columns = new Map<string, number>();
  const cells: (readonly [number, number, number])[] = [];
  for (const [key, count] of Object.entries(table.counts)) {
    const [value, ...rest] = groupValues(key);
    if (value === null || value === undefined) continue;
    cells.push([indexIn(rows, value), indexIn(columns, groupKey(rest)), count]);
  }
  const matrix = Array.from({ length: rows.size }, () => new Array<number>(columns.size).fill(0));
  for (const [r, c, count] of cells) matrix[r]![c] = count;
  const test = independence(matrix);
  if (!test) return { why: "the attribute or the column has one value only" };
  const n = cells.reduce((sum, [, , count]) => sum + count, 0);
  const entropy = matrix.reduce((sum, row) => {
    const share = row.reduce((a, b) => a + b, 0) / n;
    return share === 0 ? sum : sum - share * Math.log(share);
  }, 0);
  const [r, k] = [rows.size, columns.size];
  const excess = Math.max(0, test.chiSquare / n - ((r - 1) * (k - 1)) / (n - 1));
  const least = Math.min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1;
  return {
    n,
    cramersV: least > 0 ? Math.min(1, Math.sqrt(excess / least)) : 0,
    information: test.g / (2 * n),
    informationShare: test.g / (2 * n) / entropy,
    p: test.p,
  };
}

function indexIn(indexes: Map<string, number>, name: string): number {
  const index = indexes.get(name) ?? indexes.size;
  indexes.set(name, index);
  return index;
}

function binOf(cell: Cell, edges: readonly number[]): string | null {
  if (cellName(cell) === null) return null;
  const value = Number(cell);
  return Number.isNaN(value) ? "no number" : `bin ${edges.filter((edge) => edge <= value).length}`;
}
