import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import type { Backend } from "../backend.ts";
import { seededRandom } from "../../core/random.ts";
import type { Random } from "../../core/types.ts";
import type { LossAndGradients } from "../differentiate.ts";
import type { Objective } from "../objectives/objective.ts";
import type { ObjectiveSpec } from "../objectives/open.ts";
import { dropper } from "../random-tensors.ts";
import { disposeAll, type Tensors } from "../tensors.ts";
import { layoutOf, readTensors, sizeOfLayout, writeTensors, type Layout } from "./layout.ts";
import { boundsOf, partsOf } from "./parts.ts";
import { partLoss, startGradientWorker } from "./worker.ts";
import type { PartAnswer, PartTask } from "./worker.ts";

/** How many threads may work on one batch. */
export interface Workers {
  /** `auto` is one for each processor. */
  readonly count: "auto" | number;
  /** Multiplications below which a part is not worth a thread; for tests. */
  readonly leastWork?: number;
  /** Told how many threads work, once that is known. */
  used?(threads: number): void;
}

/** What a batch is differentiated by. */
export interface Parted<B> {
  readonly objective: Objective<B>;
  /** The same objective as data, for other threads. */
  readonly spec: ObjectiveSpec;
  /** Rows of a batch, and multiplications of its forward pass. */
  readonly rows: number;
  readonly work: number;
  readonly dropout: number;
}

/** Loss and gradients of batches, by several threads where they are large enough for that. */
export interface Gradients<B> {
  /** `random` decides which activations are dropped. The caller disposes the result. */
  of(parameters: Tensors, batch: B, random: Random): LossAndGradients | Promise<LossAndGradients>;
  close(): Promise<void>;
}

/**
 * The mean over a batch as the weighted mean over its parts, added up in their order: one thread and
 * many give the same bits. Only wasm is parted, whose kernels know one processor; the others use the
 * whole machine by themselves.
 */
export function gradientsOf<B>(
  { objective, spec, rows, work, dropout }: Parted<B>,
  { name, tf }: Backend,
  workers: Workers = { count: 1 },
): Gradients<B> {
  const parts = name === "wasm" ? partsOf(rows, work, workers.leastWork) : 1;
  const wanted = workers.count === "auto" ? availableParallelism() : workers.count;
  const threads = Math.min(parts, wanted);
  workers.used?.(threads);
  if (parts === 1) {
    return {
      of: (parameters, batch, random) => {
        const drop = dropper(tf, dropout, seededRandom(seedFrom(random)));
        return objective.loss(tf, parameters, batch, drop);
      },
      close: () => Promise.resolve(),
    };
  }
  let team: Team | undefined;
  let published: Tensors | undefined;
  return {
    async of(parameters, batch, random) {
      team ??= startTeam(threads - 1, layoutOf(parameters), { backend: name, objective: spec });
      const fresh = published !== parameters;
      if (fresh) {
        writeTensors(team.layout, parameters, team.parameters);
        team.stale.fill(true);
        published = parameters;
      }
      const seed = seedFrom(random);
      const all = objective.rows(batch);
      const tasks = Array.from({ length: parts }, (_, i) => boundsOf(all, parts, i))
        .filter(([from, to]) => from < to)
        .map(([from, to]) => ({
          batch: objective.part(batch, from, to),
          dropout: {
            rate: dropout,
            seed,
            rows: { from, to, of: all, timeMajor: objective.timeMajor },
          },
        }))
        // A part may have no term, such as no hidden token, and then no mean.
        .filter((task) => objective.terms(task.batch) > 0);
      const total = objective.terms(batch);
      const sum = team.sum.fill(0);
      let mean = 0;
      for (let round = 0; round < tasks.length; round += threads) {
        const others = tasks
          .slice(round + 1, round + threads)
          .map((task, i) => ask(team!, i, task));
        const first = tasks[round]!;
        const own = partLoss(tf, objective, parameters, first);
        const share = objective.terms(first.batch) / total;
        for (const { name: key, at } of team.layout)
          addScaled(sum, at, own.gradients[key]!.dataSync<"float32">(), share);
        disposeAll(own.gradients);
        mean += share * own.loss;
        for (const [i, loss] of (await Promise.all(others)).entries()) {
          const weight = objective.terms(tasks[round + 1 + i]!.batch) / total;
          addScaled(sum, 0, team.members[i]!.gradients, weight);
          mean += weight * loss;
        }
      }
      return { loss: tf.scalar(mean), gradients: readTensors(tf, team.layout, sum) };
    },
    async close() {
      await Promise.all(team?.members.map(({ worker }) => worker.terminate()) ?? []);
      team = undefined;
    },
  };
}

interface Member {
  readonly worker: Worker;
  readonly gradients: Float32Array;
}

interface Team {
  readonly layout: Layout;
  readonly members: readonly Member[];
  /** Shared with all threads. */
  readonly parameters: Float32Array;
  /** Which threads have not yet read the parameters as they are. */
  readonly stale: boolean[];
  readonly sum: Float32Array;
}

function startTeam(
  threads: number,
  layout: Layout,
  setup: { readonly backend: Backend["name"]; readonly objective: ObjectiveSpec },
): Team {
  const bytes = 4 * sizeOfLayout(layout);
  const parameters = new SharedArrayBuffer(bytes);
  const members = Array.from({ length: threads }, () => {
    const gradients = new SharedArrayBuffer(bytes);
    const worker = startGradientWorker({ ...setup, layout, parameters, gradients });
    return { worker, gradients: new Float32Array(gradients) };
  });
  return {
    layout,
    members,
    parameters: new Float32Array(parameters),
    stale: members.map(() => true),
    sum: new Float32Array(sizeOfLayout(layout)),
  };
}

/** Gives a thread one part; its gradients are in its buffer once the loss is there. */
function ask(
  team: Team,
  index: number,
  task: Pick<PartTask, "batch" | "dropout">,
): Promise<number> {
  const { worker } = team.members[index]!;
  const fresh = team.stale[index]!;
  team.stale[index] = false;
  const answer = new Promise<number>((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      reject(new Error(`training thread ${index + 2}: ${why}`, { cause }));
    };
    const heard = (given: PartAnswer): void => {
      worker.off("error", broke).off("exit", ended);
      if ("failed" in given) fail(given.failed);
      else resolve(given.loss);
    };
    const broke = (error: unknown): void => {
      worker.off("message", heard).off("exit", ended);
      fail(error instanceof Error ? error.message : "it failed", error);
    };
    const ended = (): void => {
      worker.off("message", heard).off("error", broke);
      fail("it ended early");
    };
    worker.once("message", heard).once("error", broke).once("exit", ended);
  });
  // Whoever awaits it hears of a failure; until then it must not count as nobody's.
  answer.catch(() => undefined);
  worker.postMessage({ ...task, fresh });
  return answer;
}

function addScaled(sum: Float32Array, at: number, values: Float32Array, by: number): void {
  for (let i = 0; i < values.length; i++) sum[at + i]! += by * values[i]!;
}

/** A seed that another thread can be told; drawn from a stream that it cannot. */
function seedFrom(random: Random): string {
  return Array.from({ length: 4 }, () => random.uint32()).join(" ");
}
