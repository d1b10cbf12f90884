import { PipelineError } from "../core/error.ts";
import type { Partial } from "../core/partial.ts";
import type { Batch, Cell, ColumnType } from "../core/types.ts";

/** Beyond this many distinct values a column is free text or an identifier, not a category. */
const MAX_DISTINCT = 50_000;
const MAX_CATEGORIES = 256;
/** A value seen in fewer rows is "other": it says more about a person than about the label. */
const MIN_COUNT = 10;
/** Above this skewness (an exponential has 2) a number is taken on a logarithmic scale. */
const SKEWED = 2;

export interface FeatureColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Count, mean and sum of squared and cubed deviations; merged by Pébay (2008). */
interface Moments {
  n: number;
  mean: number;
  m2: number;
  m3: number;
}
interface ColumnState {
  missing: number;
  raw: Moments;
  log: Moments;
  /** Rows per value; empty once there were more than `MAX_DISTINCT`. */
  counts: Map<string, number>;
  crowded: boolean;
}
/** What the first pass over the training rows finds out, in the order of the columns. */
export type FeatureState = ColumnState[];

/** How a number becomes an input: (f(x) − mean) / deviation, a missing one 0. */
export interface NumberTransform {
  readonly scale: "linear" | "signed-log";
  readonly mean: number;
  readonly deviation: number;
  /** Whether a second input says that the cell was missing or no number. */
  readonly indicator: boolean;
}
/** One input per value, in order, then one for "other", then one for "missing". */
export interface CategoryTransform {
  readonly values: readonly string[];
}
export interface ColumnTransform {
  readonly name: string;
  readonly number: NumberTransform | null;
  readonly category: CategoryTransform | null;
}
/**
 * From cells to inputs; part of the model and plain JSON. Its category values come from the data,
 * so it is kept where the weights are kept: sealed.
 */
export interface Transforms {
  readonly columns: readonly ColumnTransform[];
}

/** Rows encoded compactly: `numbers` and `codes` hold `numberCount` and `codeCount` a row. */
export interface EncodedRows {
  readonly rows: number;
  readonly numbers: Float32Array;
  /** Index of the input that is 1, per categorical column. */
  readonly codes: Uint16Array;
}

/** The first pass over the training rows, mergeable over shards. */
export function featurePartial(columns: readonly FeatureColumn[]): Partial<FeatureState, Batch> {
  return {
    empty: () =>
      columns.map(() => ({
        missing: 0,
        raw: noMoments(),
        log: noMoments(),
        counts: new Map(),
        crowded: false,
      })),
    observe(state, batch) {
      for (const [i, { name, type }] of columns.entries()) {
        const column = state[i]!;
        for (const cell of cellsOf(batch, name)) {
          if (isMissing(cell)) column.missing++;
          else {
            const value = numberOf(cell, type);
            if (value !== undefined) {
              add(column.raw, value);
              add(column.log, signedLog(value));
            } else count(column, String(cell), 1);
          }
        }
      }
      return state;
    },
    merge(state, other) {
      for (const [i, into] of state.entries()) {
        const from = other[i]!;
        into.missing += from.missing;
        combine(into.raw, from.raw);
        combine(into.log, from.log);
        into.crowded ||= from.crowded;
        if (into.crowded) into.counts.clear();
        for (const [value, n] of from.counts) count(into, value, n);
      }
      return state;
    },
  };
}

/** The transforms that fit the rows observed. A column that is always missing gives no input. */
export function fitTransforms(columns: readonly FeatureColumn[], state: FeatureState): Transforms {
  return {
    columns: columns.map(({ name }, i) => {
      const { raw, log, missing, counts, crowded } = state[i]!;
      const others = counts.size > 0;
      return {
        name,
        number: raw.n === 0 ? null : fitNumber(raw, log, missing > 0 || others),
        category: others || crowded ? { values: frequent(counts) } : null,
      };
    }),
  };
}

/** How many inputs a row becomes. */
export function inputWidth({ columns }: Transforms): number {
  return layoutOf(columns).width;
}

