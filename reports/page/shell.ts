import { createHash } from "node:crypto";
import { escapeHtml } from "../text/escape.ts";
import { style } from "./style.ts";

/**
 * A whole page around `body`, which is HTML already. Nothing is fetched and nothing runs: the
 * content policy allows this one style sheet by its hash, and nothing else.
 */
export function page(language: string, title: string, body: string): string {
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatching"/></pattern></defs></svg>
${body}
</body>
</html>
`;
}
