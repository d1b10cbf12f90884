import { PipelineError } from "./error.ts";

/** A value that JSON can carry without loss. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical text of a JSON value (RFC 8785): members sorted by UTF-16 code units, no white
 * space, numbers as ECMAScript prints them. Throws `internal` on what JSON would change silently:
 * `undefined`, NaN, infinities, lone surrogates, and objects that are neither plain nor arrays.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$");
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return writeString(value, path);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse(path, "a number that is not finite");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, i) => write(item, `${path}[${i}]`)).join(",")}]`;
  }
  if (typeof value === "object" && isPlain(value)) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members
      .map(([key, item]) => `${writeString(key, path)}:${write(item, `${path}.${key}`)}`)
      .join(",")}}`;
  }
  return refuse(path, `a value of type ${typeof value}`);
}

function writeString(text: string, path: string): string {
  if (!text.isWellFormed()) refuse(path, "text with a lone surrogate");
  return JSON.stringify(text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(path: string, what: string): never {
  throw new PipelineError("internal", `cannot write ${what} as canonical JSON at ${path}`);
}
