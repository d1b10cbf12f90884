import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { packageRoot } from "../../../pipeline/core/package-root.ts";

const shared = new URL("../shared/", packageRoot);

/** Why tests against ../shared are skipped, or false where the folder is there. */
export const noShared: string | false = existsSync(shared) ? false : "../shared is absent";

/** A file of reference numbers. */
export function reference(name: string): unknown {
  return JSON.parse(
    text(`reference/${name}.json`).replaceAll("Infinity", "1e999").replaceAll("NaN", "null"),
  );
}

/** A text file. */
export function text(path: string): string {
  return readFileSync(new URL(path, shared), "utf8");
}

/** Columns of a plain CSV with a header line; `.gz` is unpacked. */
export function columns(path: string): Readonly<Record<string, readonly string[]>> {
  const bytes = readFileSync(new URL(path, shared));
  const plain = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const [header, ...lines] = plain.trim().split(/\r?\n/);
  const rows = lines.map((line) => line.split(","));
  return Object.fromEntries(
    header!.split(",").map((name, c) => [name, rows.map((row) => row[c]!)]),
  );
}

/** Fails unless two numbers agree to 1e-9, relative above 1. */
export function close(actual: number | null | undefined, expected: number, what: string): void {
  const off = Math.abs((actual ?? NaN) - expected);
  if (!(off <= 1e-9 * Math.max(1, Math.abs(expected)))) {
    throw new Error(`${what}: ${String(actual)} is not ${expected}`);
  }
}
