import { below } from "../../../pipeline/core/random.ts";
import type { Random } from "../../../pipeline/core/types.ts";
import { percentileInterval } from "../../statistics/bootstrap.ts";
import { holm } from "../../statistics/multiplicity.ts";
import type { TextAnswer, TextItem } from "../text-scorer.ts";

/** One number of a test of a language model; `p_holm` is corrected over all tests of the result. */
export interface ProbeNumber {
  readonly metric: string;
  /** What it is about, `{type: "gender"}`; empty when it is about the whole set. */
  readonly of: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  readonly p: number | null;
  readonly p_holm: number | null;
  readonly why?: string;
}

export interface ProbeResult {
  readonly test: string;
  /** Of our own sets; that of published sets is their file. */
  readonly version?: number;
  readonly items: number;
  readonly numbers: readonly ProbeNumber[];
  /** How the numbers were made where that is a matter of choice. */
  readonly method: string;
  /** What the test cannot tell, to be printed beside the numbers. */
  readonly caveats: readonly string[];
}

export interface ProbeOptions {
  readonly random: Random;
  readonly confidence: number;
  readonly resamples: number;
}

/** A test set, and what follows from a model's answers to its items, in their order. */
export interface Probe {
  readonly test: string;
  readonly items: readonly TextItem[];
  evaluate(answers: readonly TextAnswer[], options: ProbeOptions): ProbeResult;
}

/** A number without its correction. */
export type RawNumber = Omit<ProbeNumber, "p_holm" | "interval" | "p"> & {
  readonly interval?: readonly [number, number] | undefined;
  readonly p?: number | undefined;
};

/** Corrects the p-values of a result together (Holm 1979). */
export function corrected(numbers: readonly RawNumber[]): readonly ProbeNumber[] {
  const adjusted = [...holm(numbers.flatMap(({ p }) => (p === undefined ? [] : [p])))];
  return numbers.map((number) => ({
    ...number,
    ...(number.value === null || number.interval || number.why !== undefined
      ? {}
      : { why: "no interval: too little to draw again" }),
    interval: number.interval ?? null,
    p: number.p ?? null,
    p_holm: number.p === undefined ? null : (adjusted.shift() ?? null),
  }));
}

/**
 * The interval of a gap between groups, with an end that can reach 0: percentiles of a largest minus
 * smallest never do, and it is off by no more than the range of the errors, `noise`.
 */
export function reachingZero(
  interval: readonly [number, number] | undefined,
  gap: number,
  noise: readonly [number, number] | undefined,
): readonly [number, number] | undefined {
  if (!interval || !noise) return interval;
  return [Math.min(interval[0], Math.max(0, gap - noise[1])), interval[1]];
}

/** Percentile intervals of statistics of a list whose members are drawn again, such as clusters. */
export function clusterIntervals<T, K extends string>(
  clusters: readonly T[],
  statistics: (drawn: readonly T[]) => Readonly<Record<K, number>>,
  { random, confidence, resamples }: ProbeOptions,
): Readonly<Record<K, readonly [number, number] | undefined>> {
  const seen = statistics(clusters);
  const names = Object.keys(seen) as K[];
  const samples = names.map(() => new Float64Array(clusters.length < 2 ? 0 : resamples));
  for (let r = 0; r < (samples[0]?.length ?? 0); r++) {
    const drawn = statistics(clusters.map(() => clusters[below(random, clusters.length)]!));
    names.forEach((name, i) => (samples[i]![r] = drawn[name]));
  }
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      percentileInterval(samples[i]!, confidence, seen[name]).interval ?? undefined,
    ]),
  ) as Record<K, readonly [number, number] | undefined>;
}

/** Groups a list by a name, in the order of first use. */
export function groupedBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const list = groups.get(name);
    if (list) list.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** Mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
