import type { Evidence, Measured, Verdict } from "../../pipeline/core/types.ts";
import type { Block, Cell, Column, DotPanel, LimitFigure, Table } from "../blocks.ts";
import { limitText, rulesOn, type Context } from "../context.ts";
import { groupingsOf, groupLabel, ungrouped, type Grouping } from "../groups.ts";
import { estimateText, formatCount, formatEstimate } from "../text/format.ts";
import { metricKey, metricName } from "../words.ts";
import { heatFigure } from "./heat.ts";
import { tabledBlocks } from "./tabled.ts";

/**
 * All that was measured and counted in one part of a run: numbers of all rows, then disparities held
 * against their limits, then for each set of attributes a table of rates and its picture.
 */
export function measurementBlocks(context: Context, items: readonly Evidence[]): readonly Block[] {
  const groupings = groupingsOf(items, context.words.phrases.unknownGroup);
  const overall = ungrouped(items);
  const compared = groupings.flatMap(({ comparisons }) => comparisons);
  return [
    ...limitFigures(context, [...compared, ...overall]),
    ...ruledFirst(context, context.words.titles.disparities, compared),
    ...ruledFirst(context, context.words.titles.overall, overall),
    ...groupings.flatMap((grouping) => groupingBlocks(context, grouping, overall)),
    ...tabledBlocks(context, items),
  ];
}

/** What a rule holds in one table, and what none does in another, closed one. */
function ruledFirst(context: Context, title: string, items: readonly Measured[]): readonly Table[] {
  const ruled = items.filter((item) => rulesOn(context, item).length > 0);
  const others = items.filter((item) => !ruled.includes(item));
  if (ruled.length === 0 || others.length === 0)
    return items.length > 0 ? [measuredTable(context, title, items)] : [];
  const name = `${title}${context.words.phrases.withoutRule}`;
  return [
    measuredTable(context, title, ruled),
    { ...measuredTable(context, name, others), folded: true },
  ];
}

/** Numbers in rows: metric, attributes, value with interval, n, limit and verdict where a rule holds one. */
export function measuredTable(context: Context, title: string, items: readonly Measured[]): Table {
  const { words } = context;
  const held = items.map((item) => rulesOn(context, item));
  const anyBy = items.some(({ by }) => (by ?? []).length > 0);
  const anySplit = items.some(({ split }) => split !== undefined);
  const anyRule = held.some((rules) => rules.length > 0);
  const columns: Column[] = [
    { name: words.columns.metric },
    ...(anyBy ? [{ name: words.columns.by }] : []),
    ...(anySplit ? [{ name: words.columns.split }] : []),
    right(words.columns.value),
    right(words.columns.n),
    ...(anyRule ? [right(words.columns.limit), { name: words.columns.verdict }] : []),
  ];
  const rows = items.map((item, i): Cell[] => {
    const rules = held[i] ?? [];
    const verdict = worst(rules.map(({ finding }) => finding.verdict));
    return [
      {
        text: metricName(words, item.metric),
        ...(item.column === undefined ? {} : { detail: item.column }),
      },
      ...(anyBy ? [{ text: (item.by ?? []).join(" × ") }] : []),
      ...(anySplit ? [{ text: item.split ?? "" }] : []),
      estimateCell(context, item),
      { text: formatCount(item.estimate.n) },
      ...(anyRule
        ? [
            {
              text: rules
                .flatMap(({ limit }) => (limit === undefined ? [] : [limitText(limit)]))
                .join(words.list),
            },
            verdict === undefined ? { text: "" } : { text: words.verdicts[verdict], tone: verdict },
          ]
        : []),
    ];
  });
  return { kind: "table", title, columns, rows };
}

/** Metrics in one table of groups: more do not fit a page. */
const WIDEST = 7;
/** What follows from a rate that is drawn, or is read beside others: these stand in the table alone. */
const undrawn: ReadonlySet<string> = new Set([
  "tnr",
  "fnr",
  "bpsn_auc",
  "bnsp_auc",
  "brier",
  "mean_score",
  "generalized_tpr",
  "generalized_fpr",
  "label_noise_withheld",
  "label_noise_granted",
]);

/** Intersections are many and have their heat map: of them the first rate is drawn alone. */
function isDrawn(metric: string, { by, metrics }: Grouping): boolean {
  if (undrawn.has(metric) || metric.startsWith("missing_rate\0")) return false;
  return by.length < 2 || metric === metrics[0];
}

