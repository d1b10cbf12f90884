import type { MessagePort, Worker } from "node:worker_threads";
import { setImmediate } from "node:timers/promises";
import { OrderedPool, readyPool, sentError, type Answer } from "./ordered-pool.ts";

/** Work that can be done in this thread or in others: a function from tasks to results. */
export interface Work<Task, Result> {
  /** The function, for this thread. */
  here(): Promise<(task: Task) => Result>;
  /** A thread that does the work: one that runs `answerTasks`. */
  start(): Worker;
  /** How much a task is, in characters of text. */
  size(task: Task): number;
}

/** Does work, in this thread or in others. */
export interface WorkPool<Task, Result> {
  /** The results of the tasks, one for one and in their order. */
  map(tasks: AsyncIterable<Task>): AsyncIterable<Result>;
  /** Ends the threads. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Characters before other threads are started and waited for; see `createWorkPool`. */
  readonly least?: number;
}

/** Characters of text before other threads are worth their start. */
const LEAST = 1 << 18;

/**
 * A pool of `jobs` threads. With one job everything is done in this thread. With more, this thread does
 * the first quarter of a megabyte and what else can be done until the others have loaded; from then
 * on it reads and writes alone.
 */
export function createWorkPool<Task, Result>(
  work: Work<Task, Result>,
  { jobs, signal, least }: PoolOptions,
): WorkPool<Task, Result> {
  let own: Promise<(task: Task) => Result> | undefined;
  let workers: readonly Worker[] = [];
  let loading: Promise<OrderedPool<Task, Result>> | undefined;
  let pool: OrderedPool<Task, Result> | undefined;
  let failed = false;
  let passed = 0;

  async function load(): Promise<void> {
    if (loading === undefined) {
      workers = Array.from({ length: jobs }, () => work.start());
      loading = readyPool<Task, Result>(workers);
      loading.then(
        (ready) => (pool = ready),
        () => (failed = true),
      );
    }
    // Words from the threads are heard between two tasks only.
    await (least === undefined && !failed ? setImmediate() : loading);
  }

  return {
    async *map(source) {
      const tasks = source[Symbol.asyncIterator]();
      while (pool === undefined) {
        const next = await tasks.next();
        if (next.done === true) return;
        signal.throwIfAborted();
        own ??= work.here();
        passed += work.size(next.value);
        yield (await own)(next.value);
        if (jobs > 1 && passed >= (least ?? LEAST)) await load();
      }
      yield* pool.map({ [Symbol.asyncIterator]: () => tasks }, signal);
    },
    async close() {
      await pool?.close();
      if (pool === undefined) await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/**
 * The other end, in a worker: the first message is the setup, every other one a task. `make` gives the
 * function; the thread says when it has it, so that nothing waits for a thread that still loads.
 */
export function answerTasks<Work extends (task: never) => unknown>(
  port: MessagePort,
  make: (setup: never) => Promise<Work>,
): void {
  let work: Promise<Work> | undefined;
  const ready = (): void => {
    port.postMessage("ready");
  };
  port.on("message", (message: unknown) => {
    if (work === undefined) {
      work = make(message as never);
      // Whoever gives the first task hears why there is nothing to do it.
      work.then(ready, ready);
      return;
    }
    void work
      .then((apply): Answer<unknown> => {
        try {
          return { result: apply(message as never) };
        } catch (error) {
          return sentError(error);
        }
      }, sentError)
      .then((answer) => {
        port.postMessage(answer);
      });
  });
}
