import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../core/error.ts";
import type { Batch, Cell } from "../../core/types.ts";
import type { Source } from "../../data/source.ts";
import { anonymityCounts } from "../../deid/anonymity/anonymise.ts";
import { parseHierarchy, type Hierarchy } from "../../deid/anonymity/hierarchy.ts";
import type { ModelSpecs } from "../../deid/anonymity/model-spec.ts";
import type { Tuples } from "../../deid/anonymity/tuples.ts";
import { writeAtomically } from "../../run/files.ts";
import type { Parsed } from "../arguments.ts";
import { interruptSignal } from "../interrupt.ts";
import type { Terminal } from "../terminal.ts";

export const options = {
  quasi: "list",
  sensitive: "list",
  text: "list",
  hierarchies: "string",
  k: "number",
  "k-map": "number",
  l: "number",
  "l-kind": "string",
  c: "number",
  t: "number",
  "t-distance": "string",
  delta: "number",
  beta: "number",
  presence: "string",
  suppression: "number",
  suppressed: "string",
  missing: "string",
  metric: "string",
  weight: "list",
  min: "list",
  max: "list",
  population: "number",
  "population-table": "string",
  target: "string",
  seed: "string",
  threshold: "number",
  spill: "string",
  "node-limit": "number",
  "check-limit": "number",
  columns: "list",
  epsilon: "string",
  mechanism: "string",
  contribution: "number",
  subject: "string",
  domain: "string",
  output: "string",
  json: "boolean",
} as const;
export type Arguments = Parsed<typeof options>;

/** Comma-separated names, given once or more often. */
export function names(lists: readonly string[]): string[] {
  const all = lists.flatMap((list) => list.split(",")).map((name) => name.trim());
  return [...new Set(all)];
}

/** `column=number`, given once or more often. */
export function numbersByColumn(
  option: string,
  lists: readonly string[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    names(lists).map((pair) => {
      const at = pair.lastIndexOf("=");
      const value = Number(pair.slice(at + 1));
      if (at < 1 || pair.slice(at + 1) === "" || !Number.isFinite(value)) {
        throw new PipelineError("usage", `--${option} needs COLUMN=NUMBER`);
      }
      return [pair.slice(0, at), value];
    }),
  );
}

/** One of a few words, or a `usage` error that lists them. */
export function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  words: readonly [T, ...T[]],
): T {
  const found = value === undefined ? words[0] : words.find((word) => word === value);
  if (found === undefined) {
    throw new PipelineError("usage", `--${option} is one of ${words.join(", ")}`);
  }
  return found;
}

/** The models that the options ask for. */
export function modelSpecs(args: Arguments): ModelSpecs {
  const { k, l, c, t, delta, beta, presence } = args;
  const sensitive = names(args.sensitive);
  const about = [l, t, delta, beta].some((value) => value !== undefined);
  if (about && sensitive.length === 0) {
    throw new PipelineError("usage", "--l, --t, --delta and --beta need --sensitive COLUMN");
  }
  return {
    ...(k === undefined ? {} : { k }),
    ...(args["k-map"] === undefined ? {} : { k_map: args["k-map"] }),
    ...(presence === undefined ? {} : { presence: range(presence) }),
    ...(l === undefined
      ? {}
      : {
          l: {
            kind: oneOf("l-kind", args["l-kind"], ["distinct", "entropy", "recursive"]),
            l,
            ...(c === undefined ? {} : { c }),
          },
        }),
    ...(t === undefined
      ? {}
      : {
          t: {
            max: t,
            distance: oneOf("t-distance", args["t-distance"], ["equal", "ordered", "hierarchical"]),
          },
        }),
    ...(delta === undefined ? {} : { delta_disclosure: delta }),
    ...(beta === undefined ? {} : { beta_likeness: beta }),
  };
}

function range(text: string): { readonly min: number; readonly max: number } {
  const [min = NaN, max = NaN] = text.split(",").map(Number);
  return { min, max };
}

/** One pass over the rows: distinct tuples of the columns, with their counts. */
export async function count(
  source: Source,
  columns: readonly string[],
  terminal: Terminal,
): Promise<Tuples> {
  const partial = anonymityCounts(columns);
  const state = partial.empty();
  await eachBatch(source, terminal, (batch) => partial.observe(state, batch));
  return state.tuples();
}

/** Reads a source to its end. */
export async function eachBatch(
  source: Source,
  terminal: Terminal,
  see: (batch: Batch) => unknown,
): Promise<void> {
  let done = 0;
  for await (const batch of source.read({ signal: interruptSignal() })) {
    see(batch);
    done += batch.rows;
    terminal.progress({ stage: "anonymity", done, unit: "rows" });
  }
  terminal.quiet();
}

/** Files named after columns, in the order of the columns. */
export async function readHierarchies(
  folder: string,
  columns: readonly string[],
): Promise<Hierarchy[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new PipelineError("source", `cannot read the folder ${folder}`, { cause });
  });
  const found: Hierarchy[] = [];
  for (const column of columns) {
    const file = files.find((f) => f === `${column}.csv` || f.endsWith(`_hierarchy_${column}.csv`));
    if (file === undefined) continue;
    found.push(parseHierarchy(column, await readFile(join(folder, file), "utf8")));
  }
  if (found.length === 0) {
    throw new PipelineError("source", `${folder} has no hierarchy of a column of the table`, {
      hint: "name the files COLUMN.csv",
    });
  }
  return found;
}

/** Writes the rows of a source as CSV, each batch transformed. */
export async function writeTable(
  source: Source,
  transform: (batch: Batch, first: number) => Batch,
  path: string,
): Promise<void> {
  if (!source.rereadable) {
    throw new PipelineError("usage", "standard input can be read only once; -o needs a file");
  }
  const header = source.columns.map(({ name }) => name);
  async function* lines(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${header.map(field).join(",")}\n`);
    let first = 0;
    for await (const batch of source.read({ signal: interruptSignal() })) {
      const { rows, columns } = transform(batch, first);
      first += batch.rows;
      let text = "";
      for (let row = 0; row < rows; row++) {
        text += `${header.map((name) => field(columns[name]?.[row])).join(",")}\n`;
      }
      yield Buffer.from(text);
    }
  }
  await writeAtomically(path, lines());
}

/** A cell as CSV. */
export function field(cell: Cell | undefined): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
