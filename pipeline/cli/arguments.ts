import yargs from "yargs";
import { PipelineError } from "../core/error.ts";

export type OptionType = "string" | "boolean" | "number" | "list";
export type OptionSpecs = Readonly<Record<string, OptionType>>;

/** Parsed options, typed by their specs, and the words that are not options. */
export type Parsed<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends "boolean"
    ? boolean
    : S[K] extends "number"
      ? number | undefined
      : S[K] extends "list"
        ? readonly string[]
        : string | undefined;
} & { readonly words: readonly string[] };

/**
 * Parses a command's words. Unknown options, repeated single options and numbers that are none are
 * `usage` errors. Lists take one value per option (`--set a=1 --set b=2`).
 */
export function parseArguments<S extends OptionSpecs>(
  argv: readonly string[],
  specs: S,
): Parsed<S> {
  const names = Object.keys(specs);
  const of = (...types: OptionType[]): string[] =>
    names.filter((n) => types.includes(specs[n] ?? "string"));
  const parsed = yargs(joinNegatives(argv, specs))
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-positional-numbers": false,
      "duplicate-arguments-array": true,
      "short-option-groups": false,
    })
    .boolean(of("boolean"))
    .string(of("string", "number"))
    .array(of("list"))
    .string(of("list"))
    .alias("o", "output")
    .strictOptions()
    .fail((message, error) => {
      throw new PipelineError("usage", lower(message || error.message), {
        hint: "add --help to see what there is",
      });
    })
    .parseSync() as Readonly<Record<string, unknown>>;
  const values: Record<string, unknown> = { words: (parsed._ as readonly unknown[]).map(String) };
  for (const name of names) values[name] = valueOf(name, specs[name] ?? "string", parsed[name]);
  return values as Parsed<S>;
}

/** `--range -1,1` is `--range=-1,1`: what begins like a negative number is no option. */
function joinNegatives(argv: readonly string[], specs: OptionSpecs): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const last = joined.at(-1) ?? "";
    const type = last.startsWith("--") ? specs[last.slice(2)] : undefined;
    if (type !== undefined && type !== "boolean" && /^-[.\d]/.test(word))
      joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** The one word that a command takes, or a `usage` error that says what is missing. */
export function oneWord(words: readonly string[], what: string): string {
  const [word, ...more] = words;
  if (word === undefined)
    throw new PipelineError("usage", `${what} is missing`, {
      hint: "add --help to see an example",
    });
  if (more.length > 0)
    throw new PipelineError("usage", `expected one ${what}, got ${words.length}`);
  return word;
}

function valueOf(name: string, type: OptionType, value: unknown): unknown {
  if (type === "boolean") return value === true;
  if (type === "list")
    return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
  if (Array.isArray(value)) throw new PipelineError("usage", `--${name} is given more than once`);
  if (value === undefined) return undefined;
  if (value === "") throw new PipelineError("usage", `--${name} needs a value`);
  if (type === "string") return value;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new PipelineError("usage", `--${name} needs a number`);
  return number;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
