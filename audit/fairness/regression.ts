import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import type { Partial } from "../../pipeline/core/partial.ts";
import type { Estimate, Group } from "../../pipeline/core/types.ts";
import { groupKey, groupOf, marginOf } from "../statistics/group-key.ts";

/** Some rows of numeric predictions; `label` and `predicted` are finite. */
export interface RegressionInput {
  readonly rows: number;
  readonly groups: Readonly<Record<string, readonly (string | null)[]>>;
  readonly label: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

/** Sums of one group: of e = ŷ − y, e², |e|, and of e⁴, that intervals of the mean of e² need. */
interface ErrorSums {
  rows: number;
  error: number;
  squared: number;
  absolute: number;
  fourth: number;
}
export interface RegressionState {
  readonly by: readonly string[];
  readonly cells: Record<string, ErrorSums>;
}

/** Sums errors by the attributes `by`. Sums of fractions round in the last digits as they merge. */
export function regressionPartial(
  by: readonly string[],
): Partial<RegressionState, RegressionInput> {
  const none = (): ErrorSums => ({ rows: 0, error: 0, squared: 0, absolute: 0, fourth: 0 });
  return {
    empty: () => ({ by: [...by], cells: {} }),
    observe(state, { rows, groups, label, predicted }) {
      for (let i = 0; i < rows; i++) {
        const key = groupKey(by.map((name) => groups[name]?.[i] ?? null));
        const sums = (state.cells[key] ??= none());
        const error = predicted[i]! - label[i]!;
        sums.rows++;
        sums.error += error;
        sums.squared += error * error;
        sums.absolute += Math.abs(error);
        sums.fourth += error ** 4;
      }
      return state;
    },
    merge(state, other) {
      for (const [key, sums] of Object.entries(other.cells))
        addTo((state.cells[key] ??= none()), sums);
      return state;
    },
  };
}

/** Errors of one group, each with a normal interval where there are two rows at least. */
export interface GroupErrors {
  readonly group: Group;
  /** Mean of ŷ − y: above 0 the group is overestimated. */
  readonly meanError: Estimate;
  readonly meanAbsoluteError: Estimate;
  /** The loss that bounded group loss (Agarwal, Dudík and Wu 2019) holds below a bound. */
  readonly meanSquaredError: Estimate;
}
export interface RegressionAudit {
  readonly groups: readonly GroupErrors[];
  /** Largest minus smallest mean error; null with fewer than two groups. */
  readonly meanErrorDifference: number | null;
  /** The largest mean squared error of any group; null without groups. */
  readonly worstGroupLoss: number | null;
}

/** Errors by group and their gaps. */
export function auditRegression(
  state: RegressionState,
  by: readonly string[],
  confidence = 0.95,
): RegressionAudit {
  const groups = marginOf(state.cells, state.by, by).groups.map(
    ({ values, cells }): GroupErrors => {
      const sums = { ...cells[0]! };
      for (const other of cells.slice(1)) addTo(sums, other);
      const { rows, error, squared, absolute, fourth } = sums;
      return {
        group: groupOf(by, values),
        meanError: meanOf(error, squared, rows, confidence),
        meanAbsoluteError: meanOf(absolute, squared, rows, confidence),
        meanSquaredError: meanOf(squared, fourth, rows, confidence),
      };
    },
  );
  const errors = groups.map(({ meanError }) => meanError.value!);
  const losses = groups.map(({ meanSquaredError }) => meanSquaredError.value!);
  return {
    groups,
    meanErrorDifference: groups.length < 2 ? null : Math.max(...errors) - Math.min(...errors),
    worstGroupLoss: groups.length === 0 ? null : Math.max(...losses),
  };
}

function meanOf(sum: number, squares: number, n: number, confidence: number): Estimate {
  const value = sum / n;
  if (n < 2) return { value, n };
  const variance = Math.max(0, (squares - n * value * value) / (n - 1));
  const half = normalQuantile(0.5 + confidence / 2, 0, 1) * Math.sqrt(variance / n);
  return { value, n, interval: [value - half, value + half] };
}

function addTo(sums: ErrorSums, other: ErrorSums): void {
  sums.rows += other.rows;
  sums.error += other.error;
  sums.squared += other.squared;
  sums.absolute += other.absolute;
  sums.fourth += other.fourth;
}
