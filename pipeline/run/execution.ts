import type { LoadedPolicy } from "../../policies/load.ts";
import type { Json } from "../core/canonical-json.ts";
import { PipelineError } from "../core/error.ts";
import { seededRandom, systemRandom } from "../core/random.ts";
import type {
  Digest,
  Evidence,
  Finding,
  Progress,
  StageContext,
  StageRecord,
  Store,
} from "../core/types.ts";
import { type Workspace } from "./workspace.ts";
import { writeJournal, type Journal } from "./journal.ts";
import { type ProjectKeys, type SecretSource } from "./keys.ts";
import { type Parent } from "./parent.ts";
import { type Plan } from "./plan.ts";

export interface RunOptions {
  /** Made if it is not there, once the source and the policy are known to fit. */
  readonly workspace: Workspace;
  readonly secrets: SecretSource;
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** Threads that de-identify; 1 where absent. */
  readonly jobs?: number;
  readonly code: string; // version of this program
  /** What a policy whose source is "-" reads. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly now: () => Date;
  readonly progress: (event: Progress) => void;
  readonly note: (message: string) => void;
}

/** What the steps of one run share. */
export interface Execution {
  readonly loaded: LoadedPolicy;
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly keys: ProjectKeys;
  readonly parent?: Parent;
  journal: Journal;
}

interface Finished {
  readonly stage: { readonly name: string; readonly version: number };
  readonly started: Date;
  readonly inputs: readonly Digest[];
  readonly outputs: readonly Digest[];
  readonly evidence: readonly Evidence[];
  readonly findings: readonly Finding[];
  readonly output: Json;
}

/** Puts a finished stage into the journal, which is then on disk. */
export async function finishStage(execution: Execution, done: Finished): Promise<void> {
  const { journal, options } = execution;
  const record: StageRecord = {
    stage: done.stage.name,
    version: done.stage.version,
    inputs: done.inputs,
    outputs: done.outputs,
    started: done.started.toISOString(),
    ended: options.now().toISOString(),
    evidence: done.evidence,
  };
  await saveJournal(execution, {
    stages: [...journal.stages, record],
    findings: [...journal.findings, ...done.findings],
    outputs: { ...journal.outputs, [done.stage.name]: done.output },
  });
}

export async function saveJournal(execution: Execution, change: Partial<Journal>): Promise<void> {
  execution.journal = { ...execution.journal, ...change };
  await writeJournal(execution.options.workspace, execution.journal);
}

export function contextOf(execution: Execution, store: Store): StageContext {
  const { options, keys, journal } = execution;
  return {
    random: seededRandom(journal.seed),
    secret: keys.secret,
    entropy: systemRandom(),
    store,
    progress: options.progress,
    signal: options.signal,
  };
}

/** What a stage that seals nothing is given. */
export const noStore: Store = {
  put: () => Promise.reject(new PipelineError("internal", "this stage does not write shards")),
  finished: () => Promise.resolve(undefined),
};
