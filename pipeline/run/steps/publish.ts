import { openCatalog } from "../../../audit/ledger/catalog.ts";
import { verdictOf } from "../../../policies/gate.ts";
import type { RunRecord } from "../../core/types.ts";
import { publish, subjectsOf } from "../publish.ts";
import { saveJournal, type Execution } from "../execution.ts";

export async function publishStep(
  execution: Execution,
  files: readonly string[],
): Promise<RunRecord> {
  const { options, keys } = execution;
  const { journal } = execution;
  const ended = journal.outputs.publish as { ended?: string } | undefined;
  // The end is fixed before publishing, so that a run killed while publishing publishes the same record.
  const at = ended?.ended ?? options.now().toISOString();
  if (ended === undefined)
    await saveJournal(execution, { outputs: { ...journal.outputs, publish: { ended: at } } });
  const record: RunRecord = {
    id: journal.id,
    name: journal.name,
    policy: journal.policy,
    document: journal.document,
    code: options.code,
    seed: journal.seed,
    started: journal.started,
    ended: at,
    environment: { node: process.version, platform: `${process.platform}-${process.arch}` },
    stages: journal.stages,
    findings: journal.findings,
    verdict: verdictOf(journal.findings),
  };
  await publish(options.workspace, record, await subjectsOf(options.workspace, files), keys.signer);
  await saveJournal(execution, { state: "finished" });
  const catalog = openCatalog(options.workspace.catalog);
  try {
    catalog.finishRun(record.id, { state: "finished", verdict: record.verdict, ended: at });
  } finally {
    catalog.close();
  }
  return record;
}
