import type { Fact, Table } from "../blocks.ts";
import { escapeMarkdown } from "./escape.ts";
import { cellText } from "./table.ts";

/** A GitHub-flavoured table; an empty list when there is no row. */
export function markdownTable({
  columns,
  rows,
}: Pick<Table, "columns" | "rows">): readonly string[] {
  if (rows.length === 0) return [];
  return [
    row(columns.map(({ name }) => escapeMarkdown(name))),
    row(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map((cells) => row(cells.map((cell) => escapeMarkdown(cellText(cell))))),
    "",
  ];
}

/** Terms and values as a list. */
export function markdownFacts(facts: readonly Fact[]): readonly string[] {
  return [
    ...facts.map(({ term, value }) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(value)}`),
    "",
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
