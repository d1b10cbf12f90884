import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Batch, Cell } from "../../core/types.ts";
import { createTransform, type Rows, type Transformed, type TransformSetup } from "./transform.ts";
import { answerTasks, createWorkPool, type PoolOptions, type WorkPool } from "./work-pool.ts";

/** De-identifies rows, in this thread or in others. Cut them with `inTasks` before. */
export type TransformPool = WorkPool<Rows, Transformed>;

/** Characters and rows of one task. */
const TASK_CHARACTERS = 1 << 17;
const TASK_ROWS = 512;

/** A pool of threads. The keys go to them as messages, in memory alone; each wipes its copy. */
export function createTransformPool(setup: TransformSetup, options: PoolOptions): TransformPool {
  return createWorkPool<Rows, Transformed>(
    {
      here: () => createTransform(setup),
      start: () => startWorker(setup),
      size: ({ batch }) => charactersOf(batch),
    },
    options,
  );
}

function startWorker(setup: TransformSetup): Worker {
  const worker = new Worker(new URL(import.meta.url), { workerData: { transformRows: true } });
  worker.postMessage(setup);
  return worker;
}

/** The rows in batches of about equal work, each of which is one task. */
export async function* inTasks(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  for await (const batch of batches) yield* tasksOf(batch);
}

/** The rows of one batch in batches of about equal work. */
export function* tasksOf(batch: Batch): Generator<Batch> {
  const cells = Object.values(batch.columns);
  let from = 0;
  let characters = 0;
  for (let row = 0; row < batch.rows; row++) {
    for (const column of cells) characters += lengthOf(column[row]);
    const full = characters >= TASK_CHARACTERS || row + 1 - from >= TASK_ROWS;
    if (!full && row + 1 < batch.rows) continue;
    yield from === 0 && row + 1 === batch.rows ? batch : sliceOf(batch, from, row + 1);
    from = row + 1;
    characters = 0;
  }
}

function sliceOf(batch: Batch, from: number, to: number): Batch {
  const columns: Record<string, readonly Cell[]> = {};
  for (const [name, cells] of Object.entries(batch.columns)) columns[name] = cells.slice(from, to);
  return { rows: to - from, columns };
}

function charactersOf(batch: Batch): number {
  let sum = 0;
  for (const cells of Object.values(batch.columns)) for (const cell of cells) sum += lengthOf(cell);
  return sum;
}

function lengthOf(cell: Cell | undefined): number {
  return typeof cell === "string" ? cell.length : 0;
}

// This module is its own worker: the thread that `startWorker` starts runs it again.
const given = workerData as unknown;
if (!isMainThread && typeof given === "object" && given !== null && "transformRows" in given) {
  answerTasks(parentPort!, (setup: TransformSetup) =>
    createTransform(setup).finally(() => {
      setup.keys.secret.fill(0);
      setup.keys.values.fill(0);
      setup.identifiers?.fill(0);
    }),
  );
}
