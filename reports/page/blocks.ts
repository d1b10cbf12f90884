import type { Verdict } from "../../pipeline/core/types.ts";
import type { Block, Cell, Fact, Figure, Findings, Table } from "../blocks.ts";
import { barPicture } from "../figure/bars.ts";
import { dotPictures, limitPictures } from "../figure/dots.ts";
import { heatPicture } from "../figure/heat.ts";
import { lineagePictures } from "../figure/lineage.ts";
import { linePicture } from "../figure/lines.ts";
import { pairPicture } from "../figure/pairs.ts";
import { escapeHtml } from "../text/escape.ts";
import { formatCount } from "../text/format.ts";
import type { Words } from "../words.ts";

/** How a page is kept small: rows of a table or picture, and blocks of a section, that are shown. */
export interface Budget {
  readonly rows: number;
  readonly blocks: number;
}

/** A sign beside each verdict, so that it is read without colour. */
export const signs: Readonly<Record<Verdict, string>> = { pass: "✓", warn: "!", block: "✕" };

/** Blocks as HTML; what the budget leaves out is said to be in report.json. */
export function blocksHtml(blocks: readonly Block[], words: Words, budget: Budget): string {
  const left = blocks.length - budget.blocks;
  const shown = blocks.slice(0, budget.blocks);
  const html = shown.map((block, i) => {
    const next = shown[i + 1];
    const previous = shown[i - 1];
    if (previous !== undefined && besideTable(previous) && block.kind === "table") return "";
    if (next?.kind !== "table" || !besideTable(block)) return blockHtml(block, words, budget);
    return `<div class="beside">${blockHtml(block, words, budget)}<div>${tableHtml(next, words, budget, block.kind === "pairs" ? BESIDE : MOST_OPEN)}</div></div>`;
  });
  return html.join("\n") + (left > 0 ? moreHtml(words, left) : "");
}

/** A picture of one column, which leaves room for its table at its side. */
function besideTable({ kind }: Block): boolean {
  return kind === "lines" || kind === "bars" || kind === "pairs";
}

/** Terms and values. */
export function factsHtml(facts: readonly Fact[]): string {
  return `<dl>${facts
    .map(
      ({ term, value, code }) =>
        `<dt>${escapeHtml(term)}</dt><dd${code === true ? ' class="code"' : ""}>${escapeHtml(value)}</dd>`,
    )
    .join("")}</dl>`;
}

function blockHtml(block: Block, words: Words, budget: Budget): string {
  switch (block.kind) {
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "facts":
      return (
        (block.title === undefined ? "" : `<h3>${escapeHtml(block.title)}</h3>`) +
        factsHtml(block.facts)
      );
    case "code":
      return `<h3>${escapeHtml(block.title)}</h3><pre><code>${block.lines.map(escapeHtml).join("\n")}</code></pre>`;
    case "table":
      return tableHtml(block, words, budget);
    case "findings":
      return findingsHtml(block, words, budget);
    case "lineage":
    case "dots":
    case "limits":
    case "lines":
    case "heat":
    case "bars":
    case "pairs":
      return figureHtml(block, words, budget);
  }
}

/** Tables of more rows than these are closed at first; on paper all are open. */
const MOST_OPEN = 12;
/** Beside a tall picture there is room for more. */
const BESIDE = 24;

function tableHtml(table: Table, words: Words, budget: Budget, most = MOST_OPEN): string {
  const { title, rows, folded } = table;
  if (folded !== true && rows.length <= most) return openTable(table, words, budget, title);
  const count = words.phrases.rows(formatCount(rows.length));
  return `<details><summary>${escapeHtml(title)} <span>${escapeHtml(count)}</span></summary>${openTable(table, words, budget)}</details>`;
}

