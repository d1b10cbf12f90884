import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Batch } from "../../core/types.ts";
import {
  createAnalyzer,
  type Analyzer,
  type AnalyzerOptions,
  type Detected,
} from "../../deid/analyze.ts";
import { analyzeCell } from "../../deid/cell.ts";
import { tasksOf } from "./transform-pool.ts";
import { answerTasks, createWorkPool, type PoolOptions } from "./work-pool.ts";

export interface ScanSetup {
  readonly options: AnalyzerOptions;
  /** The columns to look at. */
  readonly fields: readonly string[];
  /** Whether the name of a column says something of what stands in it. */
  readonly named: boolean;
  /** Whether finds come with all their reasons, or with those alone that a field's name gives. */
  readonly explain: boolean;
}

/** The finds of a batch: for each field, those of each row. */
export interface ScannedBatch {
  readonly batch: Batch;
  readonly finds: Readonly<Record<string, readonly (readonly Detected[])[]>>;
}

type Finds = ScannedBatch["finds"];

/** The batches with their finds, in order, whatever the number of threads. */
export async function* scanBatches(
  batches: AsyncIterable<Batch>,
  setup: ScanSetup,
  options: PoolOptions,
): AsyncGenerator<ScannedBatch> {
  const pool = createWorkPool<Batch, Finds>(
    {
      here: () => createScan(setup),
      start: () => startWorker(setup),
      size: (batch) => setup.fields.reduce((sum, name) => sum + charactersIn(batch, name), 0),
    },
    options,
  );
  // Batches whose finds are not complete, each with the number of tasks that it was cut into.
  const open: { readonly batch: Batch; readonly tasks: number }[] = [];
  const tasks = async function* (): AsyncGenerator<Batch> {
    for await (const batch of batches) {
      const parts = [...tasksOf(only(batch, setup.fields))];
      open.push({ batch, tasks: parts.length });
      yield* parts;
    }
  };
  try {
    let parts: Finds[] = [];
    for await (const finds of pool.map(tasks())) {
      parts.push(finds);
      if (parts.length < open[0]!.tasks) continue;
      yield { batch: open.shift()!.batch, finds: joined(parts, setup.fields) };
      parts = [];
    }
  } finally {
    await pool.close();
  }
}

/** The text of a cell as it is searched: a truth value and a missing one hold nothing. */
export function textOf(cell: Batch["columns"][string][number] | undefined): string {
  return cell === null || cell === undefined || typeof cell === "boolean" ? "" : String(cell);
}

function only({ rows, columns }: Batch, fields: readonly string[]): Batch {
  return { rows, columns: Object.fromEntries(fields.map((name) => [name, columns[name] ?? []])) };
}

function joined(parts: readonly Finds[], fields: readonly string[]): Finds {
  if (parts.length === 1) return parts[0]!;
  return Object.fromEntries(fields.map((name) => [name, parts.flatMap((part) => part[name]!)]));
}

function charactersIn(batch: Batch, name: string): number {
  let sum = 0;
  for (const cell of batch.columns[name] ?? []) sum += typeof cell === "string" ? cell.length : 8;
  return sum;
}

async function createScan({
  options,
  fields,
  named,
  explain,
}: ScanSetup): Promise<(task: Batch) => Finds> {
  const analyzer = await createAnalyzer(options);
  const detect: Analyzer["analyze"] = explain
    ? analyzer.explain
    : (text, context) => analyzer.explain(text, context).map(withFieldReasons);
  return ({ columns }) =>
    Object.fromEntries(
      fields.map((name) => [
        name,
        columns[name]!.map((cell) => analyzeCell(textOf(cell), named ? name : undefined, detect)),
      ]),
    );
}

// Reasons are most of what a find weighs on its way between threads.
function withFieldReasons({ start, end, entity, score, recognizer, reasons }: Detected): Detected {
  const ofField = reasons?.filter((reason) => reason.startsWith("field: ")) ?? [];
  const bare = { start, end, entity, score, recognizer };
  return ofField.length === 0 ? bare : { ...bare, reasons: ofField };
}

function startWorker(setup: ScanSetup): Worker {
  const worker = new Worker(new URL(import.meta.url), { workerData: { scanBatches: true } });
  worker.postMessage(setup);
  return worker;
}

// This module is its own worker, as that of the transform is.
const given = workerData as unknown;
if (!isMainThread && typeof given === "object" && given !== null && "scanBatches" in given) {
  answerTasks(parentPort!, createScan);
}
