import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { packageRoot } from "../../pipeline/core/package-root.ts";
import { nameAnalyzer, wholeAnalyzer, type Analyze } from "./analyzers.ts";
import { alike, labelMap, quasi } from "./labels.ts";
import { originTable, recallByOrigin } from "./origins.ts";
import { add, nothing, rates, tally, tallyWords, type Labelled, type Tally } from "./score.ts";

/** The result on one file. Speed is in megabytes of UTF-8 a second of processor time, of a warm analyser. */
export interface FileScore {
  readonly file: string;
  readonly tallies: Readonly<Record<string, Tally>>;
  readonly megabytesPerSecond: number;
}

/** Reads JSON lines, gzipped or not. */
export function readLabelled(path: string): Labelled[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Labelled);
}

/**
 * Scores one corpus, entity by entity over the kinds that it labels; `labels` maps its labels to
 * ours. `any` holds words of any kind against words of any kind, as de-identification needs it: over
 * all kinds where the corpus labels more than names, else over its own.
 */
export function scoreFile(
  path: string,
  analyze: Analyze,
  labels: Readonly<Record<string, string>> = labelMap,
): FileScore {
  const examples = readLabelled(path);
  const language = languageOf(path, examples);
  warmUp(examples, (text) => analyze(text, language));
  const started = process.cpuUsage();
  const found = examples.map(({ text }) => analyze(text, language));
  const { user, system } = process.cpuUsage(started);
  const bytes = examples.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const entities = [
    ...new Set(examples.flatMap(({ spans }) => spans.flatMap(({ label }) => labels[label] ?? []))),
  ].sort();
  const names = new Set(["PERSON", "LOCATION", "ORGANIZATION"]);
  const onlyNames = entities.every((entity) => names.has(entity));
  const tallies: Record<string, Tally> = Object.fromEntries(
    [...entities, ANY].map((entity) => [entity, nothing]),
  );
  examples.forEach(({ text, spans }, i) => {
    const gold = spans
      .filter(({ label }) => label in labels)
      .map(({ start, end, label }) => ({ start, end, entity: labels[label]!, score: 1 }));
    const guess = found[i]!.map((span) => ({ ...span, entity: alike[span.entity] ?? span.entity }));
    for (const [entity, one] of Object.entries(tally(gold, guess, entities))) {
      tallies[entity] = add(tallies[entity]!, one);
    }
    const counted = guess.filter(
      ({ entity }) => entities.includes(entity) || (!onlyNames && !quasi.has(entity)),
    );
    tallies[ANY] = add(tallies[ANY]!, tallyWords(text, gold, counted));
  });
  return { file: basename(path), tallies, megabytesPerSecond: bytes / Math.max(1, user + system) };
}

/** Characters after which the code runs as fast as it will. */
const WARM = 500_000;

/** Small files are over before their code is compiled: the examples are gone through until it is. */
function warmUp(examples: readonly Labelled[], analyze: (text: string) => unknown): void {
  let seen = examples.length === 0 ? WARM : 0;
  for (let i = 0; seen < WARM; i = (i + 1) % examples.length) {
    const { text } = examples[i]!;
    analyze(text);
    seen += text.length + 1;
  }
}

const ANY = "any (words)";

/** A table of scores: a line an entity and one for all, in percent. */
export function table(scores: readonly FileScore[]): string {
  const head =
    "file                              entity              gold      P      R     F1     F2  charR  charP   MB/s";
  const lines = scores.flatMap(({ file, tallies, megabytesPerSecond }) => {
    const { [ANY]: any = nothing, ...kinds } = tallies;
    const all = Object.values(kinds).reduce(add, nothing);
    return [...Object.entries(kinds), [ANY, any] as const, ["all", all] as const].map(
      ([entity, one]) => {
        const { p, r, f1, f2, cr, cp } = rates(one);
        const numbers = [p, r, f1, f2, cr, cp]
          .map((value) => value.toFixed(1).padStart(6))
          .join(" ");
        const speed = entity === "all" ? megabytesPerSecond.toFixed(2).padStart(6) : "";
        return `${file.slice(0, 33).padEnd(34)}${entity.padEnd(18)}${String(one.gold).padStart(6)} ${numbers} ${speed}`;
      },
    );
  });
  return [head, ...lines].join("\n");
}

function languageOf(path: string, examples: readonly Labelled[]): "en" | "zh" {
  if (/(^|[^a-z])zh|msra|weibo|people/i.test(basename(path))) return "zh";
  const sample = examples
    .slice(0, 50)
    .map(({ text }) => text)
    .join("");
  return (sample.match(/\p{Script=Han}/gu)?.length ?? 0) * 4 > sample.length ? "zh" : "en";
}

const defaults = [
  "wnut17-dev", "uner-en-ewt-dev", "crossner-politics-test", "crossner-science-test", "presidio-generated_small",
  "uner-zh-gsdsimp-dev", "zh-weibo-dev",
]; // prettier-ignore

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "recall-bias": { type: "string", default: "0" },
      mode: { type: "string", default: "balanced" },
      names: { type: "boolean", default: false },
      labels: { type: "string", default: "{}" },
    },
  });
  const folder = new URL("../shared/data/ner/dev/", packageRoot);
  const files =
    positionals.length > 0
      ? positionals
      : defaults.map((name) => new URL(`${name}.jsonl.gz`, folder).pathname);
  const labels = { ...labelMap, ...(JSON.parse(values.labels) as Record<string, string>) };
  const analyze = values.names
    ? await nameAnalyzer(Number(values["recall-bias"]))
    : await wholeAnalyzer(values.mode === "high-recall" ? "high-recall" : "balanced");
  process.stdout.write(`${table(files.map((file) => scoreFile(file, analyze, labels)))}\n`);
  process.stdout.write(`\n${originTable(await recallByOrigin(analyze))}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
