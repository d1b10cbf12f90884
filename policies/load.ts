import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { digestOf, sha256 } from "../pipeline/core/digest.ts";
import { PipelineError } from "../pipeline/core/error.ts";
import { packageRoot } from "../pipeline/core/package-root.ts";
import type { Digest } from "../pipeline/core/types.ts";
import { consistencyProblems } from "./consistency.ts";
import { readPopulationTable, type PopulationTable } from "./population-table.ts";
import { policySchema, type Policy } from "./schema.ts";
import { parsePolicyFile, type Path, type PolicyFile } from "./source-map.ts";
import { nearest } from "./suggestion.ts";

/** A policy as it will be carried out: merged, checked, filled in and frozen. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** SHA-256 of the canonical JSON of `policy`. */
  readonly digest: Digest;
  /** The folder that relative paths in it start from: that of the file named on the command line. */
  readonly folder: string;
  readonly files: readonly string[];
  /** What the hierarchy files hold, by column. */
  readonly hierarchies: Readonly<Record<string, HierarchyFile>>;
  /** The table of the population, where the policy names one. */
  readonly population?: PopulationTable;
}

export interface HierarchyFile {
  readonly text: string;
  readonly sha256: Digest;
}

export interface Problem {
  readonly place: string; // file:line:col
  readonly path: string; // audit.model[2].metric
  readonly message: string;
}

type Plain = Record<string, unknown>;

/**
 * Reads a policy, everything it extends, and the `path=value` overrides, in rising precedence.
 * Throws one `policy` error that lists every problem as `file:line:col path: message`.
 */
export function loadPolicy(file: string, overrides: readonly string[] = []): LoadedPolicy {
  const files: PolicyFile[] = [];
  const merged = readWithParents(resolve(file), files, []);
  const problems: Problem[] = [];
  for (const override of overrides) applyOverride(merged, override);
  inlinePopulations(merged, files);
  const hierarchies = readHierarchies(merged, files, dirname(resolve(file)));
  const parsed = policySchema.safeParse(merged);
  const place = placeIn(files);
  if (!parsed.success)
    problems.push(...parsed.error.issues.flatMap((issue) => describe(issue, place)));
  else
    problems.push(
      ...consistencyProblems(parsed.data).map((p) => ({
        ...p,
        place: place(p.at),
        path: dotted(p.at),
      })),
    );
  if (problems.length > 0 || !parsed.success) throw policyError(problems);
  const policy = deepFreeze(parsed.data);
  const population = readPopulationTable(
    policy.deidentify.anonymity?.population_table,
    files,
    dirname(resolve(file)),
  );
  return {
    policy,
    digest: digestOf(stripUndefined(withFileDigests(policy, hierarchies, population))),
    folder: dirname(resolve(file)),
    files: files.map((f) => f.file),
    hierarchies,
    ...(population === undefined ? {} : { population }),
  };
}

/** One error with a line for each problem, in file order. */
export function policyError(problems: readonly Problem[]): PipelineError {
  const lines = problems.map(
    (p) => `${p.place} ${p.path === "" ? "policy" : p.path}: ${p.message}`,
  );
  return new PipelineError("policy", [...new Set(lines)].join("\n"), {
    hint: "probity policy schema prints every key; docs/policy.md explains them",
  });
}

/**
 * The policy as a report may show it: without the values of allow, deny and custom lists, which may
 * be names of people. Their number stays.
 */
export function publicPolicy(policy: Policy): unknown {
  const { text } = policy.deidentify;
  const withheld = "(withheld)";
  return stripUndefined({
    ...policy,
    deidentify: {
      ...policy.deidentify,
      text: {
        ...text,
        allow: text.allow.map(() => withheld),
        deny: text.deny.map(({ entity }) => ({ value: withheld, entity })),
        custom: text.custom.map((c) => ({
          ...c,
          ...(c.list && { list: c.list.map(() => withheld) }),
        })),
      },
    },
  });
}

/** A policy without its `undefined` members, so that it can be digested and stored. */
export function stripUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The file of a preset that ships with the program, or undefined when there is none of that name. */
export function presetFile(name: string): string | undefined {
  if (!/^[a-z0-9-]+$/.test(name)) return undefined;
  const file = fileURLToPath(new URL(`policies/presets/${name}.yaml`, packageRoot));
  return readText(file) === undefined ? undefined : file;
}

function readWithParents(file: string, files: PolicyFile[], chain: readonly string[]): Plain {
  if (chain.includes(file)) {
    throw new PipelineError("policy", `${file}: extends itself: ${[...chain, file].join(" → ")}`);
  }
  const text = readText(file);
  if (text === undefined) throw new PipelineError("policy", `cannot read the policy ${file}`);
  const parsed = parsePolicyFile(file, text);
  files.push(parsed);
  if (!isPlain(parsed.value)) {
    throw new PipelineError("policy", `${file}:1:1: expected a map of policy keys`);
  }
  const parents = parsed.value.extends ?? [];
  let merged: Plain = {};
  for (const parent of Array.isArray(parents) ? parents : [parents]) {
    const at = presetFile(String(parent)) ?? resolve(dirname(file), String(parent));
    if (readText(at) === undefined) {
      throw new PipelineError(
        "policy",
        `${parsed.locate(["extends"])} extends: no preset and no file named ${String(parent)}`,
      );
    }
    merged = merge(merged, readWithParents(at, files, [...chain, file])) as Plain;
  }
  const own: Plain = { ...parsed.value };
  delete own.extends;
  return merge(merged, own) as Plain;
}

