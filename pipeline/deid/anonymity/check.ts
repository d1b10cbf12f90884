import { PipelineError } from "../../core/error.ts";
import { columnOf, distributionOf, Evaluator } from "./evaluate.ts";
import type { CodedHierarchy } from "./hierarchy.ts";
import { Grouper } from "./classes.ts";
import type { Distribution } from "./models/model.ts";
import { riskOfSizes, type Risk } from "./risk.ts";
import type { Tuples } from "./tuples.ts";

/** What a table already is, without transforming it. Field names are those of the JSON output. */
export interface TableCheck {
  readonly rows: number;
  readonly quasi: readonly string[];
  readonly classes: number;
  /** The size of the smallest class. */
  readonly k: number;
  /** The fewest sensitive values in a class, over all sensitive columns; null without one. */
  readonly l: number | null;
  /** The greatest equal distance of a class to the table; null without a sensitive column. */
  readonly t: number | null;
  readonly risk: Risk;
  readonly sample_uniqueness: number;
  readonly population_uniqueness: number | null;
  readonly ranking: readonly Ranked[];
  /** What a reader should know before using the numbers. */
  readonly notes: readonly string[];
}
/** How well columns identify: share of distinct combinations, share of pairs of rows told apart. */
export interface Ranked {
  readonly columns: readonly string[];
  readonly distinction: number;
  readonly separation: number;
}
export interface CheckSettings {
  readonly quasi: readonly string[];
  readonly sensitive?: readonly string[];
  /** People that the table was drawn from. */
  readonly population?: number;
  readonly threshold?: number;
}

/** Pairs of columns are ranked up to this many distinct tuples; single columns always. */
const PAIR_LIMIT = 1_000_000;

/** Measures a table as it is. Throws `source` for an empty table or an absent column. */
export function checkTable(tuples: Tuples, settings: CheckSettings): TableCheck {
  const names = [...settings.quasi, ...(settings.sensitive ?? [])];
  const distributions = new Map(names.map((name) => [name, distributionOf(tuples, name)]));
  return checkParts([tuples], distributions, settings);
}

/**
 * The same for a table in parts that hold each class whole. `distributions` are those of all rows, by
 * column. Pairs of columns are ranked where there is one part.
 */
export function checkParts(
  parts: Iterable<Tuples>,
  distributions: ReadonlyMap<string, Distribution>,
  settings: CheckSettings,
): TableCheck {
  const { quasi, sensitive = [], population, threshold } = settings;
  const bySize = new Map<number, number>();
  let [rows, classes, l, t] = [0, 0, Infinity, 0];
  let only: Tuples | undefined;
  for (const part of parts) {
    only = rows === 0 ? part : undefined;
    for (const size of classSizes(part, quasi)) {
      bySize.set(size, (bySize.get(size) ?? 0) + 1);
      rows += size;
      classes++;
    }
    for (const name of sensitive) {
      const evaluator = new Evaluator(part, asTheyAre(part, quasi), []);
      const levels = quasi.map(() => 0);
      const found = evaluator.sensitivity(name, levels, false, distributions.get(name));
      l = Math.min(l, found.l);
      t = Math.max(t, found.t);
    }
  }
  if (rows === 0) throw new PipelineError("source", "the table has no rows");
  const ranked = only === undefined ? singles(distributions, quasi, rows) : ranking(only, quasi);
  const sizes = { rows, classes, bySize };
  const { risk, sampleUniqueness, populationUniqueness } = riskOfSizes(
    sizes,
    population,
    threshold,
  );
  return {
    rows,
    quasi,
    classes,
    k: Math.min(...bySize.keys()),
    l: sensitive.length === 0 ? null : l,
    t: sensitive.length === 0 ? null : t,
    risk,
    sample_uniqueness: sampleUniqueness.value ?? 0,
    population_uniqueness: populationUniqueness.value,
    ranking: ranked,
    notes: [
      ...quasi.flatMap((name) => noteOn(name, distributions.get(name)!, rows)),
      ...sensitive.flatMap((name) => noteOnSensitive(name, distributions.get(name)!)),
      ...(populationUniqueness.value === null
        ? [`population uniqueness is not estimated: ${populationUniqueness.why ?? ""}`]
        : []),
    ],
  };
}

/** Rows of each class; tuples of the quasi-identifiers alone are classes as they are. */
function classSizes(tuples: Tuples, quasi: readonly string[]): Uint32Array {
  if (tuples.columns.length === quasi.length) return tuples.count;
  const codes = quasi.map((name) => columnOf(tuples, name).codes);
  const grouper = new Grouper(tuples, codes, asTheyAre(tuples, quasi));
  const { count, size } = grouper.group(quasi.map(() => 0));
  return count.slice(0, size);
}

/** Columns of one level each: nothing is generalised. */
export function asTheyAre(tuples: Tuples, quasi: readonly string[]): CodedHierarchy[] {
  return quasi.map((column) => {
    const { values } = columnOf(tuples, column);
    return {
      column,
      height: 1,
      codes: [Uint32Array.from(values, (_, i) => i)],
      labels: [values],
      shares: [new Float64Array(values.length).fill(1 / values.length)],
      domain: values.length,
    };
  });
}

/** Single columns and pairs, most identifying first (Motwani and Xu 2007). */
export function ranking(tuples: Tuples, quasi: readonly string[]): readonly Ranked[] {
  const pairs =
    tuples.size > PAIR_LIMIT ? [] : quasi.flatMap((a, i) => quasi.slice(i + 1).map((b) => [a, b]));
  const ranked = [...quasi.map((name) => [name]), ...pairs].map((columns): Ranked => {
    const counts =
      columns.length === 1
        ? distributionOf(tuples, columns[0]!).counts.filter((n) => n > 0)
        : pairCounts(tuples, columns);
    return { columns, ...separationOf(counts, tuples.rows) };
  });
  return ranked.sort((a, b) => b.separation - a.separation || b.distinction - a.distinction);
}

function pairCounts(tuples: Tuples, columns: readonly string[]): Float64Array {
  const evaluator = new Evaluator(tuples, asTheyAre(tuples, columns), []);
  const { classes } = evaluator.evaluate(columns.map(() => 0));
  return Float64Array.from(classes.count.subarray(0, classes.size));
}

function separationOf(
  counts: Float64Array,
  rows: number,
): { readonly distinction: number; readonly separation: number } {
  let together = 0;
  for (const n of counts) together += n * (n - 1);
  return {
    distinction: counts.length / rows,
    separation: rows < 2 ? 0 : 1 - together / (rows * (rows - 1)),
  };
}

/** What is to be said about a column that tells nobody apart, or everybody. */
export function noteOf(tuples: Tuples, name: string): string[] {
  return noteOn(name, distributionOf(tuples, name), tuples.rows);
}

function noteOn(name: string, { counts }: Distribution, rows: number): string[] {
  const distinct = counts.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  if (distinct === 1) return [`${name} has one value and identifies nobody`];
  if (distinct === rows) return [`${name} differs in every row: it is an identifier`];
  return [];
}

function noteOnSensitive(name: string, { counts }: Distribution): string[] {
  const distinct = counts.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  return distinct === 1 ? [`${name} has one value: every class gives it away, l is 1`] : [];
}

function singles(
  distributions: ReadonlyMap<string, Distribution>,
  quasi: readonly string[],
  rows: number,
): readonly Ranked[] {
  return quasi
    .map((name): Ranked => {
      const counts = distributions.get(name)!.counts.filter((n) => n > 0);
      return { columns: [name], ...separationOf(counts, rows) };
    })
    .sort((a, b) => b.separation - a.separation || b.distinction - a.distinction);
}
