import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../pipeline/core/package-root.ts";

/**
 * Compares text with test/golden/`name`. On a difference the new text is written beside the old as
 * `name.new`, to be looked at and, when it is right, moved over the old one.
 */
export function assertGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`test/golden/${name}`, packageRoot));
  const actual = normalised(text);
  const expected = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (actual === expected) {
    rmSync(`${path}.new`, { force: true });
    return;
  }
  writeFileSync(`${path}.new`, actual);
  assert.fail(`${name} differs from its golden file; the new text is in test/golden/${name}.new`);
}

/** Without the style sheet, its hash and white space at line ends, none of which is a report's content. */
function normalised(text: string): string {
  return text
    .replace(/<style>[^]*?<\/style>/, "<style></style>")
    .replace(/'sha256-[^']*'/, "'sha256-'")
    .replace(/[ \t]+$/gm, "");
}
