import { PipelineError } from "../../core/error.ts";
import type { Finding } from "../../core/types.ts";
import type { Source } from "../../data/source.ts";
import { type IngestOutput } from "../../stages/ingest.ts";
import { releaseCounts, spendingOf } from "../../stages/release-counts.ts";
import { privacyBudget } from "../budget.ts";
import { contextOf, finishStage, noStore, type Execution } from "../execution.ts";

const RULE = "dataset.privacy_budget";

/**
 * Releases the private counts that the policy asks for, once what they spend is written into the
 * ledger. False where the dataset's budget does not allow it: nothing may follow but the report.
 */
export async function releaseCountsStep(
  execution: Execution,
  open: () => Promise<Source>,
  ingested: IngestOutput,
): Promise<boolean> {
  const { plan, options, keys, loaded, journal } = execution;
  const params = plan.release_counts;
  if (params === undefined) return true;
  const known = journal.outputs["release-counts"] as { readonly allowed: boolean } | undefined;
  if (known !== undefined) return known.allowed;
  const started = options.now();
  const { digest } = ingested;
  // Counts and training of one run are two expenses: one does not take the place of the other.
  const budget = privacyBudget(
    loaded.policy,
    { id: `${journal.id}/release-counts`, source: digest },
    options.workspace,
    keys.signer,
  );
  const planned = spendingOf(params.tables);
  const refused = reserved(() => {
    budget.reserve(planned);
  });
  const result =
    refused === undefined
      ? await releaseCounts.run(
          { source: await open(), digest },
          params,
          contextOf(execution, noStore),
        )
      : undefined;
  const pass = `ε ${planned.epsilon} of the released counts fits the budget`;
  const limited = loaded.policy.dataset.privacy_budget !== undefined;
  await finishStage(execution, {
    stage: releaseCounts,
    started,
    inputs: [digest],
    outputs: result === undefined ? [] : [result.output.digest],
    evidence:
      result === undefined
        ? []
        : [...result.evidence, ...budget.settle(result.output.digest, result.evidence)],
    findings:
      refused !== undefined ? [finding("block", refused)] : limited ? [finding("pass", pass)] : [],
    output: { allowed: refused === undefined },
  });
  return refused === undefined;
}

/** Why a reservation was refused; any other error goes on. */
function reserved(reserve: () => void): string | undefined {
  try {
    reserve();
    return undefined;
  } catch (error) {
    if (error instanceof PipelineError && error.code === "policy") return error.message;
    throw error;
  }
}

function finding(verdict: Finding["verdict"], message: string): Finding {
  return { rule: RULE, verdict, message, evidence: [] };
}
