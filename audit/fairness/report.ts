import { PipelineError } from "../../pipeline/core/error.ts";
import type { Group, Random } from "../../pipeline/core/types.ts";
import { percentileInterval, resampleCells, resampledQuantile } from "../statistics/bootstrap.ts";
import { groupText, marginOf } from "../statistics/group-key.ts";
import { newcombe, wilson } from "../statistics/intervals.ts";
import { comparisons, type Comparison } from "./comparisons.ts";
import type { ConfusionCell, ConfusionState } from "./confusion.ts";
import { rateNames, rates, type Confusion, type RateName } from "./rates.ts";
import { keepSample, tableOf, type Table } from "./table.ts";

/** A number and its interval; null where it is not estimable, and `why` then says so. */
export interface Interval {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly why?: string;
}
export interface GroupResult {
  readonly group: Group;
  /** Rows of the group; `counts` are rows too, `weighted` is there when rows have weights. */
  readonly n: number;
  readonly counts: Confusion;
  readonly weighted?: Confusion;
  readonly rates: Readonly<Record<RateName, Interval>>;
}
export interface MetricResult extends Interval {
  readonly name: string;
  readonly by: readonly string[];
}
/** The form of `probity fairness --json`, documented in docs/json.md. */
export interface FairnessResult {
  readonly rows: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly groups: readonly GroupResult[];
  readonly metrics: readonly MetricResult[];
}

export interface FairnessOptions {
  /** Which attributes to compare by, alone and together: `[["sex"], ["race"], ["sex", "race"]]`. */
  readonly by: readonly (readonly string[])[];
  readonly random: Random;
  /** 0.95 unless said. */
  readonly confidence?: number;
  /** 2,000 unless said; 0 gives no intervals for comparisons. */
  readonly resamples?: number;
  /** Groups of fewer rows have counts but no rates; 1 unless said. */
  readonly minGroup?: number;
  /**
   * What a comparison does with a group whose rate is not estimable (no row with the favourable
   * label, or fewer than `minGroup` rows). "refuse", the default: it is undefined, for the group
   * left out may be the one that is worst off. "exclude": it is taken over the other groups and
   * `why` names the ones left out.
   */
  readonly undefinedGroups?: "refuse" | "exclude";
  /** Whether rows without a protected value are left out (and counted) or a group `(missing)`. */
  readonly missing?: "exclude" | "group";
}

/**
 * Rates of every group and comparisons between groups, from count cells alone. Intervals are
 * percentiles of the multinomial bootstrap of all cells together, the same samples for every
 * attribute. A group's rate that no resample can change (none or all of its rows), or that too many
 * resamples leave without a row to count, has Wilson's interval instead; a gap that none can change
 * has Newcombe's of the two groups, or none. Gaps are biased upwards by noise, and so are percentiles
 * of them, which never reach parity. Errors of the rates cannot move a gap by more than their own
 * range, so the end towards parity goes as far as the quantile of that range over the resamples says:
 * it covers a true gap of 0, and with many groups it is wider than it need be.
 */
export function auditFairness(state: ConfusionState, options: FairnessOptions): FairnessResult {
  const { confidence = 0.95, resamples = 2000 } = options;
  const keys = Object.keys(state.cells).sort();
  const cells = keys.map((key) => state.cells[key]!);
  const places = Object.fromEntries(keys.map((key, i) => [key, i]));
  const flat = (of: (cell: ConfusionCell) => readonly number[]) =>
    Float64Array.from(cells.flatMap(of));
  const rows = flat((cell) => cell.rows);
  const weights = state.weighted ? flat((cell) => cell.weights) : rows;
  const tables = options.by.map((by) => {
    const unknown = by.find((name) => !state.by.includes(name));
    if (unknown !== undefined || by.length === 0) {
      throw new PipelineError(
        "internal",
        `cannot audit by ${unknown ?? "no attribute"}: not counted`,
      );
    }
    const margin = marginOf(places, state.by, by, options.missing);
    return tableOf(margin, rows, weights, options, resamples);
  });
  resampleCells(
    state.weighted ? { rows, weights, squares: flat((cell) => cell.squares) } : { rows },
    resamples,
    options.random,
    (sample, r) => {
      for (const table of tables) keepSample(table, sample, r);
    },
  );
  return {
    rows: state.rows,
    excluded: { ...state.excluded },
    groups: tables.flatMap((table) => groupResults(table, state.weighted, confidence)),
    metrics: tables.flatMap((table) => metricResults(table, confidence, state.weighted)),
  };
}

function groupResults(table: Table, weighted: boolean, confidence: number): readonly GroupResult[] {
  return table.groups.map((group, g) => ({
    group: group.group,
    n: group.n,
    counts: group.counts,
    ...(weighted ? { weighted: group.weighted } : {}),
    rates: Object.fromEntries(
      rateNames.map((rate) => [rate, rateResult(table, g, rate, weighted, confidence)]),
    ) as Record<RateName, Interval>,
  }));
}

