import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { completionsScorer } from "../../../audit/bias/completions.ts";
import { scoresFile, type TextAnswer, type TextScorer } from "../../../audit/bias/text-scorer.ts";
import { PipelineError } from "../../core/error.ts";
import type { Digest } from "../../core/types.ts";
import { endpoint } from "../../run/endpoint.ts";
import { openExisting } from "../../run/keys.ts";
import { readModel } from "../../run/models.ts";
import { openWorkspace } from "../../run/workspace.ts";
import { selectBackend, type BackendChoice } from "../../train/backend.ts";
import type { LanguageModel } from "../../train/language.ts";
import { loadModel } from "../../train/load-model.ts";
import type { MaskedModel } from "../../train/masked.ts";
import { findModel } from "../commands/models.ts";
import { interruptSignal } from "../interrupt.ts";
import { commandLineSecrets } from "../secrets.ts";
import { findWorkspace } from "../workspace.ts";
import { textOf } from "./files.ts";
import { bounded, type BiasArguments } from "./request.ts";

/** Items of one of our models that are scored between two reports of progress. */
const CHUNK = 512;

/** The model that the request names. `progress` is told how many items have been answered. */
export async function requestedScorer(
  args: BiasArguments,
  progress: (done: number) => void,
): Promise<TextScorer> {
  if (args.scores !== undefined) {
    return scoresFile(basename(args.scores), (await textOf(args.scores)).split("\n"));
  }
  if (args.url !== undefined) return servedScorer(args.url, args, progress);
  return trainedScorer(args.model ?? "", args, progress);
}

async function servedScorer(
  url: string,
  args: BiasArguments,
  progress: (done: number) => void,
): Promise<TextScorer> {
  const api = args.api ?? "completions";
  if (api !== "completions" && api !== "chat") {
    throw new PipelineError("usage", "--api is completions or chat");
  }
  if (args.served === undefined) {
    throw new PipelineError("usage", "--served NAME is missing: the server's name of the model");
  }
  const post = endpoint(url, {
    ...(args["api-key"] === undefined ? {} : { key: await keyIn(args["api-key"]) }),
    timeout: 1000 * bounded(args, "timeout", 60, [0.001, 3600]),
    retries: bounded(args, "retries", 4, [0, 20]),
    pause: 500,
    signal: interruptSignal(),
  });
  return completionsScorer({
    name: args.served,
    model: args.served,
    api,
    post,
    prefix: args.prefix === "\0" ? "" : (args.prefix ?? "\n"),
    batch: bounded(args, "batch", 16, [1, 1024]),
    maxTokens: bounded(args, "max-tokens", 60, [1, 4096]),
    temperature: bounded(args, "temperature", 1, [0, 2]),
    progress,
  });
}

async function trainedScorer(
  name: string,
  args: BiasArguments,
  progress: (done: number) => void,
): Promise<TextScorer> {
  const workspace = await openWorkspace(findWorkspace(args.workspace));
  const manifest = await findModel(workspace, name);
  const keyring = await openExisting(workspace, "project", commandLineSecrets(args));
  try {
    const bytes = await readModel(workspace, manifest.digest as Digest, keyring);
    const model = await loadModel(
      bytes,
      await selectBackend((args.backend ?? "auto") as BackendChoice),
    );
    if ("pseudoLikelihoods" in model) {
      return { name: manifest.digest, answer: (items) => answerMasked(model, items, progress) };
    }
    if (!("generate" in model)) {
      throw new PipelineError("usage", `${manifest.kind} predicts a label, it knows no language`);
    }
    const options = {
      max_tokens: bounded(args, "max-tokens", 60, [1, 4096]),
      temperature: bounded(args, "temperature", 1, [0, 2]),
    };
    return {
      name: manifest.digest,
      answer: (items) => answerWith(model, items, { ...options, seed: args.seed ?? "1" }, progress),
    };
  } finally {
    keyring.close();
  }
}

async function answerWith(
  model: LanguageModel,
  items: Parameters<TextScorer["answer"]>[0],
  options: { readonly max_tokens: number; readonly temperature: number; readonly seed: string },
  progress: (done: number) => void,
): Promise<readonly TextAnswer[]> {
  const signal = interruptSignal();
  const answers: TextAnswer[] = [];
  for (let at = 0; at < items.length; at += CHUNK) {
    const some = items.slice(at, at + CHUNK);
    const asked = some.flatMap(({ prompt, text }) => (text === null ? [] : [{ prompt, text }]));
    const likelihoods = [...(await model.likelihoods(asked))];
    for (const { id, prompt, text } of some) {
      signal.throwIfAborted();
      if (text !== null) {
        const { nats, tokens } = likelihoods.shift() ?? { nats: 0, tokens: 0 };
        answers.push({ nats, tokens: tokens === 0 ? null : tokens, generation: null });
      } else {
        // Each item has a seed of its own, so that samples of one prompt differ.
        const seed = `${options.seed} ${id}`;
        const generation = await model.generate(prompt, { ...options, seed });
        answers.push({ nats: null, tokens: null, generation });
        progress(answers.length);
      }
    }
    progress(answers.length);
  }
  return answers;
}

async function answerMasked(
  model: MaskedModel,
  items: Parameters<TextScorer["answer"]>[0],
  progress: (done: number) => void,
): Promise<readonly TextAnswer[]> {
  const signal = interruptSignal();
  const answers: TextAnswer[] = [];
  for (let at = 0; at < items.length; at += CHUNK) {
    signal.throwIfAborted();
    const asked = items.slice(at, at + CHUNK).map(({ id, prompt, text, against }) => {
      if (text !== null) return { prompt, text, ...(against === undefined ? {} : { against }) };
      throw new PipelineError("usage", `a masked model cannot go on with a text: ${id}`, {
        hint: "crows-pairs, winobias, winogender, stereoset and templates ask for likelihoods alone",
      });
    });
    for (const { nats, tokens } of await model.pseudoLikelihoods(asked)) {
      answers.push({ nats, tokens: tokens || null, generation: null, pseudo: true });
    }
    progress(answers.length);
  }
  return answers;
}

async function keyIn(path: string): Promise<string> {
  const key = (await readFile(path, "utf8").catch(() => "")).trim();
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new PipelineError("usage", `${path} holds no key: one line of printable characters`);
  }
  return key;
}
