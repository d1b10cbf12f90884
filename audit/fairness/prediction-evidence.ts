import type { Digest, Evidence, Group, Tabled } from "../../pipeline/core/types.ts";
import { groupText } from "../statistics/group-key.ts";
import { fairnessEvidence, privilegedEvidence, scoreEvidence } from "./evidence.ts";
import { katz } from "../statistics/intervals.ts";
import { belowFourFifths, type ImpactTable } from "./local-law-144.ts";
import type { PredictionAudit } from "./prediction-audit.ts";

type Row = Tabled["rows"][number];

/**
 * An audit as evidence: counts, rates and comparisons, the numbers of the scores, and as tables the
 * tests with what they could have found, the disparities, AIF360's metrics and the curves.
 */
export function predictionEvidence(
  audit: PredictionAudit,
  subject: Digest,
  split?: string,
): readonly Evidence[] {
  const table = (
    name: string,
    by: readonly string[],
    columns: readonly string[],
    rows: readonly Row[],
    notes: readonly string[] = [],
  ): readonly Tabled[] =>
    rows.length === 0
      ? []
      : [
          {
            kind: "tabled",
            subject,
            table: name,
            by,
            ...(split === undefined ? {} : { split }),
            columns,
            rows,
            ...(notes.length === 0 ? {} : { notes }),
          },
        ];
  const sets = [...new Set(audit.groups.map(({ group }) => JSON.stringify(Object.keys(group))))];
  return [
    ...fairnessEvidence(audit, subject, split),
    ...privilegedEvidence(audit, subject, split),
    ...(audit.scores === undefined ? [] : scoreEvidence(audit.scores, subject, split)),
    ...sets.flatMap((key) => {
      const by = JSON.parse(key) as string[];
      const same = (attributes: readonly string[]): boolean => JSON.stringify(attributes) === key;
      return [
        ...table("comparison-tests", by, testColumns, testRows(audit, same), testNotes),
        ...table("disparities", by, disparityColumns, disparityRows(audit, same), [
          "the disparity of `ppr`, the share of all selected, follows the size of the group",
        ]),
        ...table(
          "privileged-metrics",
          by,
          ["metric", "value", "low", "high"],
          [
            ...audit.privileged
              .filter((metric) => same(metric.by))
              .map(({ name, value, interval }): Row => [name, value, ...ends(interval)]),
          ],
          [
            `everyone else against ${audit.privileged.find((m) => same(m.by))?.privileged.join(", ") ?? ""}`,
          ],
        ),
        ...curveTables(audit, by, same, table),
      ];
    }),
  ];
}

const testColumns = [
  "rate",
  "group",
  "reference",
  "difference",
  "low",
  "high",
  "p",
  "p_holm",
  "smallest_gap_found",
  "conclusion",
];
const testNotes = [
  "Fisher's exact test against the reference; the last rows test all groups together by chi-square",
  "p is corrected by Holm over all tests of the audit; rows count once whatever they weigh",
  "the smallest gap found is what a group of this size would have shown four times in five",
];
const disparityColumns = [
  "rate",
  "group",
  "reference",
  "value",
  "disparity",
  "low",
  "high",
  "parity",
];

function testRows(audit: PredictionAudit, same: (by: readonly string[]) => boolean): Row[] {
  const power = new Map(
    audit.power.map((found) => [
      JSON.stringify([found.rate, found.group]),
      found.minimum_detectable_gap,
    ]),
  );
  return [
    ...audit.tests
      .filter(({ by }) => same(by))
      .map((test): Row => [
        test.rate,
        groupText(test.group),
        groupText(test.reference),
        test.difference,
        ...test.interval,
        test.p,
        test.p_holm,
        power.get(JSON.stringify([test.rate, test.group])) ?? null,
        test.conclusion,
      ]),
    ...audit.gaps
      .filter(({ by }) => same(by))
      .map((gap): Row => [
        gap.rate,
        "all groups",
        gap.method,
        gap.gap,
        null,
        null,
        gap.p,
        gap.p_holm,
        null,
        gap.p_holm <= 0.05 ? "different" : "no difference found",
      ]),
  ];
}

function disparityRows(audit: PredictionAudit, same: (by: readonly string[]) => boolean): Row[] {
  return audit.disparities
    .filter(({ by }) => same(by))
    .map(({ rate, group, reference, value, disparity, interval, parity }): Row => [
      rate,
      groupText(group),
      groupText(reference),
      value,
      disparity,
      ...ends(interval),
      parity === null ? "not estimable" : parity ? "parity" : "disparity",
    ]);
}

