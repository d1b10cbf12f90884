import type { Json } from "../../core/canonical-json.ts";
import { type Source } from "../../data/source.ts";
import { anonymize, type AnonymizeOutput } from "../../stages/anonymize.ts";
import { type IngestOutput } from "../../stages/ingest.ts";
import { runAnonymize } from "../anonymity.ts";
import { contextOf, finishStage, noStore, type Execution } from "../execution.ts";

/** The barrier: what the classes of the whole table allow to be released; undefined where nothing is asked. */
export async function anonymizeStep(
  execution: Execution,
  open: () => Promise<Source>,
  ingested: IngestOutput,
): Promise<AnonymizeOutput | undefined> {
  const { plan, loaded } = execution;
  const { anonymity } = plan.deidentify;
  if (anonymity === undefined) return undefined;
  const known = execution.journal.outputs.anonymize;
  if (known !== undefined) return known as unknown as AnonymizeOutput;
  const started = execution.options.now();
  const context = contextOf(execution, noStore);
  const { digest } = ingested;
  const source = await open();
  const result = await runAnonymize(
    { plan, loaded, source, again: open, digest, keys: execution.keys.deidentify, context },
    anonymity,
  );
  await finishStage(execution, {
    stage: anonymize,
    started,
    inputs: [ingested.digest],
    outputs: [],
    evidence: result.evidence,
    findings: result.output.findings,
    output: result.output as unknown as Json,
  });
  return result.output;
}
