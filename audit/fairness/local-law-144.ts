import type { Group } from "../../pipeline/core/types.ts";
import { groupOf, marginOf } from "../statistics/group-key.ts";
import type { ConfusionState } from "./confusion.ts";
import { total } from "./discrimination.ts";
import { scoreGroups, type ScoreHistogram, type ScoreState } from "./scores.ts";

/** One line of a bias-audit table under New York City's Local Law 144 (6 RCNY § 5-301). */
export interface ImpactRow {
  readonly category: Group;
  readonly applicants: number;
  /** Selected, or scored above the median of all applicants in the audit. */
  readonly selected: number;
  readonly rate: number;
  /** Share of the applicants of the table. */
  readonly share: number;
  /** Under the share that the auditor may leave out of the ratios (§ 5-301(d)). */
  readonly excluded: boolean;
  /** Rate over the highest rate of the categories not excluded; null where excluded or all are 0. */
  readonly impact_ratio: number | null;
}
export interface ImpactTable {
  readonly by: readonly string[];
  /** "selection" or "scoring": which of the two rates the rule asks for. */
  readonly rate: "selection" | "scoring";
  readonly rows: readonly ImpactRow[];
  /** Applicants of the audit whose category is unknown: the rule wants their number stated. */
  readonly unknown: number;
  /** Why categories were left out; the rule asks for the auditor's reason. Absent if none was. */
  readonly justification?: string;
}

export interface ImpactOptions {
  /** Tables to make: `[["sex"], ["race"], ["sex", "race"]]` are the three that the rule asks for. */
  readonly by: readonly (readonly string[])[];
  /** Categories with a smaller share are excluded: 0.02 is the most that the rule allows, 0 keeps all. */
  readonly least_share?: number;
  /** The auditor's own reason; a plain one is given otherwise. */
  readonly justification?: string;
}

/** Tables of selection rates and impact ratios. Applicants count as rows, never as weights. */
export function selectionTables(
  state: ConfusionState,
  options: ImpactOptions,
): readonly ImpactTable[] {
  return options.by.map((by) => {
    const counted = marginOf(state.cells, state.by, by).groups.map(({ values, cells }) => {
      const sum = (indexes: readonly number[]) =>
        cells.reduce((n, { rows }) => n + indexes.reduce((m, i) => m + rows[i]!, 0), 0);
      return {
        category: groupOf(by, values),
        applicants: sum([0, 1, 2, 3]),
        selected: sum([1, 3]),
      };
    });
    return tableOf("selection", by, counted, state.rows, options);
  });
}

/**
 * Tables of scoring rates: the share of a category that scores above the median of all applicants
 * with a known category in that table. Scores must have been counted without weights.
 */
export function scoringTables(state: ScoreState, options: ImpactOptions): readonly ImpactTable[] {
  return options.by.map((by) => {
    const { groups, everyone } = scoreGroups(state, by);
    const median = medianOf(everyone);
    const counted = groups.map(({ values, n, histogram }) => ({
      category: groupOf(by, values),
      applicants: n,
      selected: rowsAbove(histogram, median),
    }));
    return tableOf("scoring", by, counted, state.rows, options);
  });
}

/**
 * The four-fifths rule of the Uniform Guidelines (29 CFR 1607.4(D)): the categories whose impact
 * ratio is below 4/5. It is a rule of thumb of enforcement: a ratio above it is no proof of fairness,
 * small numbers cross it by chance, and the guidelines themselves ask for tests beside it.
 */
export function belowFourFifths(table: ImpactTable): readonly ImpactRow[] {
  // 0.8 is not a binary fraction: a ratio of exactly four fifths must not fail by rounding.
  return table.rows.filter((row) => row.impact_ratio !== null && row.impact_ratio < 0.8 - 1e-12);
}

function tableOf(
  rate: ImpactTable["rate"],
  by: readonly string[],
  counted: readonly Pick<ImpactRow, "category" | "applicants" | "selected">[],
  audited: number,
  { least_share: leastShare = 0.02, justification }: ImpactOptions,
): ImpactTable {
  const known = counted.reduce((sum, { applicants }) => sum + applicants, 0);
  const rated = counted.map((row) => ({
    ...row,
    rate: row.selected / row.applicants,
    share: row.applicants / known,
    excluded: row.applicants / known < leastShare,
  }));
  const top = Math.max(0, ...rated.filter(({ excluded }) => !excluded).map((row) => row.rate));
  const rows = rated.map((row) => ({
    ...row,
    impact_ratio: row.excluded || top === 0 ? null : row.rate / top,
  }));
  const left = rows.filter(({ excluded }) => excluded).length;
  const percent = Math.round(leastShare * 1000) / 10;
  const reason = `${left} of ${rows.length} categories have under ${percent} % of the applicants: ratios of so few say little, and one of them as the highest rate would set all others`;
  return {
    by,
    rate,
    rows,
    unknown: audited - known,
    ...(left > 0 ? { justification: justification ?? reason } : {}),
  };
}

function medianOf(histogram: ScoreHistogram): number {
  const half = (total(histogram.favourable) + total(histogram.unfavourable)) / 2;
  let seen = 0;
  for (let i = 0; i < histogram.score.length; i++) {
    seen += histogram.favourable[i]! + histogram.unfavourable[i]!;
    // An even number of rows may have its middle between two scores.
    if (seen === half) return (histogram.score[i]! + (histogram.score[i + 1] ?? 0)) / 2;
    if (seen > half) return histogram.score[i]!;
  }
  return NaN;
}

function rowsAbove(histogram: ScoreHistogram, threshold: number): number {
  let rows = 0;
  for (const [i, score] of histogram.score.entries()) {
    if (score > threshold) rows += histogram.favourable[i]! + histogram.unfavourable[i]!;
  }
  return rows;
}
