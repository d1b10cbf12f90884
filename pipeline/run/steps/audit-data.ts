import { gate } from "../../../policies/gate.ts";
import type { Dataset } from "../../core/types.ts";
import { auditData } from "../../stages/audit-data.ts";
import { type Budget } from "../budget.ts";
import { contextOf, finishStage, noStore, type Execution } from "../execution.ts";

export async function auditDataStep(
  execution: Execution,
  dataset: Dataset,
  budget: Budget,
): Promise<void> {
  if (execution.journal.outputs["audit-data"] !== undefined) return;
  const started = execution.options.now();
  const result = await auditData.run(
    dataset,
    execution.plan.audit_data,
    contextOf(execution, noStore),
  );
  // Rules about the data may also rest on what deidentify measured, such as the planted recall.
  const earlier = execution.journal.stages.flatMap((s) => s.evidence);
  await finishStage(execution, {
    stage: auditData,
    started,
    inputs: [dataset.digest],
    outputs: [],
    evidence: result.evidence,
    findings: [
      ...gate(execution.loaded.policy, "data", [...earlier, ...result.evidence]),
      ...budget.findings(),
      ...(execution.parent?.findings ?? []),
    ],
    output: {},
  });
}
