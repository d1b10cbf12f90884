import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import type { Partial } from "../../pipeline/core/partial.ts";
import type { Estimate, Group, Random } from "../../pipeline/core/types.ts";
import { addMoments, addValue, noMoments, type Moments } from "../statistics/moments.ts";
import { groupKey, groupOf, marginOf } from "../statistics/group-key.ts";
import { gapOf, intervalFromNormals } from "../statistics/normal-gap.ts";
import type { MetricResult } from "./report.ts";

/** Some rows of numeric predictions; `label` and `predicted` are finite. */
export interface RegressionInput {
  readonly rows: number;
  readonly groups: Readonly<Record<string, readonly (string | null)[]>>;
  readonly label: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Finite and not negative; each row weighs 1 without it. */
  readonly weight?: ArrayLike<number>;
}

/** What is averaged: e = ŷ − y, |e|, e² and ŷ. */
const quantities = ["error", "absolute", "squared", "prediction"] as const;
type Quantity = (typeof quantities)[number];

/** Moments of one group: of each quantity by the weights and by their squares, and of the label. */
interface ErrorSums {
  rows: number;
  readonly plain: Readonly<Record<Quantity, Moments>>;
  readonly heavy: Readonly<Record<Quantity, Moments>>;
  readonly label: Moments;
}
export interface RegressionState {
  readonly by: readonly string[];
  rows: number;
  readonly cells: Record<string, ErrorSums>;
}

/** Sums errors by the attributes `by`. Sums of fractions round in the last digits as they merge. */
export function regressionPartial(
  by: readonly string[],
): Partial<RegressionState, RegressionInput> {
  return {
    empty: () => ({ by: [...by], rows: 0, cells: {} }),
    observe(state, { rows, groups, label, predicted, weight }) {
      state.rows += rows;
      for (let i = 0; i < rows; i++) {
        const key = groupKey(by.map((name) => groups[name]?.[i] ?? null));
        const sums = (state.cells[key] ??= noSums());
        const error = predicted[i]! - label[i]!;
        const w = weight ? weight[i]! : 1;
        const values = {
          error,
          absolute: Math.abs(error),
          squared: error * error,
          prediction: predicted[i]!,
        };
        sums.rows++;
        addValue(sums.label, label[i]!, w);
        for (const quantity of quantities) {
          addValue(sums.plain[quantity], values[quantity], w);
          addValue(sums.heavy[quantity], values[quantity], w * w);
        }
      }
      return state;
    },
    merge(state, other) {
      state.rows += other.rows;
      for (const [key, sums] of Object.entries(other.cells))
        addTo((state.cells[key] ??= noSums()), sums);
      return state;
    },
  };
}

/** Errors of one group, each with a normal interval where there are two rows at least. */
export interface GroupErrors {
  readonly group: Group;
  readonly n: number;
  /** Mean of ŷ − y: above 0 the group is overestimated. */
  readonly meanError: Estimate;
  readonly meanAbsoluteError: Estimate;
  /** The loss that bounded group loss (Agarwal, Dudík and Wu 2019) holds below a bound. */
  readonly meanSquaredError: Estimate;
  readonly meanPrediction: Estimate;
  /** 1 − Σ(ŷ − y)²/Σ(y − ȳ)² within the group, as scikit-learn's `r2_score`; without interval. */
  readonly rSquared: Estimate;
}
export interface RegressionAudit {
  readonly groups: readonly GroupErrors[];
  /**
   * `mean_error_difference` and so on, largest minus smallest of the groups; `worst_group_loss`, the
   * largest mean squared error of any group, `mean_absolute_error_group_max` and
   * `r2_score_group_min`.
   */
  readonly metrics: readonly MetricResult[];
}

