import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../core/error.ts";
import type { Cell } from "../../core/types.ts";
import { openSource } from "../../data/source.ts";
import type { Source } from "../../data/source.ts";
import { anonymise, anonymityCounts } from "../../deid/anonymity/anonymise.ts";
import { checkTable, type TableCheck } from "../../deid/anonymity/check.ts";
import { parseHierarchy, type Hierarchy } from "../../deid/anonymity/hierarchy.ts";
import { utilityNamed } from "../../deid/anonymity/metrics/index.ts";
import { kAnonymity } from "../../deid/anonymity/models/k-anonymity.ts";
import { distinctDiversity } from "../../deid/anonymity/models/l-diversity.ts";
import type { Model } from "../../deid/anonymity/models/model.ts";
import { equalCloseness } from "../../deid/anonymity/models/t-closeness.ts";
import type { RowTransform } from "../../deid/anonymity/transform.ts";
import type { Tuples } from "../../deid/anonymity/tuples.ts";
import { oneWord, parseArguments, type Parsed } from "../arguments.ts";
import type { Command } from "../command.ts";
import { interruptSignal } from "../interrupt.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";

const options = {
  quasi: "list",
  sensitive: "list",
  hierarchies: "string",
  k: "number",
  l: "number",
  t: "number",
  suppression: "number",
  metric: "string",
  population: "number",
  threshold: "number",
  "check-limit": "number",
  output: "string",
  json: "boolean",
} as const;
type Arguments = Parsed<typeof options>;

export const command: Command = {
  help: `Usage:  probity anonymity check DATA --quasi A,B [--sensitive C]
        probity anonymity search DATA --hierarchies DIR --k K [--quasi A,B] [-o FILE]

check says how anonymous a table already is: its smallest class, its risk, and which columns do the
identifying. search finds the generalisation of least loss that meets k (and l, t), and writes it.
CSV, JSON Lines or Parquet.

      --quasi A,B         columns that identify together (search: default all with a hierarchy)
      --sensitive C       columns whose values must not be learned
      --hierarchies DIR   one file COLUMN.csv, or …_hierarchy_COLUMN.csv, a column:
                          value;level 1;level 2;…
      --k K               rows that every class has at least
      --l L, --t T        distinct sensitive values of a class; its greatest distance to the table
      --suppression S     share of rows that may be suppressed (default: 0)
      --metric NAME       what to minimise (default: loss); a wrong name lists them all
      --population N      people that the table was drawn from, for population uniqueness
      --threshold R       a row counts as at risk above this chance (default: 0.2)
  -o, --output FILE       search: write the table as CSV; suppressed rows are * there
      --json              print the numbers

Example:  probity anonymity check adult.csv --quasi age,sex,race --sensitive occupation --json`,

  async run(argv, terminal) {
    const args = parseArguments(argv, options);
    const [verb, ...words] = args.words;
    if (verb !== "check" && verb !== "search") {
      throw new PipelineError("usage", "expected anonymity check or anonymity search");
    }
    const path = oneWord(words, "DATA");
    return verb === "check" ? check(path, args, terminal) : find(path, args, terminal);
  },
};

async function check(path: string, args: Arguments, terminal: Terminal): Promise<number> {
  const quasi = names(args.quasi);
  const sensitive = names(args.sensitive);
  if (quasi.length === 0) throw new PipelineError("usage", "--quasi COLUMN is missing");
  const tuples = await count(await openSource(path, {}), quasi, sensitive, terminal);
  const result = checkTable(tuples, {
    quasi,
    sensitive,
    ...(args.population === undefined ? {} : { population: args.population }),
    ...(args.threshold === undefined ? {} : { threshold: args.threshold }),
  });
  if (args.json) terminal.json(result);
  else terminal.out(describe(result));
  return 0;
}

async function find(path: string, args: Arguments, terminal: Terminal): Promise<number> {
  if (args.hierarchies === undefined) {
    throw new PipelineError("usage", "--hierarchies DIR is missing");
  }
  const source = await openSource(path, {});
  const hierarchies = await readHierarchies(
    args.hierarchies,
    source.columns.map(({ name }) => name),
  );
  const sensitive = names(args.sensitive);
  const asked = names(args.quasi);
  const quasi =
    asked.length > 0
      ? asked
      : hierarchies.map(({ column }) => column).filter((name) => !sensitive.includes(name));
  const tuples = await count(source, quasi, sensitive, terminal);
  const { optimum, ...found } = searched(tuples, hierarchies, quasi, args);
  if (args.output !== undefined) await write(source, found.transform, args.output);
  const { result } = found;
  const report = { optimum, optimal: result.optimal, nodes: result.nodes };
  const bound = result.bound === undefined ? {} : { bound: result.bound[0] };
  if (args.json) terminal.json({ ...report, ...bound });
  else {
    const rows = Object.entries(optimum.levels).map(([name, level]) => [name, String(level)]);
    terminal.out(
      [
        table(["column", "level"], rows),
        `${optimum.metric} ${optimum.loss.toFixed(6)}, ${optimum.suppressed.toLocaleString("en")} rows suppressed (${(100 * optimum.suppressed_share).toFixed(2)} %)`,
        result.optimal
          ? `optimal: ${result.nodes.checked} of ${result.nodes.total} nodes looked at`
          : `best effort: ${result.nodes.checked} of ${result.nodes.total} nodes looked at, a better one may exist`,
      ].join("\n\n"),
    );
  }
  return 0;
}

