import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { seededRandom } from "../../core/random.ts";
import { selectBackend, type BackendName } from "../backend.ts";
import { openObjective, type ObjectiveSpec } from "../objectives/open.ts";
import type { Objective } from "../objectives/objective.ts";
import { dropper, type Rows } from "../random-tensors.ts";
import { disposeAll, type Tensors, type Tf } from "../tensors.ts";
import { readTensors, writeTensors, type Layout } from "./layout.ts";

/** What a thread needs once. Both buffers hold float32 and are shared with the thread that trains. */
export interface WorkerSetup {
  readonly backend: BackendName;
  readonly objective: ObjectiveSpec;
  readonly layout: Layout;
  readonly parameters: SharedArrayBuffer;
  readonly gradients: SharedArrayBuffer;
}

/** One part of a batch. */
export interface PartTask {
  readonly batch: unknown;
  /** Whether the shared parameters have changed since the task before. */
  readonly fresh: boolean;
  readonly dropout: Dropout;
}

/** Which masks a part takes: those that its rows have in the whole batch. */
export interface Dropout {
  readonly rate: number;
  readonly seed: string;
  readonly rows: Rows;
}

/** The loss, with the gradients left in the shared buffer; or why there is none. */
export type PartAnswer = { readonly loss: number } | { readonly failed: string };

/** Starts a thread with a backend of its own; it works as soon as it has loaded. */
export function startGradientWorker(setup: WorkerSetup): Worker {
  return new Worker(new URL(import.meta.url), { workerData: { gradientWorker: setup } });
}

/** Loss and gradients of one part on this thread. The caller disposes the gradients. */
export function partLoss(
  tf: Tf,
  objective: Pick<Objective<never>, "loss">,
  parameters: Tensors,
  { batch, dropout: { rate, seed, rows } }: Pick<PartTask, "batch" | "dropout">,
): { readonly loss: number; readonly gradients: Tensors } {
  const drop = dropper(tf, rate, seededRandom(seed), rows);
  const { loss, gradients } = objective.loss(tf, parameters, batch as never, drop);
  const value = loss.dataSync()[0]!;
  loss.dispose();
  return { loss: value, gradients };
}

async function serve(setup: WorkerSetup): Promise<(task: PartTask) => PartAnswer> {
  const { tf } = await selectBackend(setup.backend);
  const objective = openObjective(tf, setup.objective);
  const shared = new Float32Array(setup.parameters);
  const results = new Float32Array(setup.gradients);
  let parameters: Tensors = {};
  return (task) => {
    if (task.fresh) {
      disposeAll(parameters);
      parameters = readTensors(tf, setup.layout, shared);
    }
    const { loss, gradients } = partLoss(tf, objective, parameters, task);
    writeTensors(setup.layout, gradients, results);
    disposeAll(gradients);
    return { loss };
  };
}

// This module is its own worker: the thread that `startGradientWorker` starts runs it again.
const given = workerData as { readonly gradientWorker?: WorkerSetup } | null;
if (!isMainThread && given?.gradientWorker !== undefined) {
  const port = parentPort!;
  const ready = serve(given.gradientWorker);
  port.on("message", (task: PartTask) => {
    void ready
      .then((work) => work(task))
      .catch((error: unknown) => ({
        failed: error instanceof Error ? error.message : String(error),
      }))
      .then((answer: PartAnswer) => {
        port.postMessage(answer);
      });
  });
}