/** `heading` stands above the table, where nothing else says what it is. */
function openTable(
  { title, caption, columns, rows }: Table,
  words: Words,
  { rows: limit }: Budget,
  heading?: string,
): string {
  const heads = columns.map(
    ({ name, align }) =>
      `<th scope="col"${align === "right" ? ' class="r"' : ""}>${escapeHtml(name)}</th>`,
  );
  const body = rows
    .slice(0, limit)
    .map(
      (cells) =>
        `<tr>${cells.map((cell, i) => cellHtml(cell, i, columns[i]?.align)).join("")}</tr>`,
    );
  const note = caption === undefined ? "" : `<span>${escapeHtml(caption)}</span>`;
  const above = (heading === undefined ? "" : escapeHtml(heading)) + note;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table>${above === "" ? "" : `<caption>${above}</caption>`}<thead><tr>${heads.join("")}</tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>${rows.length > limit ? moreHtml(words, rows.length - limit) : ""}`;
}

function cellHtml(
  { text, detail, tone, code }: Cell,
  i: number,
  align: "right" | undefined,
): string {
  const names = [
    ...(align === "right" ? ["r"] : []),
    ...(code === true ? ["code"] : []),
    ...(tone === undefined ? [] : tone === "muted" ? ["muted"] : ["t", tone]),
  ];
  const attribute = names.length === 0 ? "" : ` class="${names.join(" ")}"`;
  const sign = tone === undefined || tone === "muted" ? "" : `${signs[tone]} `;
  const more = detail === undefined || detail === "" ? "" : ` <small>${escapeHtml(detail)}</small>`;
  const content = `${sign}${escapeHtml(text)}${more}`;
  return i === 0
    ? `<th scope="row"${attribute}>${content}</th>`
    : `<td${attribute}>${content}</td>`;
}

function findingsHtml({ findings }: Findings, words: Words, { rows }: Budget): string {
  const items = findings
    .slice(0, rows)
    .map(
      ({ verdict, label, message, facts }) =>
        `<li><span class="badge ${verdict}">${signs[verdict]} ${escapeHtml(label)}</span><div><p>${escapeHtml(message)}</p><p class="about">${facts
          .map(
            ({ term, value, code }) =>
              `<span>${escapeHtml(term)} <b${code === true ? ' class="code"' : ""}>${escapeHtml(value)}</b></span> `,
          )
          .join("")}</p></div></li>`,
    );
  return `<ul class="findings">${items.join("\n")}</ul>${findings.length > rows ? moreHtml(words, findings.length - rows) : ""}`;
}

function figureHtml(figure: Figure, words: Words, budget: Budget): string {
  const [pictures, left] = picturesOf(figure, budget);
  const grid = figure.kind === "dots" || figure.kind === "limits";
  const body = grid
    ? `<div class="${pictures.length === 2 || pictures.length === 4 ? "panels two" : "panels"}">${pictures.join("\n")}</div>`
    : figure.kind === "heat"
      ? `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(figure.title)}">${pictures.join("")}</div>`
      : pictures.join("\n");
  const more = left > 0 ? ` ${escapeHtml(words.phrases.moreGroups(formatCount(left)))}` : "";
  const note = `${escapeHtml(figure.caption)}${more}`;
  return `<figure class="${figure.kind}"><figcaption>${escapeHtml(figure.title)}${note === "" ? "" : `<span>${note}</span>`}</figcaption>${body}</figure>`;
}

function picturesOf(figure: Figure, { rows }: Budget): readonly [readonly string[], number] {
  switch (figure.kind) {
    case "lineage":
      return [lineagePictures(figure), 0];
    case "dots": {
      const limit = Math.min(rows, 24);
      const longest = Math.max(0, ...figure.panels.map((panel) => panel.rows.length));
      const panels = figure.panels
        .slice(0, rows)
        .map((panel) => ({ ...panel, rows: panel.rows.slice(0, limit) }));
      return [dotPictures({ ...figure, panels }), longest - limit];
    }
    case "limits":
      return [
        limitPictures({ ...figure, rows: figure.rows.slice(0, rows) }),
        figure.rows.length - rows,
      ];
    case "lines":
      return [[linePicture(figure)], 0];
    case "heat":
      return [[heatPicture(figure)], 0];
    case "bars":
      return [[barPicture(figure)], 0];
    case "pairs":
      return [
        [pairPicture({ ...figure, rows: figure.rows.slice(0, rows) })],
        figure.rows.length - rows,
      ];
  }
}

function moreHtml(words: Words, count: number): string {
  return `<p class="more">${escapeHtml(words.phrases.moreRows(formatCount(count)))}</p>`;
}
