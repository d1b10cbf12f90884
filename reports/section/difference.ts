import type { Json } from "../../pipeline/core/canonical-json.ts";
import type { Finding } from "../../pipeline/core/types.ts";
import type { Block, Cell, PairFigure, Table } from "../blocks.ts";
import type { MetricChange, RecordDiff } from "../difference.ts";
import { groupLabel } from "../groups.ts";
import { formatEstimate, formatExact, formatNumber, shortDigest } from "../text/format.ts";
import { metricKey, metricName, type Words } from "../words.ts";

/** The tables of a comparison, without those that would be empty; `groups` adds the numbers of each group,
 * the intervals and what did not change. */
export function differenceBlocks(
  diff: RecordDiff,
  words: Words,
  groups: boolean,
): readonly Block[] {
  const compared = diff.metrics.filter(({ group }) => group === undefined);
  const ofGroups = diff.metrics.filter(({ group, delta }) => group !== undefined && delta !== 0);
  const changed = groups ? compared : compared.filter(differs);
  return [
    ...findingTable(diff, words),
    ...pairFigure(diff, compared, words),
    ...metricTable(words.titles.measurements, changed, words, groups),
    ...(groups ? metricTable(words.titles.groupChanges, ofGroups, words, true) : []),
    ...policyTable(diff, words),
    ...artifactTable(diff, words),
  ];
}

// A number that neither run could estimate is no change.
function differs({ before, after, delta }: MetricChange): boolean {
  const estimated = (one: MetricChange["before"]): boolean => (one?.value ?? null) !== null;
  return delta === undefined
    ? estimated(before) || estimated(after) || (before === undefined) !== (after === undefined)
    : delta !== 0;
}

function findingTable({ findings }: RecordDiff, words: Words): readonly Table[] {
  const cell = (finding: Finding | undefined): Cell =>
    finding === undefined
      ? { text: "–", tone: "muted" }
      : { text: words.verdicts[finding.verdict], tone: finding.verdict };
  return table(
    words.titles.findings,
    [words.facts.rule, words.columns.before, words.columns.after, words.columns.description],
    findings.map(({ rule, before, after }) => [
      { text: rule, code: true },
      cell(before),
      cell(after),
      { text: (after ?? before)?.message ?? "" },
    ]),
  );
}

function metricTable(
  title: string,
  changes: readonly MetricChange[],
  words: Words,
  intervals: boolean,
): readonly Table[] {
  const { columns } = words;
  const anyBy = changes.some(({ by }) => by.length > 0);
  const anyGroup = changes.some(({ group }) => group !== undefined);
  const rows = changes.map(({ by, group, before, after, delta, ...item }): Cell[] => [
    { text: metricName(words, metricKey(item)) },
    ...(anyBy ? [{ text: by.join(" × ") }] : []),
    ...(anyGroup
      ? [{ text: group === undefined ? "" : groupLabel(group, by, words.phrases.unknownGroup) }]
      : []),
    estimateCell(before, words, intervals),
    estimateCell(after, words, intervals),
    { text: delta === undefined ? "–" : signed(delta) },
  ]);
  const made = table(
    title,
    [
      columns.metric,
      ...(anyBy ? [columns.by] : []),
      ...(anyGroup ? [columns.group] : []),
      columns.before,
      columns.after,
      columns.change,
    ],
    rows,
  );
  return made.map((one) => ({
    ...one,
    columns: one.columns.map((column, i) =>
      i >= one.columns.length - 3 ? { ...column, align: "right" } : column,
    ),
  }));
}

function pairFigure(
  diff: RecordDiff,
  changes: readonly MetricChange[],
  words: Words,
): readonly PairFigure[] {
  // Rates, differences and ratios share a scale; counts and sizes would flatten it.
  const rows = changes.flatMap(({ by, before, after, ...item }) => {
    const [from, to] = [before?.value ?? null, after?.value ?? null];
    if (from === null || to === null || from === to || Math.abs(from) > 1.5 || Math.abs(to) > 1.5)
      return [];
    const name = metricName(words, metricKey(item));
    return [
      { label: by.length === 0 ? name : `${name} · ${by.join(" × ")}`, before: from, after: to },
    ];
  });
  if (rows.length === 0) return [];
  return [
    {
      kind: "pairs",
      title: words.titles.beforeAfter,
      caption: words.phrases.pairs,
      beforeLabel: diff.before.name,
      afterLabel: diff.after.name,
      rows,
    },
  ];
}

function policyTable({ policy }: RecordDiff, words: Words): readonly Table[] {
  return table(
    words.titles.policy,
    [words.columns.setting, words.columns.before, words.columns.after],
    policy.map(({ path, before, after }) => [
      { text: path, code: true },
      jsonCell(before),
      jsonCell(after),
    ]),
  );
}

function artifactTable({ artifacts }: RecordDiff, words: Words): readonly Table[] {
  const cell = (digest: string | undefined): Cell =>
    digest === undefined ? { text: "–", tone: "muted" } : { text: shortDigest(digest), code: true };
  return table(
    words.titles.artifacts,
    [words.columns.artifact, words.columns.before, words.columns.after],
    artifacts.map(({ artifact, before, after }) => [
      { text: words.artifacts[artifact] },
      cell(before),
      cell(after),
    ]),
  );
}

function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly Table[] {
  return rows.length === 0
    ? []
    : [{ kind: "table", title, columns: columns.map((name) => ({ name })), rows }];
}

function estimateCell(estimate: MetricChange["before"], words: Words, intervals: boolean): Cell {
  if (estimate === undefined) return { text: "–", tone: "muted" };
  const { value, detail } = formatEstimate(estimate, words.notEstimable);
  return intervals ? { text: value, detail } : { text: value };
}

function jsonCell(value: Json | undefined): Cell {
  if (value === undefined) return { text: "–", tone: "muted" };
  if (typeof value === "number") return { text: formatExact(value) };
  return { text: typeof value === "string" ? value : JSON.stringify(value) };
}

function signed(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}
