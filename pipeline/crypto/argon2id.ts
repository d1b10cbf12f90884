import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { PipelineError } from "../core/error.ts";

/** Cost of one Argon2id call (RFC 9106); one lane, since libsodium has no more. */
export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** 64 MiB and 3 passes: the second choice of RFC 9106 section 4, some 0.2 s. */
export const INTERACTIVE: Argon2Cost = { memoryKib: 64 * 1024, passes: 3 };
/** As cheap as the algorithm allows. For tests and for keys that are random anyway. */
export const WEAK: Argon2Cost = { memoryKib: 8, passes: 1 };
/** What a file may ask of its reader: 1 GiB and 16 passes. */
const COST_LIMIT: Argon2Cost = { memoryKib: 1024 * 1024, passes: 16 };

interface Task {
  readonly argon2id: true;
  readonly passphrase: Uint8Array;
  readonly salt: Uint8Array;
  readonly cost: Argon2Cost;
}

/**
 * 32 bytes of Argon2id (version 1.3) over a passphrase and a 16-byte salt. It runs in a thread of its
 * own: the caller's event loop goes on, and the memory it fills is given back when the thread ends.
 * Throws `format` when the cost is outside the limits, before any work is done.
 */
export async function argon2id(
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  checkCost(cost);
  const task: Task = { argon2id: true, passphrase, salt, cost };
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    const fail = (cause: unknown): void => {
      reject(new PipelineError("key", "cannot derive a key from the passphrase", { cause }));
    };
    worker.once("error", fail);
    worker.once("exit", fail); // without a message before it
  });
}

/** Throws `format` unless an Argon2id cost, as read from a file, is within the limits. */
export function checkCost({ memoryKib, passes }: Argon2Cost): void {
  const within = (n: number, least: number, most: number): boolean =>
    Number.isInteger(n) && n >= least && n <= most;
  if (
    !within(memoryKib, WEAK.memoryKib, COST_LIMIT.memoryKib) ||
    !within(passes, WEAK.passes, COST_LIMIT.passes)
  ) {
    throw new PipelineError(
      "format",
      `argon2id parameters are out of bounds: ${memoryKib} KiB, ${passes} passes`,
      { hint: `at most ${COST_LIMIT.memoryKib} KiB and ${COST_LIMIT.passes} passes are accepted` },
    );
  }
}

async function work(task: Task): Promise<void> {
  const { default: sumo } = await import("libsodium-wrappers-sumo");
  await sumo.ready;
  const key = sumo.crypto_pwhash(
    32,
    task.passphrase,
    task.salt,
    task.cost.passes,
    task.cost.memoryKib * 1024,
    sumo.crypto_pwhash_ALG_ARGON2ID13,
  );
  parentPort?.postMessage(key);
}

// This module is its own worker: the thread that `argon2id` starts runs it again with a task.
const given = workerData as unknown;
if (!isMainThread && typeof given === "object" && given !== null && "argon2id" in given) {
  await work(given as Task);
}
