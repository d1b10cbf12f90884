import { PipelineError } from "../../core/error.ts";
import { parseArguments } from "../arguments.ts";

/** What `probity fairness` was asked, checked. */
export interface FairnessRequest {
  readonly path: readonly string[];
  readonly task: "binary" | "classes" | "regression" | "ranking";
  readonly label: string;
  readonly prediction?: string;
  readonly score?: string;
  readonly threshold?: number;
  readonly range?: readonly [number, number];
  readonly weight?: string;
  readonly list?: string;
  /** The attributes, and the sets of them that are compared by: each, every pair, and all together. */
  readonly attributes: readonly string[];
  readonly by: readonly (readonly string[])[];
  /** Strata within which demographic disparity is measured too. */
  readonly given: readonly string[];
  readonly favourable?: string;
  readonly reference: "majority" | "minimum" | Readonly<Record<string, string>>;
  readonly tau: number;
  readonly confidence: number;
  readonly resamples: number;
  readonly minGroup: number;
  readonly missing: "exclude" | "group";
  readonly localLaw: boolean;
  readonly seed: string;
  readonly json: boolean;
  /** Where a page with pictures goes. */
  readonly report?: string;
}

const tasks = ["binary", "classes", "regression", "ranking"] as const;

/** Parses the words of the command. Throws `usage` for what is missing or cannot go together. */
export function fairnessRequest(argv: readonly string[]): FairnessRequest {
  const args = parseArguments(argv, {
    task: "string",
    label: "string",
    prediction: "string",
    score: "string",
    threshold: "number",
    range: "string",
    weight: "string",
    list: "string",
    by: "list",
    given: "list",
    favourable: "string",
    reference: "string",
    tau: "number",
    confidence: "number",
    resamples: "number",
    "min-group": "number",
    missing: "string",
    ll144: "boolean",
    seed: "string",
    report: "string",
    json: "boolean",
  });
  const attributes = args.by.flatMap((list) => list.split(",")).map((name) => name.trim());
  if (args.label === undefined) throw usage("--label COLUMN is missing");
  if (attributes.length === 0 || attributes.includes("")) throw usage("--by COLUMN is missing");
  const given = args.given.flatMap((list) => list.split(",")).map((name) => name.trim());
  if (given.some((name) => name === "" || attributes.includes(name)))
    throw usage("--given names columns that are not in --by");
  if (new Set(attributes).size < attributes.length) throw usage("--by names a column twice");
  if (attributes.includes(args.label)) throw usage("--by names the column of the label");
  const task = oneOf("task", args.task ?? "binary", tasks);
  if (args.prediction === undefined && (args.score === undefined || task === "classes"))
    throw usage("--prediction COLUMN is missing");
  if (args.report !== undefined && task !== "binary")
    throw usage("--report is made of an audit of two outcomes");
  return {
    path: args.words,
    task,
    label: args.label,
    ...(args.prediction === undefined ? {} : { prediction: args.prediction }),
    ...(args.score === undefined ? {} : { score: args.score }),
    ...(args.threshold === undefined ? {} : { threshold: args.threshold }),
    ...(args.range === undefined ? {} : { range: rangeOf(args.range) }),
    ...(args.weight === undefined ? {} : { weight: args.weight }),
    ...(args.list === undefined ? {} : { list: args.list }),
    attributes,
    by: comparedSets(attributes),
    given,
    ...(args.favourable === undefined ? {} : { favourable: args.favourable }),
    reference: referenceOf(args.reference ?? "majority", attributes),
    tau: between("tau", args.tau ?? 0.8, 0, 1),
    confidence: between("confidence", args.confidence ?? 0.95, 0.5, 1),
    resamples: whole("resamples", args.resamples ?? 2000),
    minGroup: whole("min-group", args["min-group"] ?? 1),
    missing: oneOf("missing", args.missing ?? "exclude", ["exclude", "group"] as const),
    localLaw: args.ll144,
    seed: args.seed ?? "1",
    json: args.json,
    ...(args.report === undefined ? {} : { report: args.report }),
  };
}

/** Each attribute, every pair, and all of them where they are more than two. */
function comparedSets(attributes: readonly string[]): readonly (readonly string[])[] {
  return [
    ...attributes.map((name) => [name]),
    ...attributes.flatMap((a, i) => attributes.slice(i + 1).map((b) => [a, b])),
    ...(attributes.length > 2 ? [attributes] : []),
  ];
}

/** `majority`, `minimum`, `sex=Male,race=White`, or one value where there is one attribute. */
function referenceOf(text: string, attributes: readonly string[]): FairnessRequest["reference"] {
  if (text === "majority" || text === "minimum") return text;
  const [only, second] = attributes;
  if (!text.includes("=") && only !== undefined && second === undefined) return { [only]: text };
  return Object.fromEntries(
    text.split(",").map((part) => {
      const at = part.indexOf("=");
      const name = part.slice(0, at).trim();
      if (at > 0 && attributes.includes(name)) return [name, part.slice(at + 1).trim()];
      throw usage("--reference is majority, minimum, or values such as sex=Male,race=White");
    }),
  );
}

function rangeOf(text: string): readonly [number, number] {
  const [low, high, more] = text
    .split(",")
    .map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (low !== undefined && high !== undefined && more === undefined && low < high)
    return [low, high];
  throw usage("--range needs two numbers, the lower first, such as 1,10");
}

function oneOf<T extends string>(name: string, value: string, values: readonly T[]): T {
  const found = values.find((known) => known === value);
  if (found !== undefined) return found;
  throw usage(`--${name} is one of ${values.join(", ")}`);
}

function between(name: string, value: number, low: number, high: number): number {
  if (value > low && value < high) return value;
  throw usage(`--${name} is between ${low} and ${high}`);
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw usage(`--${name} is a whole number from 0`);
}

function usage(message: string): PipelineError {
  return new PipelineError("usage", message, { hint: "add --help to see what there is" });
}
