import { readFileSync } from "node:fs";
import { packageRoot } from "../core/package-root.ts";

/** The version in package.json. */
export function programVersion(): string {
  const text = readFileSync(new URL("package.json", packageRoot), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