/** Maps merge key by key; anything else, lists included, is replaced; null removes. */
function merge(base: unknown, over: unknown): unknown {
  if (!isPlain(base) || !isPlain(over)) return over;
  const merged: Plain = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function applyOverride(target: Plain, override: string): void {
  const equals = override.indexOf("=");
  const path = override.slice(0, equals).split(".");
  if (equals < 1 || path.some((key) => key === "" || key === "__proto__")) {
    throw new PipelineError("usage", `cannot read --set ${override}`, {
      hint: "write --set dataset.source=data.csv",
    });
  }
  const text = override.slice(equals + 1);
  // A lone hyphen is standard input, not a YAML list of nothing.
  const value = text === "-" ? text : parsePolicyFile("--set", text).value;
  let parent = target;
  for (const key of path.slice(0, -1)) {
    const child = parent[key];
    if (isPlain(child)) parent = child;
    else parent = parent[key] = {};
  }
  const last = path.at(-1) ?? "";
  if (value === null) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
}

/** `versus: census.yaml` becomes what that file holds, so that the digest covers it. */
function inlinePopulations(policy: Plain, files: readonly PolicyFile[]): void {
  const audit = policy.audit;
  if (!isPlain(audit) || !Array.isArray(audit.data)) return;
  for (const [i, rule] of audit.data.entries()) {
    if (!isPlain(rule) || typeof rule.versus !== "string") continue;
    const owner = files.find((f) => f.has(["audit", "data", i])) ?? files[0];
    const file = resolve(dirname(owner?.file ?? "."), rule.versus);
    const text = readText(file);
    if (text === undefined) {
      throw new PipelineError("policy", `audit.data[${i}].versus: cannot read ${file}`);
    }
    rule.versus = parsePolicyFile(file, text).value;
  }
}

/** Hierarchy files, from the folder of the policy that names them. */
function readHierarchies(
  policy: Plain,
  files: readonly PolicyFile[],
  folder: string,
): Record<string, HierarchyFile> {
  const found: Record<string, HierarchyFile> = {};
  const columns = isPlain(policy.dataset) ? policy.dataset.columns : undefined;
  for (const [name, column] of Object.entries(isPlain(columns) ? columns : {})) {
    const hierarchy = isPlain(column) ? column.hierarchy : undefined;
    if (!isPlain(hierarchy) || typeof hierarchy.file !== "string") continue;
    const path = ["dataset", "columns", name, "hierarchy"];
    const owner = files.find((f) => f.has(path));
    const file = resolve(owner === undefined ? folder : dirname(owner.file), hierarchy.file);
    const text = readText(file);
    if (text === undefined) {
      throw new PipelineError("policy", `${dotted([...path, "file"])}: cannot read ${file}`);
    }
    found[name] = { text, sha256: sha256(text) };
  }
  return found;
}

/** A policy names its hierarchy files and its population; its digest covers what they hold. */
function withFileDigests(
  policy: Policy,
  hierarchies: Readonly<Record<string, HierarchyFile>>,
  population: PopulationTable | undefined,
): unknown {
  const digests = Object.entries(hierarchies).map(([name, file]) => [name, file.sha256] as const);
  if (digests.length === 0 && population === undefined) return policy;
  return {
    policy,
    ...(digests.length === 0 ? {} : { hierarchies: Object.fromEntries(digests) }),
    ...(population === undefined ? {} : { population: population.sha256 }),
  };
}

function placeIn(files: readonly PolicyFile[]): (path: Path) => string {
  return (path) => {
    for (let depth = path.length; depth > 0; depth--) {
      const part = path.slice(0, depth);
      const owner = files.find((f) => f.has(part));
      if (owner) return owner.locate(part);
    }
    return `${files[0]?.file ?? "policy"}:1:1`;
  };
}

function describe(issue: z.core.$ZodIssue, place: (path: Path) => string): Problem[] {
  const path = issue.path.map((p) => (typeof p === "symbol" ? String(p) : p));
  if (issue.code !== "unrecognized_keys") {
    return [{ place: place(path), path: dotted(path), message: messageOf(issue) }];
  }
  const known = knownKeys(path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
    return {
      place: place([...path, key]),
      path: dotted([...path, key]),
      message: `unknown key${hint}`,
    };
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return `required${issue.expected === "object" ? "" : `, ${issue.expected}`}`;
  }
  if (issue.code === "invalid_union") {
    const inner = issue.errors.flat().map(messageOf);
    if (inner.length > 0) return [...new Set(inner)].join(", or ").toLowerCase();
  }
  return issue.message
    .replace(/^Invalid input: /, "")
    .replace(/^[A-Z](?![A-Z])/, (c) => c.toLowerCase());
}

/** The part of a JSON Schema that names keys. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** The keys that the schema allows at a path, from its own JSON Schema. */
function knownKeys(path: Path): readonly string[] {
  let nodes: Node[] = [z.toJSONSchema(policySchema, { target: "draft-7", io: "input" }) as Node];
  const spread = (list: readonly Node[]): Node[] =>
    list.flatMap((n) => [n, ...spread([...(n.anyOf ?? []), ...(n.oneOf ?? [])])]);
  for (const step of path) {
    nodes = spread(nodes).flatMap((n) => {
      const next =
        typeof step === "number" ? n.items : (n.properties?.[step] ?? n.additionalProperties);
      return typeof next === "object" ? [next] : [];
    });
  }
  return spread(nodes).flatMap((n) => Object.keys(n.properties ?? {}));
}

/** `["audit", "model", 2, "metric"]` as `audit.model[2].metric`. */
export function dotted(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`,
    "",
  );
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
