import { plain } from "./plain.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for HTML and SVG, as content or inside a quoted attribute. Names may come from a stranger. */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** Text for one line of CommonMark, also inside a table cell: nothing in it is markup. */
export function escapeMarkdown(text: string): string {
  return plain(text)
    .replace(/[\\`*_{}[\]#|~!$]/g, (character) => `\\${character}`)
    .replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}