/** Numbers and codes of each row, 2 to 4 bytes a cell where the inputs take 4 bytes a category. */
export function encodeRows({ columns }: Transforms, batch: Batch): EncodedRows {
  const { numberCount, codeCount } = layoutOf(columns);
  const numbers = new Float32Array(batch.rows * numberCount);
  const codes = new Uint16Array(batch.rows * codeCount);
  let numberAt = 0;
  let codeAt = 0;
  let offset = 0;
  for (const { name, number, category } of columns) {
    const cells = cellsOf(batch, name);
    // Only a column of a number type has a number transform.
    const places = new Map(category?.values.map((value, i) => [value, i]));
    const base = offset;
    for (let row = 0; row < batch.rows; row++) {
      const cell = cells[row]!;
      const value = number && !isMissing(cell) ? numberIn(cell) : undefined;
      if (number) {
        const at = row * numberCount + numberAt;
        if (value !== undefined) numbers[at] = scaled(value, number);
        if (number.indicator && value === undefined) numbers[at + 1] = 1;
      }
      if (category) {
        const size = category.values.length;
        // A number of a column that also holds categories is "missing" as a category.
        const absent = isMissing(cell) || value !== undefined;
        codes[row * codeCount + codeAt] =
          base + (absent ? size + 1 : (places.get(String(cell)) ?? size));
      }
    }
    if (number) numberAt += number.indicator ? 2 : 1;
    if (category) {
      codeAt++;
      offset += category.values.length + 2;
    }
  }
  return { rows: batch.rows, numbers, codes };
}

/**
 * Writes the inputs of chosen rows: (indices.length × width), categories first, then numbers.
 */
export function writeInputs(
  { columns }: Transforms,
  encoded: EncodedRows,
  indices: ArrayLike<number>,
): Float32Array {
  const { width, numberCount, codeCount, oneHotWidth } = layoutOf(columns);
  const inputs = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!;
    const at = i * width;
    for (let j = 0; j < codeCount; j++) inputs[at + encoded.codes[row * codeCount + j]!] = 1;
    for (let j = 0; j < numberCount; j++) {
      inputs[at + oneHotWidth + j] = encoded.numbers[row * numberCount + j]!;
    }
  }
  return inputs;
}

function layoutOf(columns: readonly ColumnTransform[]): {
  width: number;
  numberCount: number;
  codeCount: number;
  oneHotWidth: number;
} {
  let numberCount = 0;
  let codeCount = 0;
  let oneHotWidth = 0;
  for (const { number, category } of columns) {
    if (number) numberCount += number.indicator ? 2 : 1;
    if (category) {
      codeCount++;
      oneHotWidth += category.values.length + 2;
    }
  }
  const width = numberCount + oneHotWidth;
  return { width, numberCount, codeCount, oneHotWidth };
}

function cellsOf(batch: Batch, name: string): readonly Cell[] {
  const cells = batch.columns[name];
  if (!cells) throw new PipelineError("training", `the data has no column ${name}`);
  return cells;
}

function isMissing(cell: Cell): cell is null {
  return cell === null || cell === "";
}

/** The finite number in a cell of a number column; a generalised cell such as "[20, 30)" is none. */
function numberOf(cell: Cell, type: ColumnType): number | undefined {
  return type === "integer" || type === "decimal" ? numberIn(cell) : undefined;
}

function numberIn(cell: Cell): number | undefined {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : undefined;
  if (typeof cell !== "string" || cell.trim() === "") return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

function count(column: ColumnState, value: string, n: number): void {
  if (column.crowded) return;
  column.counts.set(value, (column.counts.get(value) ?? 0) + n);
  if (column.counts.size > MAX_DISTINCT) {
    column.crowded = true;
    column.counts.clear();
  }
}

function frequent(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .filter(([, n]) => n >= MIN_COUNT)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, MAX_CATEGORIES)
    .map(([value]) => value)
    .sort((a, b) => (a < b ? -1 : 1));
}

function fitNumber(raw: Moments, log: Moments, indicator: boolean): NumberTransform {
  const variance = raw.m2 / raw.n;
  const skewness = variance > 0 ? raw.m3 / raw.n / variance ** 1.5 : 0;
  const scale = Math.abs(skewness) > SKEWED ? "signed-log" : "linear";
  const { n, mean, m2 } = scale === "linear" ? raw : log;
  // A constant column has no deviation; 1 leaves it at zero.
  return { scale, mean, deviation: Math.sqrt(m2 / n) || 1, indicator };
}

function scaled(value: number, { scale, mean, deviation }: NumberTransform): number {
  const x = ((scale === "linear" ? value : signedLog(value)) - mean) / deviation;
  // One absurd cell must not decide a gradient step.
  return Math.max(-10, Math.min(10, x));
}

function signedLog(value: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value));
}

function noMoments(): Moments {
  return { n: 0, mean: 0, m2: 0, m3: 0 };
}

function add(into: Moments, value: number): void {
  combine(into, { n: 1, mean: value, m2: 0, m3: 0 });
}

function combine(into: Moments, other: Moments): void {
  const n = into.n + other.n;
  if (other.n === 0) return;
  const delta = other.mean - into.mean;
  const cross = (delta * delta * into.n * other.n) / n;
  into.m3 +=
    other.m3 +
    (cross * delta * (into.n - other.n)) / n +
    (3 * delta * (into.n * other.m2 - other.n * into.m2)) / n;
  into.m2 += other.m2 + cross;
  into.mean += (delta * other.n) / n;
  into.n = n;
}
