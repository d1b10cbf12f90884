import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { packageRoot } from "../../pipeline/core/package-root.ts";
import type { Span } from "../../pipeline/core/types.ts";
import { loadNameModel } from "../../pipeline/deid/recognizers/ner/index.ts";
import { add, nothing, rates, tally, type Labelled, type Tally } from "./score.ts";

/** Finds personal data in a text; `language` is what the file's name or the caller says. */
export type Analyze = (text: string, language: "en" | "zh") => readonly Span[];

/** The result on one file. Speed is in megabytes of UTF-8 a second, one core. */
export interface FileScore {
  readonly file: string;
  readonly tallies: Readonly<Record<string, Tally>>;
  readonly megabytesPerSecond: number;
}

/** Labels of the corpora in shared/data/ner and what they are here; others are left out. */
export const labelMap: Readonly<Record<string, string>> = {
  PER: "PERSON", PERSON: "PERSON", person: "PERSON", politician: "PERSON", scientist: "PERSON", writer: "PERSON",
  musicalartist: "PERSON", researcher: "PERSON", "PER.NAM": "PERSON", NAME: "PERSON",
  LOC: "LOCATION", LOCATION: "LOCATION", location: "LOCATION", country: "LOCATION", GPE: "LOCATION",
  "LOC.NAM": "LOCATION", "GPE.NAM": "LOCATION",
  ORG: "ORGANIZATION", ORGANIZATION: "ORGANIZATION", organisation: "ORGANIZATION", politicalparty: "ORGANIZATION",
  university: "ORGANIZATION", group: "ORGANIZATION", corporation: "ORGANIZATION", band: "ORGANIZATION",
  "ORG.NAM": "ORGANIZATION", enterprise: "ORGANIZATION",
}; // prettier-ignore

export const names = ["PERSON", "LOCATION", "ORGANIZATION"] as const;

/** Reads JSON lines, gzipped or not. */
export function readLabelled(path: string): Labelled[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Labelled);
}

/** Scores one corpus, entity by entity; `labels` maps its labels to ours. */
export function scoreFile(
  path: string,
  analyze: Analyze,
  entities: readonly string[] = names,
  labels: Readonly<Record<string, string>> = labelMap,
): FileScore {
  const examples = readLabelled(path);
  const language = languageOf(path, examples);
  for (const { text } of examples.slice(0, 200)) analyze(text, language);
  const started = process.cpuUsage();
  const found = examples.map(({ text }) => analyze(text, language));
  const { user, system } = process.cpuUsage(started);
  const bytes = examples.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const tallies: Record<string, Tally> = Object.fromEntries(
    entities.map((entity) => [entity, nothing]),
  );
  examples.forEach(({ spans }, i) => {
    const gold = spans
      .filter(({ label }) => label in labels)
      .map(({ start, end, label }) => ({ start, end, entity: labels[label]!, score: 1 }));
    for (const [entity, one] of Object.entries(tally(gold, found[i]!, entities))) {
      tallies[entity] = add(tallies[entity]!, one);
    }
  });
  return { file: basename(path), tallies, megabytesPerSecond: bytes / Math.max(1, user + system) };
}

/** A table of scores: a line an entity and one for all, in percent. */
export function table(scores: readonly FileScore[]): string {
  const head =
    "file                              entity          gold      P      R     F1     F2  charR  charP   MB/s";
  const lines = scores.flatMap(({ file, tallies, megabytesPerSecond }) => {
    const all = Object.values(tallies).reduce(add, nothing);
    return [...Object.entries(tallies), ["all", all] as const].map(([entity, one]) => {
      const { p, r, f1, f2, cr, cp } = rates(one);
      const numbers = [p, r, f1, f2, cr, cp].map((value) => value.toFixed(1).padStart(6)).join(" ");
      const speed = entity === "all" ? megabytesPerSecond.toFixed(2).padStart(6) : "";
      return `${file.slice(0, 33).padEnd(34)}${entity.padEnd(14)}${String(one.gold).padStart(6)} ${numbers} ${speed}`;
    });
  });
  return [head, ...lines].join("\n");
}

/** The name models alone. */
export async function nameAnalyzer(recallBias = 0): Promise<Analyze> {
  const models = { en: await loadNameModel("en"), zh: await loadNameModel("zh") };
  return (text, language) => models[language]?.recognize(text, { recallBias }) ?? [];
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
      labels: { type: "string", default: "{}" },
    },
  });
  const folder = new URL("../shared/data/ner/dev/", packageRoot);
  const files =
    positionals.length > 0
      ? positionals
      : defaults.map((name) => new URL(`${name}.jsonl.gz`, folder).pathname);
  const labels = { ...labelMap, ...(JSON.parse(values.labels) as Record<string, string>) };
  const analyze = await nameAnalyzer(Number(values["recall-bias"]));
  process.stdout.write(`${table(files.map((file) => scoreFile(file, analyze, names, labels)))}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
