import type { RunRecord, Verdict } from "../pipeline/core/types.ts";
import type { Cell, Table } from "./blocks.ts";
import { contextOf, limitText, type Context } from "./context.ts";
import { ofKind } from "./evidence.ts";
import { groupingsOf } from "./groups.ts";
import { limitOf } from "./policy.ts";
import {
  estimateText,
  formatCount,
  formatDuration,
  formatNumber,
  shortDigest,
} from "./text/format.ts";
import { clip, displayWidth, plain } from "./text/plain.ts";
import { tableLines } from "./text/table.ts";
import { metricName } from "./words.ts";

/** How a text is shown on a terminal `width` cells wide. */
interface Terminal {
  readonly color: boolean;
  readonly width: number;
}

const RATES = [
  "selection_rate",
  "true_positive_rate",
  "tpr",
  "false_positive_rate",
  "fpr",
  "accuracy",
];
const SIGNS: Readonly<Record<Verdict, string>> = { pass: "✓", warn: "!", block: "✕" };
const SEVERITY = { block: 0, warn: 1, pass: 2 } as const;
const CODES = { pass: 32, warn: 33, block: 31, muted: 2, strong: 1 } as const;

/** What the end of a run prints: stages, findings, rates by group, and the verdict last, where the eye is. */
export function renderSummary(record: RunRecord, terminal: Terminal): string {
  const context = contextOf(record);
  const { words } = context;
  const paint = painter(terminal.color);
  const table = (content: Pick<Table, "columns" | "rows">): readonly string[] =>
    tableLines(content, terminal.width, (text, cell) =>
      cell === undefined
        ? paint(text, "strong")
        : cell.tone === undefined
          ? text
          : paint(text, cell.tone),
    );
  const title = (text: string): string => paint(plain(text), "strong");
  const lines: string[] = [title(words.titles.stages), ...table(stages(context)), ""];
  for (const grouping of fairness(context))
    lines.push(title(grouping.title), ...table(grouping), "");
  if (record.findings.length > 0) {
    lines.push(title(words.titles.findings), ...findings(context, terminal, paint), "");
  }
  const total = record.findings.length;
  const count = record.findings.filter(({ verdict }) => verdict === record.verdict).length;
  const summary = total === 0 ? words.noRules : words.verdictOf[record.verdict](count, total);
  lines.push(
    `${paint(`${SIGNS[record.verdict]} ${words.headlines[record.verdict]}`, record.verdict)}  ${plain(record.name)}`,
    ...wrap(summary, terminal.width, "  "),
  );
  return `${lines.join("\n")}\n`;
}

/** Colours a text with a terminal's own palette, or leaves it as it is. */
export function painter(color: boolean): (text: string, tone: keyof typeof CODES) => string {
  return (text, tone) => (color && text !== "" ? `\u{1b}[${CODES[tone]}m${text}\u{1b}[0m` : text);
}

function stages({ record, words }: Context): Pick<Table, "columns" | "rows"> {
  const { columns } = words;
  return {
    columns: [
      { name: columns.stage },
      { name: columns.duration, align: "right" },
      { name: columns.description },
      { name: columns.outputs },
    ],
    rows: record.stages.map((stage): Cell[] => [
      { text: stage.stage },
      { text: formatDuration(stage.started, stage.ended) },
      { text: stageNote(words, stage.evidence) },
      { text: stage.outputs.map(shortDigest).join(" "), tone: "muted" },
    ]),
  };
}

