import type { RunRecord } from "../pipeline/core/types.ts";
import type { Block, Section } from "./blocks.ts";
import { contextOf, type Context } from "./context.ts";
import { documentOf } from "./document.ts";
import { ofKind } from "./evidence.ts";
import { groupingsOf } from "./groups.ts";
import { policyFacts } from "./section/policy.ts";
import { escapeMarkdown } from "./text/escape.ts";
import { formatCount, formatInstant } from "./text/format.ts";
import { markdownFacts, markdownTable } from "./text/markdown.ts";
import { metricName } from "./words.ts";

/**
 * A model card in Markdown with the sections of Mitchell et al. 2019 (doi:10.1145/3287560.3287596),
 * filled from the record alone: what the record does not know is said to be unknown.
 */
export function renderModelCard(record: RunRecord): string {
  const context = contextOf(record);
  const { sections } = documentOf(record);
  const section = (id: string): readonly string[] =>
    bodyOf(sections.find((item) => item.id === id));
  const lines = [
    `# Model card: ${escapeMarkdown(record.name)}`,
    "",
    `**${context.words.headlines[record.verdict]}**, run ${escapeMarkdown(record.id)}, ${formatInstant(record.ended)}.`,
    "",
    "## Model details",
    "",
    ...section("training"),
    "## Intended use",
    "",
    ...markdownFacts(policyFacts(context)),
    "The purpose above is what the policy states. Any other use was not audited.",
    "",
    "## Factors",
    "",
    ...factors(context),
    "## Metrics",
    "",
    ...metrics(context),
    "## Evaluation data",
    "",
    ...evaluation(context),
    "## Training data",
    "",
    ...section("source"),
    ...section("deidentification"),
    ...section("data"),
    "## Quantitative analyses",
    "",
    ...section("model"),
    ...section("privacy"),
    "## Ethical considerations",
    "",
    ...findings(context),
    "## Caveats and recommendations",
    "",
    ...caveats(context),
  ];
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

function bodyOf(section: Section | undefined): readonly string[] {
  return section === undefined ? [] : section.blocks.flatMap(blockLines);
}

/** A card is read at one sitting: longer tables are left to the report. */
const MOST_ROWS = 16;
const MOST_FOLDED = 4;

function blockLines(block: Block): readonly string[] {
  if (block.kind === "text") return [escapeMarkdown(block.text), ""];
  if (block.kind === "facts") return markdownFacts(block.facts);
  if (block.kind === "table") {
    const { title, rows, folded } = block;
    if (rows.length > (folded === true ? MOST_FOLDED : MOST_ROWS))
      return [`${escapeMarkdown(title)}: ${formatCount(rows.length)} rows in report.html.`, ""];
    return [`**${escapeMarkdown(title)}**`, "", ...markdownTable(block)];
  }
  return []; // each picture has its table beside it
}

function factors({ placed, words }: Context): readonly string[] {
  const groupings = groupingsOf(placed.model, words.phrases.unknownGroup).filter(
    ({ groups }) => groups.length > 0,
  );
  if (groupings.length === 0) return ["No protected attribute was audited on a model.", ""];
  return [
    ...groupings.map(
      ({ by, groups }) =>
        `- ${by.map(escapeMarkdown).join(" × ")}: ${groups
          .map(({ label, n }) => `${escapeMarkdown(label)} (${formatCount(n)})`)
          .join(", ")}`,
    ),
    "",
  ];
}

function metrics({ placed, words }: Context): readonly string[] {
  const names = new Set(ofKind(placed.model, "measured").map(({ metric }) => metric));
  if (names.size === 0) return ["None was measured on a model.", ""];
  return [
    ...[...names].map((name) => `- ${escapeMarkdown(metricName(words, name))}`),
    "",
    "Square brackets hold 95 % intervals. “Not estimable” means that the group is too small to tell.",
    "",
  ];
}

function evaluation({ placed }: Context): readonly string[] {
  const splits = new Set(ofKind(placed.model, "measured").flatMap(({ split }) => split ?? []));
  if (splits.size === 0) return ["No evaluation split is recorded.", ""];
  return [
    `Rows of the sealed dataset held out as ${[...splits].map(escapeMarkdown).join(", ")}.`,
    "",
  ];
}

function findings({ record, words }: Context): readonly string[] {
  if (record.findings.length === 0) return [words.noRules, ""];
  return [
    ...record.findings.map(
      ({ verdict, rule, message }) =>
        `- **${words.verdicts[verdict]}** ${escapeMarkdown(rule)}: ${escapeMarkdown(message)}`,
    ),
    "",
  ];
}

function caveats({ record, placed }: Context): readonly string[] {
  const unknown = ofKind([...placed.model, ...placed.data], "measured").filter(
    ({ estimate }) => estimate.value === null,
  );
  return [
    ...(record.verdict === "block"
      ? ["- The policy blocked this run: the model must not be used as it is."]
      : []),
    ...(unknown.length > 0
      ? [
          `- ${formatCount(unknown.length)} of the measured quantities could not be estimated; a small group is not a fair group.`,
        ]
      : []),
    "- Group fairness metrics compare error rates and selection rates; they do not say whether the label itself is fair.",
    "- De-identification lowers the risk of singling a person out; it does not make it zero.",
    "",
  ];
}
