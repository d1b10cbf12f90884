import { undeclaredIdentifiers } from "../../../policies/gate.ts";
import type { Json } from "../../core/canonical-json.ts";
import { type Source } from "../../data/source.ts";
import { profileDetector } from "../../stages/parts/detect.ts";
import { ingest, type IngestOutput } from "../../stages/ingest.ts";
import { contextOf, finishStage, noStore, type Execution } from "../execution.ts";

export async function ingestStep(
  execution: Execution,
  open: () => Promise<Source>,
): Promise<IngestOutput> {
  const { plan, loaded } = execution;
  const known = execution.journal.outputs.ingest;
  if (known !== undefined) return known as unknown as IngestOutput;
  const started = execution.options.now();
  const detect = await profileDetector(plan.deidentify);
  const result = await ingest.run(
    { source: await open(), detect },
    plan.ingest,
    contextOf(execution, noStore),
  );
  await finishStage(execution, {
    stage: ingest,
    started,
    inputs: [result.output.digest],
    outputs: [],
    evidence: result.evidence,
    findings: undeclaredIdentifiers(loaded.policy, result.evidence),
    output: result.output as unknown as Json,
  });
  return result.output;
}
