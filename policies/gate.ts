import { digestOf } from "../pipeline/core/digest.ts";
import type { Evidence, Finding, Measured, Verdict } from "../pipeline/core/types.ts";
import type { Policy, Rule } from "./schema.ts";

/** Kinds of personal data that point at one person by themselves. */
const directIdentifiers = new Set([
  "EMAIL",
  "PHONE",
  "PAYMENT_CARD",
  "IBAN",
  "US_SSN",
  "UK_NINO",
  "CN_RESIDENT_ID",
]);
/** Share of a column's cells from which on it counts as holding identifiers, by how sure the kind is. */
const SHARE_OF_CHECKED_IDS = 0.05;
const SHARE_OF_NAMES = 0.5;

/**
 * Holds the rules of `audit.data` or `audit.model` against evidence, one finding per rule, in order.
 * A rule the evidence cannot decide (no such number, or one that is not estimable) gets the verdict
 * its `undefined` asks for, `block` unless the policy says otherwise.
 */
export function gate(
  policy: Policy,
  about: "data" | "model",
  evidence: readonly Evidence[],
): Finding[] {
  const measured = evidence.filter((e) => e.kind === "measured");
  return policy.audit[about].map((rule, i) => {
    const found = measured.filter((m) => answers(rule, m));
    return decide(`audit.${about}[${i}]`, rule, found);
  });
}

/** The verdict of a run: the gravest of its findings, `pass` when there are none. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const verdicts = findings.map((f) => f.verdict);
  return verdicts.includes("block") ? "block" : verdicts.includes("warn") ? "warn" : "pass";
}

/**
 * Findings about columns that the policy calls `other` or `weight` although their cells hold direct
 * identifiers (share of cells: 5 % for kinds with a check or a fixed form, 50 % for names).
 */
export function undeclaredIdentifiers(policy: Policy, evidence: readonly Evidence[]): Finding[] {
  return evidence.flatMap((e): Finding[] => {
    if (e.kind !== "profiled" || (e.role !== "other" && e.role !== "weight")) return [];
    const worst = Object.entries(e.entities)
      .filter(
        ([entity, share]) =>
          share >=
          (isDirect(entity) ? SHARE_OF_CHECKED_IDS : entity === "PERSON" ? SHARE_OF_NAMES : 2),
      )
      .sort((a, b) => b[1] - a[1])[0];
    if (worst === undefined) return [];
    return [
      {
        rule: `dataset.columns.${e.column}.role`,
        verdict: policy.dataset.undeclared_identifiers,
        message: `${e.column} is declared ${e.role}, but ${percent(worst[1])} of its cells hold ${worst[0]}`,
        evidence: [digestOf(e)],
      },
    ];
  });
}

function isDirect(entity: string): boolean {
  return directIdentifiers.has(entity) || /^[A-Z]{2}_/.test(entity);
}

function answers(rule: Rule, m: Measured): boolean {
  return m.metric === rule.metric && (rule.by ?? []).join("\0") === (m.by ?? []).join("\0");
}

function decide(path: string, rule: Rule, found: readonly Measured[]): Finding {
  const title = `${rule.metric}${rule.by === undefined ? "" : ` by ${rule.by.join(" × ")}`}`;
  const evidence = found.map((m) => digestOf(m));
  if (found.length === 0) {
    return { rule: path, verdict: rule.undefined, message: `${title} was not measured`, evidence };
  }
  const unknown = found.filter((m) => held(rule, m) === null);
  const failing = found.filter((m) => violates(rule, m));
  if (failing.length > 0) {
    const worst = failing.reduce((a, b) => (excess(rule, b) > excess(rule, a) ? b : a));
    const more = failing.length > 1 ? `, and ${failing.length - 1} more` : "";
    return {
      rule: path,
      verdict: rule.on_fail,
      message: `${title} is ${shown(rule, worst)}${more}`,
      evidence,
    };
  }
  if (unknown.length > 0) {
    const first = unknown[0];
    const why = first?.estimate.why ?? "no interval";
    return {
      rule: path,
      verdict: rule.undefined,
      message: `${title}${groupName(first)} is not estimable: ${why}`,
      evidence,
    };
  }
  const nearest = found.reduce((a, b) => (excess(rule, b) > excess(rule, a) ? b : a));
  return { rule: path, verdict: "pass", message: `${title} is ${shown(rule, nearest)}`, evidence };
}

/** The numbers that the rule holds against its limits: the value, or both ends of its interval. */
function held(rule: Rule, m: Measured): readonly [number, number] | null {
  const { value, interval } = m.estimate;
  if (value === null) return null;
  if (rule.use === "value") return [value, value];
  return interval === undefined ? null : [interval[0], interval[1]];
}

/** How far beyond its limits a number lies; negative inside them. */
function excess(rule: Rule, m: Measured): number {
  const range = held(rule, m);
  if (range === null) return -Infinity;
  return Math.max(
    rule.min === undefined ? -Infinity : rule.min - range[0],
    rule.max === undefined ? -Infinity : range[1] - rule.max,
  );
}

function violates(rule: Rule, m: Measured): boolean {
  return excess(rule, m) > 0;
}

function shown(rule: Rule, m: Measured): string {
  const { value, interval } = m.estimate;
  const range = interval === undefined ? "" : ` [${fixed(interval[0])}, ${fixed(interval[1])}]`;
  const limits = [
    rule.min === undefined ? [] : [`at least ${rule.min}`],
    rule.max === undefined ? [] : [`at most ${rule.max}`],
  ].flat();
  const end = rule.use === "interval" ? ", to the end of its interval" : "";
  return `${value === null ? "not estimable" : fixed(value)}${range}${groupName(m)}; the policy asks for ${limits.join(" and ")}${end}`;
}

function groupName(m: Measured | undefined): string {
  const column = m?.column === undefined ? "" : ` in ${m.column}`;
  return column + (m?.group === undefined ? "" : ` for ${Object.values(m.group).join(", ")}`);
}

function fixed(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
