import type { Partial } from "../../pipeline/core/partial.ts";

/** Rows of numbers: the protected ones (as 0/1 columns or numbers), and the features to clean. */
export interface CorrelationInput {
  readonly rows: number;
  readonly protectedColumns: readonly ArrayLike<number>[];
  readonly features: readonly ArrayLike<number>[];
}

/** Sums that a linear regression of features on protected columns needs. */
export interface CorrelationState {
  rows: number;
  readonly protectedSums: number[];
  readonly featureSums: number[];
  /** Σ sᵢ·sⱼ and Σ sᵢ·xⱼ, row by row of i. */
  readonly within: number[];
  readonly across: number[];
}

/** Collects the sums for `width` protected columns and `features` features. Sums round as they merge. */
export function correlationPartial(
  width: number,
  features: number,
): Partial<CorrelationState, CorrelationInput> {
  const zeros = (length: number) => new Array<number>(length).fill(0);
  return {
    empty: () => ({
      rows: 0,
      protectedSums: zeros(width),
      featureSums: zeros(features),
      within: zeros(width * width),
      across: zeros(width * features),
    }),
    observe(state, { rows, protectedColumns, features: columns }) {
      state.rows += rows;
      protectedColumns.forEach((s, i) => {
        for (let r = 0; r < rows; r++) state.protectedSums[i]! += s[r]!;
        protectedColumns.forEach((t, j) => (state.within[i * width + j]! += dot(s, t, rows)));
        columns.forEach((x, j) => (state.across[i * features + j]! += dot(s, x, rows)));
      });
      columns.forEach((x, j) => {
        for (let r = 0; r < rows; r++) state.featureSums[j]! += x[r]!;
      });
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      for (const name of ["protectedSums", "featureSums", "within", "across"] as const) {
        other[name].forEach((value, i) => (state[name][i]! += value));
      }
      return state;
    },
  };
}

/** x′ⱼ = xⱼ − α·Σᵢ (sᵢ − meanᵢ)·slope[i][j]. Plain data, stored with the model. */
export interface CorrelationRemover {
  readonly means: readonly number[];
  readonly slopes: readonly (readonly number[])[];
  readonly alpha: number;
}

/**
 * Takes the linear correlation with the protected columns out of the features by least squares, as
 * Fairlearn's CorrelationRemover. `alpha` 1 takes all of it, 0 none. A protected column that others
 * determine has slope 0.
 */
export function correlationRemover(state: CorrelationState, alpha = 1): CorrelationRemover {
  const width = state.protectedSums.length;
  const features = state.featureSums.length;
  const means = state.protectedSums.map((sum) => sum / state.rows);
  const matrix = means.map((mean, i) => [
    ...means.map((_, j) => state.within[i * width + j]! - mean * state.protectedSums[j]!),
    ...state.featureSums.map((sum, j) => state.across[i * features + j]! - mean * sum),
  ]);
  return { means, slopes: solve(matrix, width), alpha };
}

/** The cleaned features of one row. */
export function removeCorrelation(
  { means, slopes, alpha }: CorrelationRemover,
  protectedValues: ArrayLike<number>,
  features: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(features, (x, j) =>
    slopes.reduce(
      (sum, slope, i) => sum - alpha * (protectedValues[i]! - means[i]!) * slope[j]!,
      x,
    ),
  );
}

/** Gauss-Jordan elimination of [A | B] with A of `width` columns, symmetric and not negative. */
function solve(matrix: number[][], width: number): readonly (readonly number[])[] {
  const scale = matrix.map((row, i) => row[i]!);
  const free = new Set<number>();
  for (let c = 0; c < width; c++) {
    const row = matrix[c]!;
    // What is left of a column that the earlier ones determine is rounding.
    if (!(row[c]! > 1e-10 * scale[c]!)) {
      free.add(c);
      continue;
    }
    const pivot = row[c]!;
    for (let k = 0; k < row.length; k++) row[k]! /= pivot;
    for (let r = 0; r < width; r++) {
      const factor = matrix[r]![c]!;
      if (r === c || factor === 0) continue;
      for (let k = 0; k < row.length; k++) matrix[r]![k]! -= factor * row[k]!;
    }
  }
  return matrix.map((row, i) => row.slice(width).map((slope) => (free.has(i) ? 0 : slope)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>, rows: number): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) sum += a[r]! * b[r]!;
  return sum;
}