/** Errors by group and their gaps. */
export function auditRegression(
  state: RegressionState,
  options: {
    readonly by: readonly string[];
    readonly random: Random;
    readonly confidence?: number;
    readonly resamples?: number;
  },
): RegressionAudit {
  const { by, random, confidence = 0.95, resamples = 2000 } = options;
  const groups = marginOf(state.cells, state.by, by).groups.map(
    ({ values, cells }): GroupErrors => {
      const sums = noSums();
      for (const cell of cells) addTo(sums, cell);
      const mean = (quantity: Quantity): Estimate => meanOf(sums, quantity, confidence);
      return {
        group: groupOf(by, values),
        n: sums.rows,
        meanError: mean("error"),
        meanAbsoluteError: mean("absolute"),
        meanSquaredError: mean("squared"),
        meanPrediction: mean("prediction"),
        rSquared: rSquaredOf(sums),
      };
    },
  );
  const metric = (
    name: string,
    least: number,
    estimates: readonly Estimate[],
    of: (values: readonly number[]) => number,
  ): MetricResult => {
    if (groups.length < least) {
      return { name, by, value: null, interval: null, why: `fewer than ${least} groups` };
    }
    const lacking = estimates.find(({ value }) => value === null);
    if (lacking !== undefined) {
      return { name, by, value: null, interval: null, why: lacking.why ?? "no row" };
    }
    const value = of(estimates.map((estimate) => estimate.value!));
    const draw = { random: random.fork(name), confidence, resamples };
    const interval = intervalFromNormals(estimates, of, draw);
    const lone = estimates.find((estimate) => estimate.interval === undefined);
    const why = lone?.why ?? "no interval: no resamples";
    return { name, by, value, interval, ...(interval === null ? { why } : {}) };
  };
  const each = (name: Exclude<keyof GroupErrors, "group" | "n">): readonly Estimate[] =>
    groups.map((found) => found[name]);
  return {
    groups,
    metrics: [
      metric("mean_error_difference", 2, each("meanError"), gapOf),
      metric("mean_absolute_error_difference", 2, each("meanAbsoluteError"), gapOf),
      metric("mean_squared_error_difference", 2, each("meanSquaredError"), gapOf),
      metric("mean_prediction_difference", 2, each("meanPrediction"), gapOf),
      metric("mean_absolute_error_group_max", 1, each("meanAbsoluteError"), largest),
      metric("worst_group_loss", 1, each("meanSquaredError"), largest),
      metric("r2_score_group_min", 1, each("rSquared"), (values) => Math.min(...values)),
    ],
  };
}

function largest(values: readonly number[]): number {
  return Math.max(...values);
}

/** The mean of a quantity; weights enter its standard error by their squares (Cochran 1977, §6.3). */
function meanOf(sums: ErrorSums, quantity: Quantity, confidence: number): Estimate {
  const n = sums.rows;
  const [plain, heavy] = [sums.plain[quantity], sums.heavy[quantity]];
  if (plain.weight === 0) return { value: null, n, why: "the rows weigh nothing" };
  const value = plain.mean;
  if (n < 2) return { value, n, why: "no interval: one row" };
  const spread = heavy.spread + heavy.weight * (heavy.mean - value) ** 2;
  const deviation = Math.sqrt((spread * n) / (n - 1)) / plain.weight;
  const half = normalQuantile(0.5 + confidence / 2, 0, 1) * deviation;
  return { value, n, interval: [value - half, value + half] };
}

function rSquaredOf({ rows: n, label, plain: { squared } }: ErrorSums): Estimate {
  if (!(label.spread > 0)) return { value: null, n, why: "the outcome does not vary" };
  const value = 1 - (squared.mean * squared.weight) / label.spread;
  return { value, n, why: "no interval: it takes more than sums of errors" };
}

function noSums(): ErrorSums {
  const none = (): Readonly<Record<Quantity, Moments>> => ({
    error: noMoments(),
    absolute: noMoments(),
    squared: noMoments(),
    prediction: noMoments(),
  });
  return { rows: 0, plain: none(), heavy: none(), label: noMoments() };
}

function addTo(sums: ErrorSums, other: ErrorSums): void {
  sums.rows += other.rows;
  addMoments(sums.label, other.label);
  for (const quantity of quantities) {
    addMoments(sums.plain[quantity], other.plain[quantity]);
    addMoments(sums.heavy[quantity], other.heavy[quantity]);
  }
}