function stageNote(
  { phrases, columns }: Context["words"],
  evidence: RunRecord["stages"][number]["evidence"],
): string {
  const sum = (values: readonly number[]): number =>
    values.reduce((total, value) => total + value, 0);
  const ingested = ofKind(evidence, "ingested");
  const transformed = ofKind(evidence, "transformed");
  const [sealed] = ofKind(evidence, "sealed");
  const [trained] = ofKind(evidence, "trained");
  const profiled = ofKind(evidence, "profiled");
  const measured = ofKind(evidence, "measured");
  if (ingested.length > 0) return phrases.rows(formatCount(sum(ingested.map(({ rows }) => rows))));
  if (transformed.length > 0)
    return phrases.cells(formatCount(sum(transformed.map(({ cells }) => cells))));
  if (sealed !== undefined) return phrases.shards(formatCount(sealed.shards.length));
  if (trained !== undefined) {
    const last = trained.history.at(-1);
    const loss =
      last === undefined
        ? ""
        : `, ${columns.epoch.toLowerCase()} ${last.epoch}: ${formatNumber(last.validation ?? last.train)} nats`;
    return `${trained.architecture}, ${trained.backend}${loss}`;
  }
  if (profiled.length > 0) return phrases.columns(formatCount(profiled.length));
  return measured.length > 0 ? phrases.measured(formatCount(measured.length)) : "";
}

function fairness(
  context: Context,
): readonly (Pick<Table, "columns" | "rows"> & { readonly title: string })[] {
  const { placed, words } = context;
  return groupingsOf(placed.model, words.phrases.unknownGroup)
    .filter(({ groups, by }) => groups.length > 0 && by.length === 1)
    .map(({ by, groups, metrics }) => {
      const chosen = RATES.filter((rate) => metrics.includes(rate));
      const shown = (chosen.length > 0 ? chosen : metrics).slice(0, 4);
      return {
        title: words.phrases.by(by.join(" × ")),
        columns: [
          { name: by.join(" × ") },
          { name: words.columns.n, align: "right" as const },
          ...shown.map((metric) => ({ name: metricName(words, metric), align: "right" as const })),
        ],
        rows: groups.slice(0, 12).map(({ label, n, estimates }): Cell[] => [
          { text: label },
          { text: formatCount(n) },
          ...shown.map((metric) => {
            const value = estimates[metric]?.value;
            return { text: value === undefined || value === null ? "–" : formatNumber(value) };
          }),
        ]),
      };
    });
}

function findings(
  { record, evidence, words }: Context,
  { width }: Terminal,
  paint: ReturnType<typeof painter>,
): readonly string[] {
  const sorted = [...record.findings].sort((a, b) => SEVERITY[a.verdict] - SEVERITY[b.verdict]);
  return sorted.flatMap((finding) => {
    const limit = limitOf(record.document, finding.rule);
    const measured = finding.evidence.flatMap((digest) => {
      const item = evidence.get(digest);
      return item?.kind === "measured" ? [estimateText(item.estimate, words.notEstimable)] : [];
    });
    const parts = [
      plain(finding.rule),
      ...(measured.length === 1
        ? measured.map((text) => `${words.facts.measured} ${plain(text)}`)
        : []),
      ...(limit === undefined ? [] : [`${words.facts.limit} ${limitText(limit)}`]),
    ];
    const [first = "", ...rest] = wrap(finding.message, width, "  ");
    return [
      `${paint(SIGNS[finding.verdict], finding.verdict)} ${first.trimStart()}`,
      ...rest,
      ...wrap(parts.join(words.list), width, "  ").map((text) => paint(text, "muted")),
    ];
  });
}

/** Lines of at most `width` cells, each led by `indent`; words are cut only when they fill a line alone. */
function wrap(text: string, width: number, indent: string): readonly string[] {
  const room = Math.max(8, width - indent.length);
  const lines: string[] = [];
  let current = "";
  for (const { segment } of new Intl.Segmenter("en", { granularity: "word" }).segment(
    plain(text),
  )) {
    if (current !== "" && displayWidth(current + segment.trimEnd()) > room) {
      lines.push(indent + current.trimEnd());
      current = segment.trimStart();
    } else current += segment;
    while (displayWidth(current.trimEnd()) > room) {
      const head = clip(current, room).slice(0, -1) || current.slice(0, 2);
      lines.push(indent + head);
      current = current.slice(head.length);
    }
  }
  return current.trim() === "" ? lines : [...lines, indent + current.trimEnd()];
}
