import type { Json } from "../pipeline/core/canonical-json.ts";
import type { Finding } from "../pipeline/core/types.ts";
import type { Policy, Rule } from "./schema.ts";

/** One way in which a fine-tune's policy asks less than that of the model it starts from. */
export interface Weakening {
  /** What a waiver names: a path such as "deidentify.text.mode", or "audit.model.accuracy by sex". */
  readonly rule: string;
  readonly message: string;
}

/**
 * Where a policy asks less than its parent's. `parent` is the parent's policy as its run recorded it,
 * complete with defaults. What the parent does not ask, the fine-tune need not ask either.
 */
export function weakenings(parent: Json, child: Policy): readonly Weakening[] {
  const before = parent as unknown as Policy;
  return [
    ...ruleWeakenings(before, child, "data"),
    ...ruleWeakenings(before, child, "model"),
    ...textWeakenings(before, child),
    ...privacyWeakenings(before, child),
    ...otherWeakenings(before, child),
  ];
}

/** One finding for each weakening: it blocks, unless the policy waives it and says why. */
export function weakeningFindings(found: readonly Weakening[], policy: Policy): Finding[] {
  const waivers = policy.train?.waivers ?? [];
  return found.map(({ rule, message }) => {
    const waiver = waivers.find((one) => one.rule === rule);
    return {
      rule: `train.parent: ${rule}`,
      verdict: waiver === undefined ? "block" : "warn",
      message:
        waiver === undefined
          ? `weaker than the parent's policy: ${message}`
          : `weaker than the parent's policy: ${message}; waived by ${waiver.by}: ${waiver.reason}`,
      evidence: [],
    };
  });
}

function ruleWeakenings(parent: Policy, child: Policy, about: "data" | "model"): Weakening[] {
  return parent.audit[about].flatMap((before): Weakening[] => {
    const title = titleOf(before);
    const rule = `audit.${about}.${title}`;
    const alike = child.audit[about].filter((one) => titleOf(one) === title);
    const lacks = alike.map((after) => lessThan(before, after));
    if (lacks.includes(undefined)) return [];
    return [{ rule, message: `the rule about ${title} ${lacks[0] ?? "is gone"}` }];
  });
}

/** In what way a rule asks less than the one before it, or undefined. */
function lessThan(before: Rule, after: Rule): string | undefined {
  const gravity = ["pass", "warn", "block"];
  if (before.min !== undefined && (after.min ?? -Infinity) < before.min)
    return `has ${after.min === undefined ? "no min" : `min ${after.min}`}, it was ${before.min}`;
  if (before.max !== undefined && (after.max ?? Infinity) > before.max)
    return `has ${after.max === undefined ? "no max" : `max ${after.max}`}, it was ${before.max}`;
  if (gravity.indexOf(after.on_fail) < gravity.indexOf(before.on_fail))
    return `only ${after.on_fail}s, it did ${before.on_fail}`;
  if (gravity.indexOf(after.undefined) < gravity.indexOf(before.undefined))
    return `lets an undefined number ${after.undefined}, it did ${before.undefined}`;
  if (before.use === "interval" && after.use === "value")
    return "holds the number against its limit, it was the end of the interval";
  return undefined;
}

function titleOf({ metric, by }: Rule): string {
  return by === undefined ? metric : `${metric} by ${by.join(" × ")}`;
}

function textWeakenings(parent: Policy, child: Policy): Weakening[] {
  const [before, after] = [parent.deidentify.text, child.deidentify.text];
  const found: Weakening[] = [];
  if (before.mode === "high-recall" && after.mode !== "high-recall")
    found.push({
      rule: "deidentify.text.mode",
      message: `mode is ${after.mode}, it was high-recall`,
    });
  const operatorOf = (entities: Readonly<Record<string, unknown>>, entity: string): unknown =>
    entities[entity] ?? entities.default ?? "redact";
  const names = new Set([...Object.keys(before.entities), ...Object.keys(after.entities)]);
  for (const entity of names) {
    if (operatorOf(after.entities, entity) !== "keep") continue;
    if (operatorOf(before.entities, entity) === "keep") continue;
    found.push({
      rule: `deidentify.text.entities.${entity}`,
      message: `${entity === "default" ? "unnamed entities are" : `${entity} is`} kept, the parent replaced it`,
    });
  }
  return found;
}

function privacyWeakenings(parent: Policy, child: Policy): Weakening[] {
  const [before, after] = [parent.train?.privacy, child.train?.privacy];
  if (before === undefined) return [];
  const rule = "train.privacy";
  if (after === undefined)
    return [{ rule, message: "training has no privacy budget, the parent's had" }];
  const wider = (["epsilon", "delta"] as const).filter((name) => after[name] > before[name]);
  return wider.map((name) => ({
    rule,
    message: `${name} is ${after[name]}, it was ${before[name]}`,
  }));
}

function otherWeakenings(parent: Policy, child: Policy): Weakening[] {
  const found: Weakening[] = [];
  for (const key of ["k", "k_map"] as const) {
    const wanted = parent.deidentify.anonymity?.[key] ?? 0;
    const now = child.deidentify.anonymity?.[key] ?? 0;
    if (now < wanted)
      found.push({ rule: "deidentify.anonymity", message: `${key} is ${now}, it was ${wanted}` });
  }
  if (
    parent.dataset.undeclared_identifiers === "block" &&
    child.dataset.undeclared_identifiers === "warn"
  )
    found.push({
      rule: "dataset.undeclared_identifiers",
      message: "undeclared identifiers only warn, they did block",
    });
  if (parent.seal.subject_keys && !child.seal.subject_keys)
    found.push({
      rule: "seal.subject_keys",
      message: "people have no keys of their own, they had",
    });
  const until = parent.retention?.delete_after;
  const later = child.retention?.delete_after;
  if (until !== undefined && (later === undefined || later > until))
    found.push({
      rule: "retention",
      message: `the parent is to be deleted after ${until}, this ${later === undefined ? "never" : `after ${later}`}`,
    });
  const dropped = parent.report.frameworks.filter(
    (name) => !child.report.frameworks.includes(name),
  );
  if (dropped.length > 0)
    found.push({
      rule: "report.frameworks",
      message: `the report leaves out ${dropped.join(", ")}`,
    });
  return found;
}