function searched(
  tuples: Tuples,
  hierarchies: readonly Hierarchy[],
  quasi: readonly string[],
  args: Arguments,
): {
  readonly optimum: {
    readonly levels: Readonly<Record<string, number>>;
    readonly loss: number;
    readonly metric: string;
    readonly suppressed: number;
    readonly suppressed_share: number;
  };
  readonly result: ReturnType<typeof anonymise>["result"];
  readonly transform: RowTransform;
} {
  const utility = utilityNamed(args.metric ?? "loss");
  const found = anonymise(tuples, hierarchies, {
    models: modelsOf(args),
    utility,
    suppression: args.suppression ?? 0,
    quasi,
    sensitive: names(args.sensitive),
    ...(args["check-limit"] === undefined ? {} : { checkLimit: args["check-limit"] }),
  });
  return {
    optimum: {
      levels: found.levels,
      loss: found.loss[0] ?? 0,
      metric: utility.name,
      suppressed: found.suppressed,
      suppressed_share: found.suppressed / tuples.rows,
    },
    result: found.result,
    transform: found.transform,
  };
}

function modelsOf({ k, l, t, sensitive }: Arguments): Model[] {
  const columns = names(sensitive);
  if (k === undefined && l === undefined && t === undefined) {
    throw new PipelineError("usage", "--k K is missing");
  }
  if ((l !== undefined || t !== undefined) && columns.length === 0) {
    throw new PipelineError("usage", "--l and --t need --sensitive COLUMN");
  }
  return [
    ...(k === undefined ? [] : [kAnonymity(k)]),
    ...columns.flatMap((name) => [
      ...(l === undefined ? [] : [distinctDiversity(name, l)]),
      ...(t === undefined ? [] : [equalCloseness(name, t)]),
    ]),
  ];
}

async function count(
  source: Source,
  quasi: readonly string[],
  sensitive: readonly string[],
  terminal: Terminal,
): Promise<Tuples> {
  const partial = anonymityCounts(quasi, sensitive);
  const state = partial.empty();
  let done = 0;
  for await (const batch of source.read({ signal: interruptSignal() })) {
    partial.observe(state, batch);
    done += batch.rows;
    terminal.progress({ stage: "anonymity", done, unit: "rows" });
  }
  terminal.quiet();
  return state.tuples();
}

/** Files named after columns, in the order of the columns. */
async function readHierarchies(folder: string, columns: readonly string[]): Promise<Hierarchy[]> {
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

async function write(source: Source, transform: RowTransform, path: string): Promise<void> {
  if (!source.rereadable) {
    throw new PipelineError("usage", "standard input can be read only once; -o needs a file");
  }
  const header = source.columns.map(({ name }) => name);
  async function* lines(): AsyncGenerator<string> {
    yield `${header.map(field).join(",")}\n`;
    for await (const batch of source.read({ signal: interruptSignal() })) {
      const { rows, columns } = transform(batch);
      let text = "";
      for (let row = 0; row < rows; row++) {
        text += `${header.map((name) => field(columns[name]?.[row])).join(",")}\n`;
      }
      yield text;
    }
  }
  await writeFile(path, lines());
}

function field(cell: Cell | undefined): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function names(lists: readonly string[]): string[] {
  return lists.flatMap((list) => list.split(",")).map((name) => name.trim());
}

function describe(result: TableCheck): string {
  const { risk } = result;
  const share = (value: number | null): string => (value === null ? "unknown" : value.toFixed(4));
  return [
    `${result.rows.toLocaleString("en")} rows in ${result.classes.toLocaleString("en")} classes; k = ${result.k}${result.l === null ? "" : `, l = ${result.l}`}${result.t === null ? "" : `, t = ${share(result.t)}`}`,
    table(
      ["attacker", "highest risk", "average risk", "rows at risk"],
      (["prosecutor", "journalist"] as const).map((name) => [
        name,
        share(risk[name].highest),
        share(risk[name].average),
        share(risk[name].at_risk),
      ]),
    ),
    `unique in the table ${share(result.sample_uniqueness)}, in the population ${share(result.population_uniqueness)}`,
    table(
      ["columns", "separation", "distinction"],
      result.ranking
        .slice(0, 12)
        .map((r) => [r.columns.join(" × "), share(r.separation), share(r.distinction)]),
    ),
    ...result.notes,
  ].join("\n\n");
}
