import { verdictOf } from "../../policies/gate.ts";
import type { LoadedPolicy } from "../../policies/load.ts";
import { sha256 } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { RunRecord } from "../core/types.ts";
import { openSource, type Source } from "../data/source.ts";
import { deidentifiedDigest } from "../stages/deidentify.ts";
import { matchColumns, type IngestOutput } from "../stages/ingest.ts";
import { privacyBudget } from "./budget.ts";
import { createWorkspace, withLock } from "./workspace.ts";
import { makeFolder } from "./files.ts";
import { identifierFile, readIdentifiers } from "./identifiers.ts";
import { recordStart } from "./catalog-rows.ts";
import { freshJournal, lockFile, resumableRun, writeJournal } from "./journal.ts";
import { datasetKeyring, openProject } from "./keys.ts";
import { findParent } from "./parent.ts";
import { planRun, type Plan } from "./plan.ts";
import { openInput, sourceOptions } from "./source-options.ts";
import { spool } from "./spool.ts";
import { recordOpened } from "./access.ts";
import { filesOf, sealedDataset } from "./store.ts";
import type { Execution, RunOptions } from "./execution.ts";
import { anonymizeStep } from "./steps/anonymize.ts";
import { auditDataStep } from "./steps/audit-data.ts";
import { deidentifyStep } from "./steps/deidentify.ts";
import { ingestStep } from "./steps/ingest.ts";
import { modelSteps } from "./steps/model.ts";
import { releaseCountsStep } from "./steps/release-counts.ts";
import { publishStep } from "./steps/publish.ts";

export type { RunOptions } from "./execution.ts";

export interface RunOutcome {
  readonly record: RunRecord;
  readonly folder: string;
  readonly resumed: boolean;
}

/**
 * Carries out a policy from its source to the signed report, or goes on with a run of the same
 * policy that was interrupted. A rule that blocks ends the run early; its report is published all
 * the same, and the record's verdict says so.
 */
export async function executeRun(loaded: LoadedPolicy, options: RunOptions): Promise<RunOutcome> {
  const { workspace } = options;
  const plan = planRun(loaded);
  const found = options.resume ? await resumableRun(workspace, loaded.digest) : undefined;
  const journal = found ?? freshJournal(loaded, options.now());
  // A file that cannot be read is refused before anything is written.
  const needed = found?.outputs["audit-data"] === undefined;
  const file = needed && plan.source !== "-" ? await openInput(loaded) : undefined;
  if (file !== undefined) matchColumns(file, plan.ingest);
  await createWorkspace(workspace.root);
  const keys = await openProject(workspace, plan.seal.recipients, options.secrets, plan.seal);
  try {
    await makeFolder(workspace.run(journal.id));
    return await withLock(lockFile(workspace, journal.id), async () => {
      if (found !== undefined)
        options.note(
          `going on with run ${journal.id}, behind ${journal.stages.at(-1)?.stage ?? "its start"}`,
        );
      const parent = await findParent(loaded.policy, workspace);
      const execution: Execution = {
        ...{ loaded, plan, options, keys, journal },
        ...(parent === undefined ? {} : { parent }),
      };
      await writeJournal(workspace, journal);
      recordStart(execution);
      const input =
        needed && plan.source === "-"
          ? await spool(workspace.run(journal.id), options.stdin)
          : undefined;
      const open = async (): Promise<Source> => {
        if (file !== undefined) return file;
        if (input !== undefined)
          return openSource("-", { ...sourceOptions(loaded.policy.dataset), stdin: input.read() });
        throw new PipelineError("internal", "a finished stage asks for the source");
      };
      const record = await carryOut(execution, open).finally(() => input?.remove());
      return { record, folder: workspace.run(journal.id), resumed: found !== undefined };
    });
  } finally {
    keys.keyring.close();
  }
}

async function carryOut(execution: Execution, open: () => Promise<Source>): Promise<RunRecord> {
  const { plan, options } = execution;
  const ingested = await ingestStep(execution, open);
  if (!(await releaseCountsStep(execution, open, ingested))) return publishStep(execution, []);
  const anonymized = await anonymizeStep(execution, open, ingested);
  // Nothing may be released: the run ends with its report.
  if (anonymized?.plan === null) return publishStep(execution, []);
  const keyring = await datasetKeyring(
    options.workspace,
    datasetId(ingested, plan),
    plan.seal.recipients,
    options.secrets,
    { owners: plan.seal.owners, twoOwners: plan.seal.two_owners },
  );
  recordOpened(options.workspace, keyring, { what: "run", run: execution.journal.id });
  try {
    const manifest = await deidentifyStep(execution, open, ingested, keyring, anonymized);
    const dataset = sealedDataset(options.workspace.dataset(manifest.id), manifest, keyring);
    const datasetFiles = [
      `datasets/${manifest.id}/dataset.json`,
      ...manifest.shards.flatMap((shard, index) =>
        [...filesOf(shard).map(({ file }) => file), identifierFile(index)].map(
          (file) => `datasets/${manifest.id}/${file}`,
        ),
      ),
    ];
    const budget = privacyBudget(
      execution.loaded.policy,
      { id: execution.journal.id, source: ingested.digest },
      options.workspace,
      execution.keys.signer,
    );
    await auditDataStep(execution, dataset, budget);
    const modelFiles =
      verdictOf(execution.journal.findings) === "block"
        ? []
        : await modelSteps(execution, dataset, ingested, budget, () =>
            readIdentifiers(
              options.workspace.dataset(manifest.id),
              manifest.shards.length,
              keyring,
            ),
          );
    return await publishStep(execution, [...datasetFiles, ...modelFiles]);
  } finally {
    keyring.close();
  }
}

/** The same rows with and without a vault are two datasets: one cannot become the other. */
function datasetId(ingested: IngestOutput, plan: Plan): string {
  const digest = deidentifiedDigest(ingested.digest, plan.deidentify);
  const { subject_keys: vault, two_owners: twoOwners } = plan.seal;
  return (vault ? sha256(`${digest} vault ${String(twoOwners)}`) : digest).slice(0, 32);
}
