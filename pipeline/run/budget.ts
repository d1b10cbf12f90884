import type { Ledger } from "../../audit/ledger/log.ts";
import { expense, reservation, spendingOn, type Spending } from "../../audit/ledger/privacy.ts";
import type { Policy } from "../../policies/schema.ts";
import { PipelineError } from "../core/error.ts";
import type { Digest, Evidence, Finding, Spent } from "../core/types.ts";
import { workspaceLedger } from "./ledger.ts";
import type { ProjectSigner } from "./signer.ts";
import type { Workspace } from "./workspace.ts";

/** What private training of one run may take of a dataset, and where it is written down. */
export interface Budget {
  /** The finding that stops a run whose budget would pass the dataset's; none without a limit. */
  findings(): readonly Finding[];
  /** Writes down what the run may spend, before the first step. Throws `policy` when it is too much. */
  reserve(planned: { readonly epsilon: number; readonly delta: number }): void;
  /** Writes down what it has spent; returns the dataset's total as evidence. */
  settle(model: Digest, evidence: readonly Evidence[]): readonly Evidence[];
}

/**
 * The ledger adds up what the runs on one source have spent; a policy with `dataset.privacy_budget`
 * refuses a run that would pass it. Sources are told apart by their bytes, so another way to
 * de-identify the same people draws on the same budget.
 */
export function privacyBudget(
  policy: Policy,
  run: { readonly id: string; readonly source: Digest },
  workspace: Workspace,
  signer: ProjectSigner,
): Budget {
  const { source } = run;
  const limit = policy.dataset.privacy_budget;
  const others = (): Spending => {
    const all = datasetSpending(workspace, source);
    const runs = all.runs.filter((spent) => spent.run !== run.id);
    const sum = (of: "epsilon" | "delta"): number => runs.reduce((n, r) => n + r[of], 0);
    return { epsilon: sum("epsilon"), delta: sum("delta"), runs };
  };
  const excess = (planned: { epsilon: number; delta: number }): string | undefined => {
    if (limit === undefined) return undefined;
    const spent = others();
    // A billionth for the rounding of sums, so that a budget can be used up.
    const within = (a: number, b: number): boolean => a <= b * (1 + 1e-9);
    const fits =
      within(spent.epsilon + planned.epsilon, limit.epsilon) &&
      within(spent.delta + planned.delta, limit.delta);
    return fits
      ? undefined
      : `${terms(spent)} of ${terms(limit)} are spent or reserved by ${runsNamed(spent.runs.length)}, the policy asks for ${terms(planned)} more`;
  };
  const append = (event: Parameters<Ledger["append"]>[0][number]): void => {
    const ledger = workspaceLedger(workspace, signer);
    try {
      // A run that is resumed has written it already.
      if (ledger.indexOf(event) === undefined) {
        ledger.append([event]);
        ledger.checkpoint();
      }
    } finally {
      ledger.close();
    }
  };
  return {
    findings() {
      const asked = policy.train?.privacy;
      if (limit === undefined || asked === undefined) return [];
      const message = excess(asked);
      const rule = "dataset.privacy_budget";
      return message === undefined
        ? [{ rule, verdict: "pass", message: `ε ${asked.epsilon} fits the budget`, evidence: [] }]
        : [{ rule, verdict: "block", message, evidence: [] }];
    },
    reserve(planned) {
      const message = excess(planned);
      if (message !== undefined)
        throw new PipelineError(
          "policy",
          `the privacy budget of the dataset would be passed: ${message}`,
        );
      const { epsilon, delta } = planned;
      append(reservation({ run: run.id, source, epsilon, delta }));
    },
    settle(model, evidence) {
      const spent = evidence.find((item): item is Spent => item.kind === "spent");
      if (spent === undefined) return [];
      const { epsilon, delta, accountant } = spent;
      append(expense({ run: run.id, source, model, epsilon, delta, accountant }));
      const total = datasetSpending(workspace, source);
      return [
        {
          kind: "measured",
          subject: source,
          metric: "epsilon_of_dataset",
          estimate: { value: total.epsilon, n: total.runs.length },
        },
      ];
    },
  };
}

/** What all runs of a workspace have spent on one source. */
export function datasetSpending(workspace: Workspace, source: Digest): Spending {
  return spendingOn(workspace.ledger, source);
}

function terms({ epsilon, delta }: { readonly epsilon: number; readonly delta: number }): string {
  const short = (n: number): string => String(Number(n.toPrecision(4)));
  return `ε ${short(epsilon)}, δ ${short(delta)}`;
}

function runsNamed(n: number): string {
  return n === 1 ? "1 earlier run" : `${n} earlier runs`;
}