function groupingBlocks(
  context: Context,
  grouping: Grouping,
  overall: readonly Measured[],
): readonly Block[] {
  const { words } = context;
  const name =
    words.phrases.by(grouping.by.join(" × ")) +
    (grouping.split === undefined ? "" : ` (${words.phrases.split(grouping.split)})`);
  const blocks: Block[] = [];
  if (grouping.groups.length > 0) {
    const heat = heatFigure(context, grouping);
    const panels = grouping.metrics
      .filter((metric) => isDrawn(metric, grouping))
      .flatMap((metric) => dotPanel(context, grouping, metric, overall));
    if (panels.length > 0) {
      blocks.push({
        kind: "dots",
        title: name,
        caption: words.phrases.dots,
        panels,
        notEstimable: words.notEstimable,
      });
    }
    if (heat !== undefined) blocks.push(heat);
    for (let at = 0; at < grouping.metrics.length; at += WIDEST) {
      const metrics = grouping.metrics.slice(at, at + WIDEST);
      // What follows from the first rates is read less often.
      const which = metrics.map((metric) => metricName(words, metric)).join(words.list);
      const title = at === 0 ? name : `${name}${words.colon}${which}`;
      blocks.push({ ...groupTable(context, { ...grouping, metrics }, title), folded: at > 0 });
    }
  }
  return [
    ...blocks,
    ...grouping.counts.map(({ table, rows }) => countTable(context, grouping, table, rows)),
  ];
}

function groupTable(context: Context, { by, groups, metrics }: Grouping, title: string): Table {
  const { words } = context;
  return {
    kind: "table",
    title,
    columns: [
      { name: by.join(" × ") },
      right(words.columns.n),
      ...metrics.map((metric) => right(metricName(words, metric))),
    ],
    rows: groups.map(({ label, n, estimates }) => [
      { text: label },
      { text: formatCount(n) },
      ...metrics.map((metric): Cell => {
        const estimate = estimates[metric];
        if (estimate === undefined) return { text: "" };
        const { value, detail } = formatEstimate(estimate, words.notEstimable);
        return { text: value, detail, ...(estimate.value === null ? { tone: "muted" } : {}) };
      }),
    ]),
  };
}

function countTable(
  { words }: Context,
  grouping: Grouping,
  table: string,
  items: Grouping["counts"][number]["rows"],
): Table {
  const names = [...new Set(items.flatMap(({ counts }) => Object.keys(counts)))];
  const order = new Map(grouping.groups.map(({ label }, i) => [label, i]));
  const rows = items
    .map((item) => ({ label: groupLabel(item.group, item.by, words.phrases.unknownGroup), item }))
    .sort((a, b) => (order.get(a.label) ?? Infinity) - (order.get(b.label) ?? Infinity) || 0);
  return {
    kind: "table",
    folded: true,
    title: `${words.titles.counts}${words.colon}${table}`,
    columns: [{ name: grouping.by.join(" × ") }, ...names.map((name) => right(name))],
    rows: rows.map(({ label, item }) => [
      { text: label },
      ...names.map((name) => {
        const count = item.counts[name];
        return { text: count === undefined ? "" : formatCount(count) };
      }),
    ]),
  };
}

function dotPanel(
  context: Context,
  { groups, split }: Grouping,
  metric: string,
  overall: readonly Measured[],
): readonly DotPanel[] {
  const { words } = context;
  const rows = groups.flatMap(({ label, estimates }) => {
    const estimate = estimates[metric];
    if (estimate === undefined) return [];
    const { value, interval } = estimate;
    const text = estimateText(estimate, words.notEstimable);
    return [{ label, text, value, ...(interval === undefined ? {} : { interval }) }];
  });
  if (rows.length === 0) return [];
  const all = overall.find((item) => item.metric === metric && item.split === split)?.estimate
    .value;
  return [
    {
      title: metricName(words, metric),
      lineLabel: words.phrases.overallLine,
      rows,
      ...(all === undefined || all === null ? {} : { line: all }),
    },
  ];
}

function limitFigures(context: Context, items: readonly Measured[]): readonly LimitFigure[] {
  const { words } = context;
  const rows = items.flatMap((item) =>
    rulesOn(context, item).flatMap(({ finding, limit }) => {
      if (limit === undefined) return [];
      const by = (item.by ?? []).join(" × ");
      const { value, interval } = item.estimate;
      return [
        {
          label: metricName(words, metricKey(item)) + (by === "" ? "" : ` · ${by}`),
          text: estimateText(item.estimate, words.notEstimable),
          value,
          ...(interval === undefined ? {} : { interval }),
          ...limit,
          limitText: limitText(limit),
          verdict: finding.verdict,
          verdictText: words.verdicts[finding.verdict],
        },
      ];
    }),
  );
  if (rows.length === 0) return [];
  return [{ kind: "limits", title: words.titles.limits, caption: words.phrases.limits, rows }];
}

function estimateCell({ words }: Context, { estimate }: Measured): Cell {
  const { value, detail } = formatEstimate(estimate, words.notEstimable);
  return { text: value, detail, ...(estimate.value === null ? { tone: "muted" } : {}) };
}

function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return (["block", "warn", "pass"] as const).find((verdict) => verdicts.includes(verdict));
}

function right(name: string): Column {
  return { name, align: "right" };
}
