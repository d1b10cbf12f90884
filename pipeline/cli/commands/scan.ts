import { once } from "node:events";
import type { AnalyzerOptions, Detected } from "../../deid/analyze.ts";
import { withoutChance } from "../../deid/column-finds.ts";
import { openSource } from "../../data/source.ts";
import { PipelineError } from "../../core/error.ts";
import type { Cell } from "../../core/types.ts";
import { scanBatches, textOf } from "../../stages/parts/scan-pool.ts";
import { parseArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { interruptSignal } from "../interrupt.ts";
import { jobsOf } from "../jobs.ts";
import type { Terminal } from "../terminal.ts";

interface Scanned {
  readonly path: string;
  readonly id: Cell;
  readonly row: number;
  readonly field: string;
  readonly spans: readonly Detected[];
}

export const command: Command = {
  help: `Usage:  probity scan PATH… [--field NAME] [--language en|zh|auto] [--mode balanced|high-recall]
                    [--format table|jsonl|sarif] [--explain] [--fail-on ENTITY|any] [--jobs N]

Find personal data in text, CSV, JSON Lines or Parquet files, folders of them, or stdin (-).
Never prints a value: only where it stands and what it is.

      --field NAME        look at this column or key only (default: every text)
      --language LANG     en, zh or auto (default: auto, found per paragraph)
      --mode MODE         balanced, or high-recall: more found, more false alarms
      --format FORMAT     table (default): counts per kind; jsonl: one object per record,
                          {"id", "spans": [{start, end, entity, score, recognizer}]};
                          sarif: for code scanning
      --explain           add the reasons for each span (jsonl)
      --fail-on ENTITY    exit 1 when this kind, or any, is found
      --jobs N            threads (default: one per core); the output is the same

Example:  probity scan notes.jsonl --field text --format jsonl`,

  async run(argv, terminal) {
    const args = parseArguments(argv, {
      field: "string",
      language: "string",
      mode: "string",
      format: "string",
      explain: "boolean",
      json: "boolean",
      "fail-on": "list",
      jobs: "number",
    });
    const format = oneOf("--format", args.format ?? (args.json ? "jsonl" : "table"), [
      "table",
      "jsonl",
      "sarif",
    ]);
    const settings: Settings = {
      field: args.field,
      explain: args.explain,
      jobs: jobsOf(args.jobs),
      options: {
        mode: oneOf("--mode", args.mode ?? "balanced", ["balanced", "high-recall"]),
        language: oneOf("--language", args.language ?? "auto", ["en", "zh", "auto"]),
      },
    };
    if (args.words.length === 0)
      throw new PipelineError("usage", "PATH is missing", { hint: "write - for stdin" });
    const counts = new Map<string, number>();
    const results: Scanned[] = [];
    for (const path of args.words) {
      for await (const record of scanPath(path, settings, terminal)) {
        for (const span of record.spans)
          counts.set(span.entity, (counts.get(span.entity) ?? 0) + 1);
        if (format === "jsonl") await writeLine(jsonLine(record));
        else if (format === "sarif") results.push(record);
      }
    }
    terminal.quiet();
    if (format === "table") terminal.out(table(counts));
    if (format === "sarif") terminal.json(sarif(results));
    const wanted = args["fail-on"];
    return wanted.some((entity) => (entity === "any" ? counts.size > 0 : counts.has(entity)))
      ? 1
      : 0;
  },
};

interface Settings {
  readonly field: string | undefined;
  readonly explain: boolean;
  readonly jobs: number;
  readonly options: AnalyzerOptions;
}

async function* scanPath(
  path: string,
  { field, explain, jobs, options }: Settings,
  terminal: Terminal,
): AsyncIterable<Scanned> {
  const source = await openSource(path, { stdin: process.stdin });
  const names = source.columns.map((c) => c.name);
  if (field !== undefined && !names.includes(field)) {
    throw new PipelineError("usage", `${path} has no field ${field}`, {
      hint: `it has ${names.slice(0, 12).join(", ")}`,
    });
  }
  const fields =
    field === undefined
      ? names.filter((name) => !(name === "file" && source.format === "text"))
      : [field];
  const counts = new Map(fields.map((name) => [name, { numbers: 0, found: 0 }]));
  let row = 0;
  const signal = interruptSignal();
  const setup = { options, fields, named: source.format !== "text", explain };
  for await (const scanned of scanBatches(source.read({ signal }), setup, { jobs, signal })) {
    const { batch } = scanned;
    const finds = new Map<string, readonly (readonly Detected[])[]>();
    for (const name of fields) {
      const texts = (batch.columns[name] ?? []).map(textOf);
      const found = scanned.finds[name] ?? [];
      finds.set(name, withoutChance(texts, found, counts.get(name) ?? { numbers: 0, found: 0 }));
    }
    for (let i = 0; i < batch.rows; i++, row++) {
      const id = batch.columns.id?.[i] ?? row;
      for (const name of fields) {
        const cell = batch.columns[name]?.[i];
        const isText = cell !== null && cell !== undefined && typeof cell !== "boolean";
        if (!isText && field === undefined) continue;
        const found = finds.get(name)?.[i] ?? [];
        const spans = explain ? found : found.map(withoutReasons);
        if (spans.length > 0 || fields.length === 1) yield { path, id, row, field: name, spans };
      }
    }
    terminal.progress({ stage: "scan", done: row, unit: "records" });
  }
}

function withoutReasons({ start, end, entity, score, recognizer }: Detected): Detected {
  return { start, end, entity, score, recognizer };
}

function jsonLine({ id, field, spans }: Scanned): string {
  return JSON.stringify({
    id,
    field,
    spans: spans.map(({ start, end, entity, score, recognizer, reasons }) => ({
      start,
      end,
      entity,
      score,
      recognizer,
      ...(reasons === undefined ? {} : { reasons }),
    })),
  });
}

async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

function table(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return "nothing found";
  const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const width = Math.max(...rows.map(([entity]) => entity.length));
  return rows
    .map(([entity, n]) => `${entity.padEnd(width)}  ${n.toLocaleString("en").padStart(10)}`)
    .join("\n");
}

/** SARIF 2.1.0; the place of a span is its record and character range. */
function sarif(records: readonly Scanned[]): unknown {
  return {
    version: "2.1.0",
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    runs: [
      {
        tool: { driver: { name: "probity" } },
        results: records.flatMap((record) =>
          record.spans.map((span) => ({
            ruleId: span.entity,
            level: "warning",
            message: { text: `${span.entity} in ${record.field}, record ${record.row}` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: record.path },
                  region: {
                    startLine: record.row + 1,
                    charOffset: span.start,
                    charLength: span.end - span.start,
                  },
                },
              },
            ],
          })),
        ),
      },
    ],
  };
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new PipelineError("usage", `${option} is one of ${allowed.join(", ")}`);
  return found;
}
