import type { Inconsistency } from "./inconsistency.ts";
import { neededFor, needsCanaryText } from "./leak-metrics.ts";
import type { Policy, Rule } from "./schema.ts";
import type { Path } from "./source-map.ts";

const tableKinds: readonly string[] = ["tabular-mlp", "logistic"];
const threadedKinds: readonly string[] = ["gpt", "lstm-lm", "bert", "text-classifier"];
const languageKinds: readonly string[] = ["lstm-lm", "gpt"];

/** What contradicts itself in the settings of private training and of the attacks on the model. */
export function leakProblems(policy: Policy): Inconsistency[] {
  const { dataset, train, audit } = policy;
  if (train === undefined) return [];
  const { kind } = train.model;
  const problems: Inconsistency[] = audit.model.flatMap((rule, i) =>
    attackProblems(policy, rule, ["audit", "model", i]),
  );
  const add = (at: Path, message: string): void => {
    problems.push({ at, message });
  };
  for (const key of ["shadows", "canaries"] as const) {
    if (!tableKinds.includes(kind) && audit.membership[key] > 0)
      add(
        ["audit", "membership", key],
        `models are trained for attacks on tables alone, not for ${kind}`,
      );
  }
  if (!languageKinds.includes(kind) && train.canaries !== undefined)
    add(["train", "canaries"], `canaries are sentences, and ${kind} does not learn to write`);
  if (kind === "external" && train.privacy !== undefined)
    add(
      ["train", "privacy"],
      "a privacy budget can be kept only by the models that are trained here",
    );
  if (train.precision === "mixed") {
    const at = ["train", "precision"];
    if (!["auto", "native", "cuda"].includes(train.backend))
      add(
        at,
        `mixed precision is offered by the backends native and cuda, not by ${train.backend}`,
      );
    if (train.fallback)
      add(
        at,
        "the backend that train.fallback goes on with has no mixed precision: drop one of both",
      );
    if (train.privacy !== undefined)
      add(at, "private training bounds gradients in full precision: drop train.precision");
    if (kind === "external") add(at, "a program that trains in our place has its own precision");
  }
  if (typeof train.workers === "number" && train.workers > 1) {
    if (!threadedKinds.includes(kind))
      add(
        ["train", "workers"],
        `several threads train ${threadedKinds.join(", ")}; ${kind} is trained by one`,
      );
    else if (train.privacy !== undefined)
      add(["train", "workers"], "private training has one thread: drop train.workers");
    else if (train.backend !== "auto" && train.backend !== "wasm")
      add(
        ["train", "workers"],
        `train.workers is for the backend wasm; ${train.backend} shares out its work itself or has one thread`,
      );
  }
  if (dataset.privacy_budget !== undefined && train.privacy === undefined)
    add(
      ["dataset", "privacy_budget"],
      "training without train.privacy spends more than any budget",
    );
  return problems;
}

/** A rule about an attack that the policy does not ask for could only block. */
function attackProblems({ audit, train }: Policy, rule: Rule, at: Path): Inconsistency[] {
  const metric = [...at, "metric"];
  if (needsCanaryText(rule.metric) && train?.canaries === undefined)
    return [{ at: metric, message: `${rule.metric} is measured only with train.canaries` }];
  const setting = neededFor(rule.metric);
  if (setting === undefined || Boolean(audit.membership[setting])) return [];
  const message = `${rule.metric} is measured only with audit.membership.${setting}`;
  return [{ at: metric, message }];
}
