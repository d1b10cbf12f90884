import type { Json } from "../pipeline/core/canonical-json.ts";

/** A limit of a gate rule; both ends absent where the rule only asks that something holds. */
export interface Limit {
  readonly min?: number;
  readonly max?: number;
}

/** The member at a path such as `audit.model[2].max`; undefined when any step is missing. */
export function memberAt(document: Json, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (value === undefined) return undefined;
    if (name !== undefined)
      value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    else value = Array.isArray(value) ? (value as readonly Json[])[Number(index)] : undefined;
  }
  return value;
}

/** Text at a path: strings as they are, numbers and booleans printed, anything else undefined. */
export function textAt(document: Json, path: string): string | undefined {
  const value = memberAt(document, path);
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The limit that a finding's rule sets. */
export function limitOf(document: Json, rule: string): Limit | undefined {
  const min = memberAt(document, `${rule}.min`);
  const max = memberAt(document, `${rule}.max`);
  if (typeof min !== "number" && typeof max !== "number") return undefined;
  return {
    ...(typeof min === "number" ? { min } : {}),
    ...(typeof max === "number" ? { max } : {}),
  };
}

export function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
