import type { Json } from "../../core/canonical-json.ts";
import { encrypt } from "./encrypt.ts";
import { generalize } from "./generalize.ts";
import { hash } from "./hash.ts";
import { keep } from "./keep.ts";
import { mask } from "./mask.ts";
import { microaggregate } from "./microaggregate.ts";
import { refuse, type OperatorParams, type Setting, type TextOperator } from "./operator.ts";
import { noise } from "./noise.ts";
import { pseudonymize } from "./pseudonymize.ts";
import { redact } from "./redact.ts";
import { replace } from "./replace.ts";
import { round } from "./round.ts";
import { shiftDays } from "./shift-days.ts";
import { surrogate } from "./surrogate.ts";
import { topBottom } from "./top-bottom.ts";

/** Every operator by the name a policy uses. */
export const operators = {
  encrypt,
  generalize,
  hash,
  keep,
  mask,
  microaggregate,
  noise,
  pseudonymize,
  redact,
  replace,
  round,
  shift_days: shiftDays,
  surrogate,
  top_bottom: topBottom,
} as const satisfies Record<string, TextOperator>;

export type OperatorName = keyof typeof operators;
export const operatorNames = Object.keys(operators) as readonly OperatorName[];

/** An operator with its settings, checked. */
export interface OperatorSpec {
  readonly name: OperatorName;
  readonly params: OperatorParams;
}

/**
 * Reads an operator of a policy: a name, or an object with the name as its one key and its settings,
 * or its main setting alone, as the value. Throws `policy` with the path and what was meant.
 */
export function parseOperatorSpec(spec: Json, path: string): OperatorSpec {
  if (typeof spec === "string")
    return { name: nameOf(spec, path), params: parseParams(spec, {}, path) };
  if (spec === null || typeof spec !== "object" || Array.isArray(spec)) {
    refuse(
      path,
      "expected an operator, as a name or as { name: { … } }",
      `one of ${operatorNames.join(", ")}`,
    );
  }
  const keys = Object.keys(spec);
  if (keys.length !== 1) refuse(path, `expected one operator, found ${keys.length}`);
  const key = keys[0]!;
  const name = nameOf(key, path);
  const settings = (spec as Readonly<Record<string, Json>>)[key]!;
  return { name, params: parseParams(name, settings, `${path}.${name}`) };
}

function nameOf(name: string, path: string): OperatorName {
  if (Object.hasOwn(operators, name)) return name as OperatorName;
  const near = nearest(name, operatorNames);
  const hint = near === undefined ? `one of ${operatorNames.join(", ")}` : `did you mean ${near}?`;
  return refuse(path, `unknown operator ${JSON.stringify(name)}`, hint);
}

function parseParams(name: string, given: Json, path: string): OperatorParams {
  const operator: TextOperator = operators[name as OperatorName];
  const params = objectOf(operator, given, path);
  for (const [key, value] of Object.entries(params)) {
    const setting = operator.settings[key];
    if (setting === undefined) {
      const near = nearest(key, Object.keys(operator.settings));
      refuse(
        `${path}.${key}`,
        `unknown setting of ${operator.name}`,
        near === undefined ? undefined : `did you mean ${near}?`,
      );
    }
    checkKind(value, setting, `${path}.${key}`);
  }
  for (const [key, setting] of Object.entries(operator.settings)) {
    if (setting.required === true && params[key] === undefined) {
      refuse(path, `${operator.name} needs ${key}`, `write { ${operator.name}: { ${key}: … } }`);
    }
  }
  operator.check?.(params, path);
  return params;
}

function objectOf(operator: TextOperator, given: Json, path: string): OperatorParams {
  if (given === null || given === true) return {};
  if (typeof given === "object" && !Array.isArray(given)) return given as OperatorParams;
  if (operator.main === undefined) refuse(path, "expected an object of settings");
  return { [operator.main]: given };
}

function checkKind(value: Json, { kind, minimum }: Setting, path: string): void {
  if (kind === "intervals") {
    const ok =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((w) => typeof w === "number" && w > 0);
    if (!ok) refuse(path, "expected a list of widths above 0");
  } else if (kind === "integer" || kind === "number") {
    const whole = kind === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!whole) refuse(path, `expected ${kind === "integer" ? "an integer" : "a number"}`);
    if (minimum !== undefined && (value as number) < minimum)
      refuse(path, `expected at least ${minimum}`);
  } else if (kind === "text" || kind === "boolean") {
    if (typeof value !== (kind === "text" ? "string" : "boolean")) refuse(path, `expected ${kind}`);
  } else if (typeof value !== "string" || !kind.includes(value)) {
    refuse(path, `expected one of ${kind.join(", ")}`);
  }
}

/** The closest name within two edits (Levenshtein), if there is one. */
function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const candidate of names) {
    const distance = edits(name, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length && i < 40; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