function curveTables(
  audit: PredictionAudit,
  by: readonly string[],
  same: (by: readonly string[]) => boolean,
  table: (
    name: string,
    by: readonly string[],
    columns: readonly string[],
    rows: readonly Row[],
    notes?: readonly string[],
  ) => readonly Tabled[],
): readonly Tabled[] {
  const { scores } = audit;
  // Curves of intersections are many and of few rows each; their numbers are in the groups' table.
  if (scores === undefined || by.length > 1) return [];
  const groups = scores.groups
    .filter(({ group }) => same(Object.keys(group)))
    .sort((a, b) => b.n - a.n);
  const nameOf = (group: Group): string => Object.values(group).join(" × ");
  return [
    ...table(
      "reliability",
      by,
      ["group", "from", "to", "n", "score", "rate"],
      groups.flatMap(({ group, reliability }) =>
        reliability.map(({ from, to, n, score, rate }): Row => {
          return [nameOf(group), from, to, n, score, rate];
        }),
      ),
    ),
    ...table(
      "roc",
      by,
      ["group", "threshold", "fpr", "tpr"],
      groups.flatMap(({ group, roc }) =>
        roc.map(({ threshold, fpr, tpr }): Row => [nameOf(group), threshold, fpr, tpr]),
      ),
    ),
    ...table(
      "threshold-sweep",
      by,
      ["threshold", "accuracy", "demographic_parity_difference", "equalized_odds_difference"],
      scores.sweep
        .filter((gap) => same(gap.by))
        .map((gap): Row => [
          gap.threshold,
          gap.accuracy,
          gap.demographic_parity_difference,
          gap.equalized_odds_difference,
        ]),
    ),
  ];
}

/** The tables of Local Law 144 as evidence, with `impact_ratio` (or `scoring_impact_ratio`) of each. */
export function impactEvidence(
  tables: readonly ImpactTable[],
  subject: Digest,
  split?: string,
): readonly Evidence[] {
  const about = { subject, ...(split === undefined ? {} : { split }) };
  return tables.flatMap((law): Evidence[] => {
    const ratios = law.rows.flatMap((row) => row.impact_ratio ?? []);
    const n = law.rows.reduce((sum, row) => sum + row.applicants, 0);
    const few = belowFourFifths(law).length;
    return [
      {
        kind: "tabled",
        ...about,
        table: `local-law-144-${law.rate}`,
        by: law.by,
        columns: ["category", "applicants", "share", "selected", "rate", "impact_ratio"],
        rows: law.rows.map((row) => [
          Object.values(row.category).join(" × "),
          row.applicants,
          row.share,
          row.selected,
          row.rate,
          row.impact_ratio,
        ]),
        notes: [
          `applicants of unknown category: ${law.unknown}`,
          ...(law.justification === undefined ? [] : [law.justification]),
          few === 0
            ? "no category is below four fifths of the highest rate"
            : `${few} of ${ratios.length} categories are below four fifths of the highest rate`,
          "four fifths (29 CFR 1607.4(D)) is a rule of thumb: a ratio above it is no proof of fairness, small numbers cross it by chance, and the tests beside it must be read too",
        ],
      },
      {
        kind: "measured",
        ...about,
        metric: law.rate === "selection" ? "impact_ratio" : "scoring_impact_ratio",
        by: law.by,
        estimate:
          ratios.length < 2
            ? { value: null, n, why: "fewer than two categories have an impact ratio" }
            : { value: Math.min(...ratios), n, ...ratioInterval(law) },
      },
    ];
  });
}

/** Katz's interval of the smallest ratio, of the two categories as if named before looking. */
function ratioInterval({ rows }: ImpactTable): { readonly interval?: readonly [number, number] } {
  const kept = rows.filter(({ excluded }) => !excluded);
  const [top, low] = [
    kept.reduce((a, b) => (b.rate > a.rate ? b : a)),
    kept.reduce((a, b) => (b.rate < a.rate ? b : a)),
  ];
  const found = katz(low.selected, low.applicants, top.selected, top.applicants);
  return found === null ? {} : { interval: [found[0], Math.min(1, found[1])] };
}

function ends(interval: readonly [number, number] | null): readonly [number | null, number | null] {
  return interval ?? [null, null];
}
