import type { Verdict } from "../pipeline/core/types.ts";
import type { Block, Cell } from "./blocks.ts";
import { diffRecords, type RecordDiff, type RunHead } from "./difference.ts";
import { wordsFor } from "./languages.ts";
import { blocksHtml, signs } from "./page/blocks.ts";
import { page } from "./page/shell.ts";
import { differenceBlocks } from "./section/difference.ts";
import { painter } from "./terminal.ts";
import { escapeHtml } from "./text/escape.ts";
import { formatInstant } from "./text/format.ts";
import { plain } from "./text/plain.ts";
import { tableLines } from "./text/table.ts";

export { diffRecords, type RecordDiff };

const MAX_BYTES = 300_000;
/** Rows of a table in a terminal. What rules are usually about stands first. */
const MOST_ROWS = 25;

/** A comparison for a terminal; numbers of single groups are left to the HTML page and `--json`. */
export function renderDiffText(
  diff: RecordDiff,
  terminal: { readonly color: boolean; readonly width?: number },
): string {
  const words = wordsFor("en");
  const paint = painter(terminal.color);
  const width = terminal.width ?? 80;
  const head = (run: RunHead): string =>
    `${paint(`${signs[run.verdict]} ${words.headlines[run.verdict]}`, run.verdict)}  ${plain(run.name)}  ${paint(plain(run.id), "muted")}`;
  const toned = (text: string, { tone }: Cell): string =>
    tone === undefined ? text : paint(text, tone);
  const blocks = differenceBlocks(diff, words, false).flatMap((block) =>
    block.kind === "table"
      ? [
          "",
          paint(block.title, "strong"),
          ...tableLines({ ...block, rows: block.rows.slice(0, MOST_ROWS) }, width, (text, cell) =>
            cell === undefined ? paint(text, "strong") : toned(text, cell),
          ),
          ...(block.rows.length > MOST_ROWS
            ? [paint(words.phrases.moreChanges(block.rows.length - MOST_ROWS), "muted")]
            : []),
        ]
      : [],
  );
  return `${[head(diff.before), head(diff.after), ...(blocks.length === 0 ? ["", words.phrases.noChange] : blocks)].join("\n")}\n`;
}

/** A comparison as one self-contained page, as `renderHtml` makes them. */
export function renderDiffHtml(diff: RecordDiff): string {
  const words = wordsFor("en");
  const blocks = differenceBlocks(diff, words, true);
  const title = `${diff.before.name} → ${diff.after.name}`;
  let html = "";
  for (const rows of [1000, 200, 60, 20]) {
    html = page(
      words.language,
      title,
      `<header>
<p class="kicker">Probity · ${escapeHtml(words.titles.comparison)}</p>
<h1>${escapeHtml(title)}</h1>
<div class="pair">${headHtml(diff.before, words.headlines)}${headHtml(diff.after, words.headlines)}</div>
</header>
<main><section aria-label="${escapeHtml(words.titles.comparison)}">
${blocks.length === 0 ? `<p>${escapeHtml(words.phrases.noChange)}</p>` : bodyHtml(blocks, rows)}
</section></main>
<footer><p>${escapeHtml(words.leads.footer)}</p></footer>`,
    );
    if (Buffer.byteLength(html) <= MAX_BYTES) break;
  }
  return html;
}

function bodyHtml(blocks: readonly Block[], rows: number): string {
  return blocksHtml(blocks, wordsFor("en"), { rows, blocks: 100 });
}

function headHtml(run: RunHead, headlines: Readonly<Record<Verdict, string>>): string {
  return `<div class="verdict ${run.verdict}"><p class="headline ${run.verdict}">${signs[run.verdict]} ${escapeHtml(headlines[run.verdict])}</p><p>${escapeHtml(run.name)}</p><p class="code">${escapeHtml(run.id)}</p><p>${escapeHtml(formatInstant(run.ended))}</p></div>`;
}
