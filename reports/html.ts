import type { RunRecord } from "../pipeline/core/types.ts";
import type { ReportDocument, Section } from "./blocks.ts";
import { documentOf } from "./document.ts";
import { wordsFor } from "./languages.ts";
import { blocksHtml, factsHtml, signs, type Budget } from "./page/blocks.ts";
import { page } from "./page/shell.ts";
import { escapeHtml } from "./text/escape.ts";
import type { Words } from "./words.ts";

const MAX_BYTES = 300_000;
// Each budget is tried when the page of the one before is too large.
const BUDGETS: readonly Budget[] = [
  { rows: 1000, blocks: 400 },
  { rows: 200, blocks: 200 },
  { rows: 60, blocks: 100 },
  { rows: 40, blocks: 80 },
  { rows: 24, blocks: 60 },
  { rows: 12, blocks: 60 },
  { rows: 24, blocks: 24 },
  { rows: 8, blocks: 12 },
];

/** The report as one self-contained page of at most 300 kB, without script, network or fonts. */
export function renderHtml(record: RunRecord): string {
  return renderDocument(documentOf(record));
}

/** Any document as such a page. */
export function renderDocument(document: ReportDocument): string {
  const words = wordsFor(document.language);
  let html = "";
  for (const budget of BUDGETS) {
    html = documentHtml(document, words, budget);
    if (Buffer.byteLength(html) <= MAX_BYTES) break;
  }
  return html;
}

function documentHtml(document: ReportDocument, words: Words, budget: Budget): string {
  const { verdict, sections } = document;
  const links = sections.map(
    ({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`,
  );
  const body = `<header>
<p class="kicker">Probity · ${escapeHtml(document.kind)}</p>
<h1>${escapeHtml(document.title)}</h1>
<div class="verdict ${verdict}"><p class="headline ${verdict}">${signs[verdict]} ${escapeHtml(document.headline)}</p><p>${escapeHtml(document.summary)}</p></div>
${factsHtml(document.facts)}
<nav aria-label="${escapeHtml(document.kind)}"><ul>${links.join("")}</ul></nav>
</header>
<main>
${sections.map((section) => sectionHtml(section, words, budget)).join("\n")}
</main>
<footer>${document.footer.map((text) => `<p>${escapeHtml(text)}</p>`).join("")}</footer>`;
  return page(document.language, `${document.title} – ${document.headline}`, body);
}

function sectionHtml({ id, title, lead, blocks }: Section, words: Words, budget: Budget): string {
  const note = lead === undefined ? "" : `<p class="lead">${escapeHtml(lead)}</p>\n`;
  return `<section id="${id}" aria-labelledby="h-${id}">
<h2 id="h-${id}">${escapeHtml(title)}</h2>
${note}${blocksHtml(blocks, words, budget)}
</section>`;
}
