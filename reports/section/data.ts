import type { Measured } from "../../pipeline/core/types.ts";
import type { BarFigure, Block, Section, Table } from "../blocks.ts";
import type { Context } from "../context.ts";
import { ofKind } from "../evidence.ts";
import { formatBytes, formatCount, formatEstimate, formatShare } from "../text/format.ts";
import { measurementBlocks } from "./measurements.ts";

/** What was read, and what its columns hold. */
export function sourceSection(context: Context): Section {
  const { placed, words } = context;
  const sources = ofKind(placed.source, "ingested").map((item): Block => ({
    kind: "facts",
    facts: [
      { term: words.facts.source, value: item.source },
      { term: words.facts.format, value: item.format },
      { term: words.facts.encoding, value: item.encoding },
      { term: words.facts.size, value: formatBytes(item.bytes) },
      { term: words.facts.rows, value: formatCount(item.rows) },
      { term: words.facts.quarantined, value: formatCount(item.quarantined) },
      { term: words.facts.digest, value: item.subject, code: true },
    ],
  }));
  return {
    id: "source",
    title: words.titles.source,
    lead: words.leads.source,
    blocks: orNone(context, [
      ...sources,
      ...profileTable(context),
      ...measurementBlocks(context, placed.source),
    ]),
  };
}

/** What the operators replaced, what they missed of what was planted, and the anonymity reached. */
export function deidentificationSection(context: Context): Section {
  const { placed, words } = context;
  const items = placed.deidentification;
  const planted = ofKind(items, "measured").filter(isPlanted);
  const rest = items.filter(
    (item) => !(item.kind === "measured" && isPlanted(item)) && !isClassSize(item),
  );
  return {
    id: "deidentification",
    title: words.titles.deidentification,
    lead: words.leads.deidentification,
    blocks: orNone(context, [
      ...operatorTable(context),
      ...plantedTable(context, planted),
      ...classSizes(context),
      ...measurementBlocks(context, rest),
    ]),
  };
}

/** How the dataset is encrypted at rest. */
export function sealingSection(context: Context): Section {
  const { placed, words } = context;
  const blocks = ofKind(placed.sealing, "sealed").flatMap((item): Block[] => [
    {
      kind: "facts",
      facts: [
        { term: words.facts.digest, value: item.subject, code: true },
        { term: words.facts.key, value: item.key, code: true },
        { term: words.facts.recipients, value: item.recipients.join(words.list) },
        { term: words.facts.shards, value: formatCount(item.shards.length) },
      ],
    },
    {
      kind: "table",
      title: words.titles.shards,
      columns: [
        { name: words.columns.file },
        { name: words.columns.rows, align: "right" },
        { name: words.columns.bytes, align: "right" },
        { name: words.columns.digest },
      ],
      rows: item.shards.map(({ file, rows, bytes, digest }) => [
        { text: file, code: true },
        { text: formatCount(rows) },
        { text: formatBytes(bytes) },
        { text: digest, code: true },
      ]),
    },
  ]);
  return {
    id: "sealing",
    title: words.titles.sealing,
    lead: words.leads.sealing,
    blocks: orNone(context, [...blocks, ...measurementBlocks(context, placed.sealing)]),
  };
}

/** The blocks, or one sentence that there is nothing to show. */
export function orNone({ words }: Context, blocks: readonly Block[]): readonly Block[] {
  return blocks.length > 0 ? blocks : [{ kind: "text", text: words.leads.noEvidence }];
}

function profileTable({ placed, words }: Context): readonly Table[] {
  const profiled = ofKind(placed.source, "profiled");
  if (profiled.length === 0) return [];
  return [
    {
      kind: "table",
      title: words.titles.columns,
      columns: [
        { name: words.columns.column },
        { name: words.columns.role },
        { name: words.columns.type },
        { name: words.columns.missing, align: "right" },
        { name: words.columns.distinct, align: "right" },
        { name: words.columns.personal },
      ],
      rows: profiled.map(({ column, role, type, rows, missing, distinct, entities }) => [
        { text: column },
        { text: role },
        { text: type },
        { text: rows === 0 ? "–" : formatShare(missing / rows) },
        { text: formatCount(distinct) },
        {
          text: Object.entries(entities)
            .sort(([, a], [, b]) => b - a)
            .map(([entity, share]) => `${entity} ${formatShare(share)}`)
            .join(words.list),
        },
      ]),
    },
  ];
}

function operatorTable({ placed, words }: Context): readonly Table[] {
  const transformed = ofKind(placed.deidentification, "transformed");
  if (transformed.length === 0) return [];
  return [
    {
      kind: "table",
      title: words.titles.operators,
      columns: [
        { name: words.columns.column },
        { name: words.columns.entity },
        { name: words.columns.operator },
        { name: words.columns.cells, align: "right" },
      ],
      rows: transformed.map(({ column, entity, operator, cells }) => [
        { text: column },
        { text: entity ?? "" },
        { text: operator },
        { text: formatCount(cells) },
      ]),
    },
  ];
}

function plantedTable({ words }: Context, planted: readonly Measured[]): readonly Table[] {
  if (planted.length === 0) return [];
  return [
    {
      kind: "table",
      title: words.titles.plantedRecall,
      caption: words.leads.plantedRecall,
      columns: [
        { name: words.columns.entity },
        { name: words.columns.n, align: "right" },
        { name: words.columns.recall, align: "right" },
      ],
      rows: planted.map(({ group, estimate }) => {
        const { value, detail } = formatEstimate(estimate, words.notEstimable);
        return [
          { text: group?.entity ?? words.allGroups },
          { text: formatCount(estimate.n) },
          { text: value, detail },
        ];
      }),
    },
  ];
}

/** Rows by the size of their equivalence class; the cells of a count are sizes, its group says when. */
function classSizes({ placed, words }: Context): readonly Block[] {
  const tables = ofKind(placed.deidentification, "counted").filter(isClassSize);
  if (tables.length === 0) return [];
  const sizes = [...new Set(tables.flatMap(({ counts }) => Object.keys(counts)))].sort(
    (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
  );
  const series = tables.map(
    ({ group }) => Object.values(group).join(" · ") || words.columns.classes,
  );
  const figure: BarFigure = {
    kind: "bars",
    title: words.titles.classSizes,
    caption: words.phrases.classSizes,
    series,
    rows: sizes.map((size) => ({
      label: size,
      values: tables.map(({ counts }) => counts[size] ?? 0),
    })),
  };
  const table: Table = {
    kind: "table",
    title: words.titles.classSizes,
    columns: [
      { name: words.columns.size },
      ...series.map((name) => ({ name, align: "right" as const })),
    ],
    rows: figure.rows.map(({ label, values }) => [
      { text: label },
      ...values.map((value) => ({ text: formatCount(value) })),
    ]),
  };
  return [figure, table];
}

function isPlanted({ metric }: Measured): boolean {
  return metric === "planted_recall";
}

function isClassSize(item: { readonly kind: string; readonly table?: string }): boolean {
  return item.kind === "counted" && item.table === "class-sizes";
}
