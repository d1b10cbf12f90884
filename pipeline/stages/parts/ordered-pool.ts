import type { Worker } from "node:worker_threads";
import { PipelineError, type ErrorCode } from "../../core/error.ts";

/** An answer of a worker: what it made of a task, or why it could not. */
export type Answer<Result> = { readonly result: Result } | { readonly error: SentError };

/** An error as it travels between threads. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** Tasks that wait at a worker, so that it never waits for us. */
const DEPTH = 2;

/** The pool of workers that each send a word once they are ready. */
export async function readyPool<Task, Result>(
  workers: readonly Worker[],
): Promise<OrderedPool<Task, Result>> {
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          const fail = (cause: unknown): void => {
            reject(new PipelineError("internal", "a worker thread failed", { cause }));
          };
          worker.once("error", fail);
          worker.once("exit", fail);
          worker.once("message", () => {
            worker.off("error", fail).off("exit", fail);
            resolve();
          });
        }),
    ),
  );
  return new OrderedPool(workers);
}

/**
 * Gives tasks to workers, each of which answers them in order, and yields the results in the order
 * of the tasks. A few tasks a worker are under way at a time, whatever their number.
 */
export class OrderedPool<Task, Result> {
  readonly #workers: readonly Worker[];
  readonly #waiting: readonly Settle<Result>[][];
  #failure: PipelineError | undefined;

  constructor(workers: readonly Worker[]) {
    this.#workers = workers;
    this.#waiting = workers.map(() => []);
    for (const [i, worker] of workers.entries()) {
      worker.on("message", (answer: Answer<Result>) => {
        const waiting = this.#waiting[i]!.shift();
        if ("result" in answer) waiting?.resolve(answer.result);
        else waiting?.reject(errorOf(answer.error));
      });
      worker.on("error", (cause) => {
        this.#fail(new PipelineError("internal", "a worker thread failed", { cause }));
      });
      worker.on("exit", () => {
        this.#fail(new PipelineError("internal", "a worker thread ended early"));
      });
    }
  }

  /** The results of the tasks, in their order. */
  async *map(tasks: AsyncIterable<Task>, signal: AbortSignal): AsyncGenerator<Result> {
    const pending: Promise<Result>[] = [];
    for await (const task of tasks) {
      pending.push(this.#give(task));
      if (pending.length >= this.#workers.length * DEPTH) yield await pending.shift()!;
      if (signal.aborted) break;
    }
    signal.throwIfAborted();
    while (pending.length > 0) yield await pending.shift()!;
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#failure ??= new PipelineError("internal", "the pool of workers is closed");
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #give(task: Task): Promise<Result> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const lengths = this.#waiting.map((list) => list.length);
    const i = lengths.indexOf(Math.min(...lengths));
    const answer = new Promise<Result>((resolve, reject) => {
      this.#waiting[i]!.push({ resolve, reject });
    });
    // Whoever awaits it hears of a failure; until then it must not count as nobody's.
    answer.catch(() => undefined);
    this.#workers[i]!.postMessage(task);
    return answer;
  }

  #fail(error: PipelineError): void {
    this.#failure ??= error;
    for (const list of this.#waiting) for (const waiting of list.splice(0)) waiting.reject(error);
  }
}

interface Settle<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** An error in a form that another thread may send; the text of a foreign error might hold a cell. */
export function sentError(error: unknown): { readonly error: SentError } {
  if (!(error instanceof PipelineError)) {
    const kind = error instanceof Error ? error.name : typeof error;
    const stack =
      error instanceof Error
        ? (error.stack ?? "").split("\n").filter((l) => /^\s+at /.test(l))
        : [];
    const message = `unexpected ${kind} in a worker thread ${stack[0]?.trim() ?? ""}`;
    return { error: { code: "internal", message } };
  }
  const { code, message, hint } = error;
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

function errorOf({ code, message, hint }: SentError): Error {
  return new PipelineError(code, message, hint === undefined ? {} : { hint });
}
