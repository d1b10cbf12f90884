import type { IdentifierSet } from "../../../audit/memorization/identifiers.ts";
import { gate } from "../../../policies/gate.ts";
import type { Json } from "../../core/canonical-json.ts";
import type { Dataset } from "../../core/types.ts";
import { auditModel } from "../../stages/audit-model.ts";
import { type IngestOutput } from "../../stages/ingest.ts";
import type { TrainedOutput } from "../../stages/parts/model.ts";
import { train } from "../../stages/train.ts";
import type { StartProgram } from "../../train/external.ts";
import { type Budget } from "../budget.ts";
import { recordModel } from "../catalog-rows.ts";
import { modelStore } from "../models.ts";
import { startTrainer } from "../trainer.ts";
import { contextOf, finishStage, noStore, type Execution } from "../execution.ts";

/** Trains and audits a model; returns the names of its files. */
export async function modelSteps(
  execution: Execution,
  dataset: Dataset,
  ingested: IngestOutput,
  budget: Budget,
  readHashes: () => Promise<IdentifierSet | undefined>,
): Promise<string[]> {
  const { plan, options, keys, loaded } = execution;
  if (plan.train === undefined || plan.audit_model === undefined) return [];
  const models = modelStore(options.workspace, execution.journal.id, keys.keyring, options.now);
  const types = Object.fromEntries(ingested.columns.map((c) => [c.name, c.type]));
  let trained = execution.journal.outputs.train as unknown as TrainedOutput | undefined;
  if (trained === undefined) {
    const started = options.now();
    const result = await train.run(
      {
        dataset,
        types,
        models,
        seed: execution.journal.seed,
        startTrainer: trainerStarter(execution),
        ...(execution.parent === undefined ? {} : { parent: execution.parent.lineage }),
        reserve: (planned) => {
          budget.reserve(planned);
        },
      },
      plan.train,
      contextOf(execution, noStore),
    );
    trained = result.output;
    recordModel(execution, trained);
    await finishStage(execution, {
      stage: train,
      started,
      inputs: [
        dataset.digest,
        ...(execution.parent === undefined ? [] : [execution.parent.lineage.model]),
      ],
      outputs: [trained.digest],
      evidence: [...result.evidence, ...budget.settle(trained.digest, result.evidence)],
      findings: [],
      output: trained as unknown as Json,
    });
  }
  if (execution.journal.outputs["audit-model"] === undefined) {
    const started = options.now();
    const identifiers = plan.train.text === undefined ? undefined : await readHashes();
    const result = await auditModel.run(
      {
        ...{ dataset, train: plan.train, trained, models, types },
        startTrainer: trainerStarter(execution),
        ...(identifiers === undefined ? {} : { identifiers }),
      },
      plan.audit_model,
      contextOf(execution, noStore),
    );
    await finishStage(execution, {
      stage: auditModel,
      started,
      inputs: [trained.digest, dataset.digest],
      outputs: [],
      evidence: result.evidence,
      findings: gate(loaded.policy, "model", result.evidence),
      output: {},
    });
  }
  return trained.files.map((file) => `models/${trained.digest}/${file.file}`);
}

/** External trainers run beside the policy, so that it can name a script by a relative path. */
export function trainerStarter({ loaded, options }: Execution): StartProgram {
  return (command) => startTrainer(command, loaded.folder, options.note);
}
