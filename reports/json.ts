import { canonicalJson } from "../pipeline/core/canonical-json.ts";
import type { RunRecord } from "../pipeline/core/types.ts";

/** report.json: the run record itself, members sorted, so that equal records give equal bytes. */
export function renderJson(record: RunRecord): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(record)), undefined, 2)}\n`;
}