function rateResult(
  table: Table,
  g: number,
  rate: RateName,
  weighted: boolean,
  confidence: number,
): Interval {
  const group = table.groups[g]!;
  const value = group.rates[rate];
  const missing = group.missing[rate];
  if (missing !== undefined) return { value: null, interval: null, why: missing };
  const sampled = table.rateSamples[rate][g]!;
  const found = percentileInterval(sampled, confidence, value);
  if (found.interval && !found.constant) return { value, interval: found.interval };
  if (!weighted && rates[rate].share) {
    const among = rates[rate].among(group.counts);
    return { value, interval: wilson(rates[rate].of(group.counts), among, confidence) };
  }
  return found.interval
    ? {
        value,
        interval: null,
        why: `no resample differs${weighted ? ", and rows have weights" : ""}`,
      }
    : { value, interval: null, why: found.why };
}

function metricResults(
  table: Table,
  confidence: number,
  weighted: boolean,
): readonly MetricResult[] {
  return comparisons.map((comparison, c) => {
    const about = { name: comparison.name, by: table.by };
    const value = table.values[c]!;
    const why = whyUndefined(table, comparison, value);
    if (why !== undefined) return { ...about, value: null, interval: null, why };
    const left = leftOut(table, comparison);
    const found = intervalOf(table, c, confidence, weighted);
    const notes = [
      ...(left.length > 0 ? [`over the other groups: ${left.join("; ")}`] : []),
      ...(found.interval ? [] : [`no interval: ${found.why}`]),
    ];
    const interval = found.interval;
    return { ...about, value, interval, ...(notes.length > 0 ? { why: notes.join("; ") } : {}) };
  });
}

type Found =
  | { readonly interval: readonly [number, number] }
  | { readonly interval: null; readonly why: string };

function intervalOf(table: Table, c: number, confidence: number, weighted: boolean): Found {
  const [comparison, value] = [comparisons[c]!, table.values[c]!];
  const found = percentileInterval(table.samples[c]!, confidence, value);
  if (!found.interval) return found;
  const noise = table.noise[c];
  if (found.constant) {
    const exact = weighted ? undefined : extremesInterval(table, comparison, confidence);
    return exact ? { interval: exact } : { interval: null, why: "no resample differs" };
  }
  if (!noise) return found;
  const nearest = comparison.nearest!(table.summaries, resampledQuantile(noise, confidence));
  return {
    interval: [Math.min(found.interval[0], nearest), Math.max(found.interval[1], nearest)],
  };
}

/**
 * Newcombe's interval between the groups with most and least of a share, for the difference of it, and
 * Wilson's of the one or the other.
 */
function extremesInterval(
  table: Table,
  { name, uses }: Comparison,
  confidence: number,
): readonly [number, number] | undefined {
  const [rate, other] = uses;
  if (rate === undefined || other !== undefined || !rates[rate].share) return undefined;
  const groups = table.compared[rate].map((g) => table.groups[g]!);
  const most = groups.reduce((a, b) => (b.rates[rate] > a.rates[rate] ? b : a));
  const least = groups.reduce((a, b) => (b.rates[rate] < a.rates[rate] ? b : a));
  const second = most === least ? (groups.find((group) => group !== most) ?? most) : least;
  const counted = ({ counts }: (typeof groups)[number]) =>
    [rates[rate].of(counts), rates[rate].among(counts)] as const;
  if (name.endsWith("_group_max")) return wilson(...counted(most), confidence);
  if (name.endsWith("_group_min")) return wilson(...counted(least), confidence);
  if (!name.endsWith("_difference")) return undefined;
  const [low, high] = newcombe(...counted(most), ...counted(second), confidence);
  return [Math.max(0, low), high];
}

function whyUndefined(table: Table, comparison: Comparison, value: number): string | undefined {
  if (table.groups.length < comparison.groups) return "fewer than two groups";
  const left = leftOut(table, comparison);
  if (!table.exclude && left.length > 0) return left.join("; ");
  if (comparison.uses.some((rate) => table.compared[rate].length < comparison.groups)) {
    return ["fewer than two groups where it is estimable", ...left].join("; ");
  }
  if (!Number.isNaN(value)) return undefined;
  const names = comparison.uses.map((rate) => rates[rate].long.replaceAll("_", " "));
  return `a ratio of zeros: no group has a ${names.join(" or a ")} above 0`;
}

/** The groups whose rates a comparison lacks, each with the reason. */
function leftOut(table: Table, comparison: Comparison): readonly string[] {
  return table.groups.flatMap((group) =>
    comparison.uses.flatMap((rate) => {
      const why = group.missing[rate];
      const name = rates[rate].long.replaceAll("_", " ");
      return why === undefined ? [] : [`${name} of ${groupText(group.group)}: ${why}`];
    }),
  );
}
