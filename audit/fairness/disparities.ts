import { PipelineError } from "../../pipeline/core/error.ts";
import type { Group } from "../../pipeline/core/types.ts";
import { groupText } from "../statistics/group-key.ts";
import { katz } from "../statistics/intervals.ts";
import type { Confusion } from "./rates.ts";
import type { GroupResult } from "./report.ts";

/** Aequitas's rates of a group: its own, and two shares of a total over all groups. */
export const disparityRates = [
  "ppr",
  "pprev",
  "tpr",
  "tnr",
  "fpr",
  "fnr",
  "fdr",
  "for",
  "precision",
  "npv",
] as const;
export type DisparityRate = (typeof disparityRates)[number];

/** The reference group: with most rows, with the least rate (for each rate anew), or by name. */
export type DisparityReference = "majority" | "minimum" | Group;

export interface Disparity {
  readonly rate: DisparityRate;
  readonly group: Group;
  readonly reference: Group;
  readonly value: number | null;
  /** Rate of the group over that of the reference. */
  readonly disparity: number | null;
  /** Katz's interval of the disparity; null for `ppr`, for the reference, and where a count is 0. */
  readonly interval: readonly [number, number] | null;
  /** Whether the disparity is within [τ, 1/τ]. */
  readonly parity: boolean | null;
  readonly why?: string;
}

/**
 * Disparities of the groups of one set of attributes as Aequitas defines them (Saleiro et al. 2018,
 * arXiv:1811.05577), with its band τ (0.8). `ppr` is the group's share of all favourable predictions
 * and so follows the size of the group; `pprev`, its selection rate, does not. `why` says where the
 * reference has a rate of 0 or none.
 */
export function disparities(
  groups: readonly GroupResult[],
  options: {
    readonly reference: DisparityReference;
    readonly tau?: number;
    readonly confidence?: number;
  },
): readonly Disparity[] {
  const { tau = 0.8, reference, confidence = 0.95 } = options;
  const predicted = groups.reduce((sum, { counts }) => sum + counts.tp + counts.fp, 0);
  return disparityRates.flatMap((rate) => {
    const parts = groups.map(({ counts }) => fractionOf(rate, counts, predicted));
    const values = parts.map(([part, whole]) => (whole > 0 ? part / whole : NaN));
    const base = referenceIndex(groups, values, reference);
    const against = groups[base]!.group;
    return groups.map(({ group }, g): Disparity => {
      const value = Number.isNaN(values[g]!) ? null : values[g]!;
      const disparity = base === g && value !== null ? 1 : values[g]! / values[base]!;
      const about = { rate, group, reference: against, value };
      if (Number.isFinite(disparity)) {
        const parity = disparity >= tau && disparity <= 1 / tau;
        const interval =
          rate === "ppr" || base === g ? null : katz(...parts[g]!, ...parts[base]!, confidence);
        if (interval !== null) return { ...about, disparity, interval, parity };
        const why =
          base === g
            ? "the group is the reference"
            : rate === "ppr"
              ? "no interval: it follows the sizes of the groups"
              : "no interval: a rate is 0";
        return { ...about, disparity, interval, parity, why };
      }
      const why =
        value === null ? "the group has no such rate" : "the reference has rate 0 or none";
      return { ...about, disparity: null, interval: null, parity: null, why };
    });
  });
}

function referenceIndex(
  groups: readonly GroupResult[],
  values: readonly number[],
  reference: DisparityReference,
): number {
  if (typeof reference !== "string") {
    const named = groups.findIndex(({ group }) => groupText(group) === groupText(reference));
    if (named >= 0) return named;
    throw new PipelineError("usage", "cannot compare with a reference group that has no rows");
  }
  const size = (g: number) => {
    if (reference === "majority") return groups[g]!.n;
    return Number.isNaN(values[g]!) ? -Infinity : -values[g]!;
  };
  return groups.reduce((best, _, g) => (size(g) > size(best) ? g : best), 0);
}

/** What a rate counts, and among how many. */
function fractionOf(
  rate: DisparityRate,
  c: Confusion,
  predicted: number,
): readonly [number, number] {
  const { tp, fp, fn, tn } = c;
  const fractions: Readonly<Record<DisparityRate, readonly [number, number]>> = {
    ppr: [tp + fp, predicted],
    pprev: [tp + fp, tp + fp + fn + tn],
    tpr: [tp, tp + fn],
    tnr: [tn, tn + fp],
    fpr: [fp, tn + fp],
    fnr: [fn, tp + fn],
    fdr: [fp, tp + fp],
    for: [fn, fn + tn],
    precision: [tp, tp + fp],
    npv: [tn, fn + tn],
  };
  return fractions[rate];
}
