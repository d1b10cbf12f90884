import { PipelineError } from "../../core/error.ts";
import type { Batch, Cell } from "../../core/types.ts";
import type { Source } from "../../data/source.ts";
import { averageOf, microaggregate } from "../../deid/anonymity/microaggregation.ts";
import { columnOf } from "../../deid/anonymity/evaluate.ts";
import { TupleCounter } from "../../deid/anonymity/tuples.ts";
import { numberOf, textOf } from "../../deid/operators/operator.ts";
import { parseOperatorSpec } from "../../deid/operators/index.ts";
import type { ColumnPlan, DeidentifyParams } from "./deidentify-params.ts";

/** Columns that are microaggregated as one, and the means by `pointKey` of their values. */
export interface AverageSet {
  readonly columns: readonly string[];
  readonly means: ReadonlyMap<string, readonly number[]>;
  readonly k: number;
  readonly groups: number;
  readonly rows: number;
  /** Spread within groups over spread in all, in [0, 1]. */
  readonly loss: number;
}

/** The sets of columns that a policy microaggregates, with their k. Throws `policy` where they disagree. */
export function averagedSets(
  columns: readonly ColumnPlan[],
): readonly { readonly columns: readonly string[]; readonly k: number }[] {
  const sets = new Map<string, { readonly columns: string[]; readonly k: number }>();
  for (const { name, action, operator } of columns) {
    if (action !== "replace") continue;
    const path = `deidentify.columns.${name}`;
    const spec = parseOperatorSpec(operator ?? "redact", path);
    if (spec.name !== "microaggregate") continue;
    const together = textOf(spec.params, "together", "");
    const id = JSON.stringify(together === "" ? { name } : { together });
    const k = numberOf(spec.params, "k", 0);
    const set = sets.get(id) ?? { columns: [], k };
    if (set.k !== k) {
      throw new PipelineError("policy", `${path}: k is ${k}, for others of ${together} ${set.k}`);
    }
    set.columns.push(name);
    sets.set(id, set);
  }
  return [...sets.values()];
}

/**
 * The means of every set, from one pass over the rows: equal rows are counted together, so memory grows
 * with the distinct values alone. A row with a gap in a set is in no group of it. Throws `source`, with
 * the rows concerned and never a value, where a cell is no number, and `policy` for fewer than k rows.
 */
export async function averagesOf(
  batches: AsyncIterable<Batch>,
  columns: readonly ColumnPlan[],
): Promise<readonly AverageSet[]> {
  const sets = averagedSets(columns);
  const counters = sets.map((set) => new TupleCounter(set.columns));
  for await (const batch of batches) for (const counter of counters) counter.add(batch);
  return sets.map(({ columns: names, k }, s) => {
    const tuples = counters[s]!.tuples();
    const points = new Map<string, number>();
    const numbers: number[][] = names.map(() => []);
    const weights: number[] = [];
    const wrong = new Map<string, number>();
    const cells = names.map((name) => columnOf(tuples, name));
    for (let i = 0; i < tuples.size; i++) {
      const texts = cells.map(({ values, codes }) => values[codes[i]!]!);
      if (texts.some((text) => text.trim() === "")) continue;
      const point = texts.map(Number);
      point.forEach((x, c) => {
        const name = names[c]!;
        if (!Number.isFinite(x)) wrong.set(name, (wrong.get(name) ?? 0) + tuples.count[i]!);
      });
      const key = point.join();
      const at = points.get(key) ?? points.size;
      points.set(key, at);
      point.forEach((x, c) => (numbers[c]![at] = x));
      weights[at] = (weights[at] ?? 0) + tuples.count[i]!;
    }
    if (wrong.size > 0) {
      const where = Array.from(wrong, ([name, rows]) => `${name} has no number in ${rows} rows`);
      throw new PipelineError("source", where.join("; "), {
        hint: "microaggregation takes numeric columns; empty cells may stand in them",
      });
    }
    const columnsOf = numbers.map((column) => Float64Array.from(column));
    const found = microaggregate(columnsOf, k, weights);
    const means = new Map(
      Array.from(points, ([key, at]) => [key, names.map((_, c) => averageOf(found, c, at))]),
    );
    const rows = weights.reduce((a, b) => a + b, 0);
    return { columns: names, means, k, groups: found.groups, rows, loss: found.loss };
  });
}

/** The means of what a policy microaggregates, from a pass of their own where it does so. */
export async function averagesFor(
  open: () => Promise<Source>,
  { columns }: Pick<DeidentifyParams, "columns">,
  signal: AbortSignal,
): Promise<readonly AverageSet[]> {
  if (averagedSets(columns).length === 0) return [];
  const source = await open();
  return averagesOf(source.read({ signal, onBadRow: () => Promise.resolve() }), columns);
}

/** The mean that stands for a cell of a column in a row; undefined where the row is in no group. */
export function averageIn(
  sets: readonly AverageSet[],
  column: string,
): (batch: Batch, row: number) => string | undefined {
  const set = sets.find(({ columns }) => columns.includes(column));
  if (set === undefined) return () => undefined;
  const place = set.columns.indexOf(column);
  return ({ columns }, row) => {
    const key = set.columns.map((name) => numberIn(columns[name]?.[row])).join();
    const mean = set.means.get(key)?.[place];
    return mean === undefined ? undefined : String(mean);
  };
}

function numberIn(cell: Cell | undefined): number {
  const text = cell === null || cell === undefined ? "" : String(cell).trim();
  return text === "" ? NaN : Number(text);
}
