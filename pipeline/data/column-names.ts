import { PipelineError } from "../core/error.ts";

/**
 * The names of columns: an empty one becomes `column_3` after its place. Throws `source` where two
 * are the same, or where a name cannot be the key of a plain object.
 */
export function columnNames(given: readonly string[], source: string): string[] {
  const names = given.map((name, i) => (name.trim() === "" ? `column_${i + 1}` : name.trim()));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    throw new PipelineError("source", `${source} has two columns named ${JSON.stringify(twice)}`, {
      hint: "rename one, or give dataset.names for a file without header",
    });
  }
  if (names.includes("__proto__")) {
    throw new PipelineError("source", `${source} has a column named "__proto__"`);
  }
  return names;
}
