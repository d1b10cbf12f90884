import { PipelineError } from "../core/error.ts";
import type { Backend } from "./backend.ts";
import { openLanguageModel, type LanguageModel } from "./language.ts";
import { decodeModelFile } from "./model-file.ts";
import { openTabularModel, type TabularModel } from "./tabular.ts";

/**
 * The model that `serialize` has written, ready on a backend. Throws `format` or `integrity` for
 * bytes that are not a whole model.
 */
export function loadModel(
  bytes: Uint8Array,
  backend: Backend,
): Promise<TabularModel | LanguageModel> {
  // Through a promise, so that what is wrong with the bytes rejects and does not throw.
  return Promise.resolve().then(() => openModel(bytes, backend));
}

function openModel(bytes: Uint8Array, backend: Backend): TabularModel | LanguageModel {
  const file = decodeModelFile(bytes);
  const { kind } = file.header;
  if (kind === "tabular-mlp" || kind === "logistic") return openTabularModel(file, backend);
  if (kind === "lstm-lm" || kind === "gpt") return openLanguageModel(file, backend);
  throw new PipelineError("format", "the file holds a checkpoint or an unknown kind of model");
}
