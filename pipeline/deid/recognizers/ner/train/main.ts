import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { packageRoot } from "../../../../core/package-root.ts";
import { seededRandom } from "../../../../core/random.ts";
import { encodeModel } from "../model-file.ts";
import { createEncoder } from "../name-model.ts";
import { chineseData } from "./chinese-data.ts";
import { windowsOf, type Example } from "./corpus.ts";
import { englishData } from "./english-data.ts";
import type { Sources } from "./sources.ts";
import { quantise } from "./quantise.ts";
import { favouringPeople, mean, train, unitRows, type Trained } from "./trainer.ts";

const BITS = { en: 19, zh: 20 } as const;
const CERTAIN = { en: 0.01, zh: 0.02 } as const;
// Chinese has little text to learn from, and more of it must be hidden so that the text is not learnt by heart.
const DROPOUT = { en: 0.15, zh: 0.25 } as const;
const HIDDEN = { en: 0.05, zh: 0.15 } as const;
// In nats. It narrows what names of one origin are found less than those of another.
const PERSON_BIAS = { en: 0.3, zh: 0 } as const;

const { values: options } = parseArgs({
  options: {
    shared: { type: "string", default: "../shared" },
    packages: { type: "string", default: "." },
    language: { type: "string", default: "all" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
    members: { type: "string", default: "3" },
    epochs: { type: "string", default: "5" },
    rate: { type: "string", default: "0.1" },
    dropout: { type: "string" },
    hidden: { type: "string" },
    decay: { type: "string", default: "0.01" },
    least: { type: "string", default: "2" },
    sample: { type: "string", default: "1" },
  },
});

const folder = (path: string): URL => pathToFileURL(path.endsWith("/") ? path : `${path}/`);
const sources: Sources = { shared: folder(options.shared), packages: folder(options.packages) };
const models =
  options.out === undefined
    ? new URL("pipeline/deid/recognizers/ner/models/", packageRoot)
    : folder(options.out);

for (const language of ["en", "zh"] as const) {
  if (options.language === "all" || options.language === language) await trainLanguage(language);
}

async function trainLanguage(language: "en" | "zh"): Promise<void> {
  const random = seededRandom(`name model ${language} ${options.seed}`);
  const data = await (language === "en" ? englishData : chineseData)(sources, random);
  const examples: Example[] = data.examples.filter(
    (_, i) => i % 100 < Number(options.sample) * 100,
  );
  const encoder = createEncoder({ language, tables: data.tables }, true);
  const bits = BITS[language];
  const windows = examples.flatMap((example) => windowsOf(example, encoder, bits));
  log(`${language}: ${examples.length} texts, ${windows.length} windows, ${encoder.size()} units`);
  const rows = unitRows(encoder, bits);
  const member = (k: number): Trained =>
    train(windows, rows, encoder.joinedKinds, {
      bits,
      least: Number(options.least),
      epochs: Number(options.epochs),
      rate: Number(options.rate),
      dropout: Number(options.dropout ?? DROPOUT[language]),
      hidden: Number(options.hidden ?? HIDDEN[language]),
      certain: CERTAIN[language],
      decay: Number(options.decay),
      random: random.fork(`member ${k}`),
      progress: (epoch, nats) => {
        log(`${language}: member ${k}, epoch ${epoch}, ${nats.toFixed(4)} nats a window`);
      },
    });
  const members = Array.from({ length: Number(options.members) }, (_, k) => member(k + 1));
  const trained = favouringPeople(mean(members), PERSON_BIAS[language]);
  const quantised = quantise(trained.weights);
  const bytes = encodeModel({
    language,
    bits,
    ...quantised,
    transition: trained.transition,
    tables: data.tables,
  });
  mkdirSync(models, { recursive: true });
  writeFileSync(new URL(`${language}.bin`, models), bytes);
  log(`${language}: ${bytes.length} bytes`);
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
