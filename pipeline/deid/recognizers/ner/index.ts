import { readFile } from "node:fs/promises";
import { packageRoot } from "../../../core/package-root.ts";
import { decodeModel } from "./model-file.ts";
import { createNameModel, type NameModel } from "./name-model.ts";

export type { NameModel } from "./name-model.ts";

const loading = new Map<string, Promise<NameModel | undefined>>();

/**
 * The model that finds names of people, places and organisations in one language; undefined where
 * its weights are not installed. Loaded once a process.
 */
export function loadNameModel(language: "en" | "zh"): Promise<NameModel | undefined> {
  let model = loading.get(language);
  if (model === undefined) {
    model = load(language);
    loading.set(language, model);
  }
  return model;
}

async function load(language: "en" | "zh"): Promise<NameModel | undefined> {
  const file = new URL(`pipeline/deid/recognizers/ner/models/${language}.bin`, packageRoot);
  try {
    return createNameModel(decodeModel(await readFile(file)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
