import { resolve } from "node:path";
import { PipelineError } from "../../core/error.ts";
import type { Keyring } from "../../crypto/keyring.ts";
import { type Source } from "../../data/source.ts";
import { truthReader } from "../../data/truth.ts";
import { type AnonymizeOutput } from "../../stages/anonymize.ts";
import { deidentify, deidentifiedDigest } from "../../stages/deidentify.ts";
import { type IngestOutput } from "../../stages/ingest.ts";
import { releaseOf } from "../anonymity.ts";
import { identifierStore } from "../identifiers.ts";
import { recordDataset } from "../catalog-rows.ts";
import { Quarantine } from "../quarantine.ts";
import { openVault } from "../people.ts";
import {
  readManifest,
  sealedEvidence,
  sealedStore,
  shardRecords,
  writeManifest,
  type DatasetManifest,
} from "../store.ts";

import { contextOf, finishStage, type Execution } from "../execution.ts";

/** Reuses a whole dataset of the same source and parameters, whichever run made it. */
export async function deidentifyStep(
  execution: Execution,
  open: () => Promise<Source>,
  ingested: IngestOutput,
  keyring: Keyring,
  anonymized: AnonymizeOutput | undefined,
): Promise<DatasetManifest> {
  const { plan, options, loaded } = execution;
  const digest = deidentifiedDigest(ingested.digest, plan.deidentify);
  const folder = options.workspace.dataset(keyring.id);
  const started = options.now();
  let manifest = await readManifest(folder, keyring);
  if (manifest === undefined) {
    const people = await openVault(options.workspace, keyring, plan);
    const store = sealedStore(
      folder,
      keyring.id,
      keyring,
      plan.seal.engine,
      people?.vault.record.bind(people.vault),
    );
    const quarantine = new Quarantine(folder, keyring);
    const truth = loaded.policy.dataset.truth;
    const context = contextOf(execution, store);
    const running = deidentify.run(
      {
        source: await open(),
        again: open,
        digest: ingested.digest,
        quarantine: (line) => quarantine.add(line),
        ...(plan.deidentify.columns.some(({ action }) => action === "text")
          ? { identifiers: identifierStore(folder, keyring) }
          : {}),
        keys: execution.keys.deidentify,
        jobs: options.jobs ?? 1,
        ...(truth === undefined ? {} : { truth: truthReader(resolve(loaded.folder, truth)) }),
        ...(people === undefined ? {} : { vault: people.vault, people }),
        ...releaseOf(plan, loaded, anonymized, context),
      },
      plan.deidentify,
      context,
    );
    const result = await running.finally(() => people?.close());
    await quarantine.finish();
    const shards = await shardRecords(folder, keyring);
    await writeManifest(folder, keyring, {
      id: keyring.id,
      digest,
      source: ingested.digest,
      roles: Object.fromEntries(
        plan.deidentify.columns.filter((c) => c.action !== "drop").map((c) => [c.name, c.role]),
      ),
      shards,
      evidence: [...result.evidence, sealedEvidence(digest, keyring, shards)],
      access: { reason: plan.seal.reason },
    });
    manifest = await readManifest(folder, keyring);
    if (manifest === undefined)
      throw new PipelineError("internal", "the manifest is absent after it was written");
    recordDataset(execution, manifest);
  }
  if (execution.journal.outputs.deidentify === undefined) {
    await finishStage(execution, {
      stage: deidentify,
      started,
      inputs: [ingested.digest],
      outputs: [digest],
      evidence: manifest.evidence,
      findings: [],
      output: { dataset: manifest.id },
    });
  }
  return manifest;
}
