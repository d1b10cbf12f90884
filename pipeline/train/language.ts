import type { Json } from "../core/canonical-json.ts";
import { digestOf, sha256 } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Backend } from "./backend.ts";
import type { EpochRecord } from "./checkpoint.ts";
import { generateText, type Generated, type GenerateOptions } from "./generate.ts";
import type { TrainContext } from "./loop.ts";
import { encodeModelFile, type ModelFile } from "./model-file.ts";
import { crossEntropy } from "./models/layers.ts";
import { networks, type LanguageKind } from "./models/networks.ts";
import type { Network, NetworkShape } from "./models/network.ts";
import { layOut, nextToken } from "./objectives/next-token.ts";
import { gradientsOf } from "./parallel/gradients.ts";
import { matrixSize } from "./parallel/parts.ts";
import { refuseOtherArchitecture, startFrom, trainable } from "./parent.ts";
import type { Start, Trainable } from "./parent.ts";
import { privacySpent, trainUnder, type PrivacySpent } from "./privacy/private-steps.ts";
import { OUTSIDE_OF_TEXT, privateWindows } from "./private-windows.ts";
import { scheduleOf, type PrivacySettings, type ScheduleSettings } from "./settings.ts";
import { countParameters, disposeAll, toTensors } from "./tensors.ts";
import type { Tensors, Weights } from "./tensors.ts";
import { readTokens, sampleWindows, tileWindows, type Windows } from "./token-windows.ts";
import { addLikelihoods, likelihoodWindows } from "./text-likelihood.ts";
import type { PromptedText, TextLikelihood } from "./text-likelihood.ts";
import { learnTokenizer, openTokenizer } from "./tokenizer/index.ts";
import type { Tokenizer, TokenizerKind, TokenizerSpec } from "./tokenizer/index.ts";

export { networks, type LanguageKind };

/** Texts to train on. The streams may be opened again and then yield the same texts. */
export interface LanguageData {
  text(): AsyncIterable<string>;
  validation(): AsyncIterable<string>;
}

/** How to train a language model. Counts are of tokens. */
export interface LanguageSettings extends ScheduleSettings {
  readonly kind: LanguageKind;
  readonly tokenizer: TokenizerKind;
  /** Token ids of a `bpe` tokenizer. */
  readonly vocabulary?: number;
  /** Tokens that it sees at once in training. */
  readonly context: number;
  readonly width: number;
  readonly layers: number;
  /** Attention heads of a `gpt`; must divide the width. */
  readonly heads?: number;
  readonly dropout?: number;
  readonly batch_size: number;
  /** Steps of training; without it, as many as `epochs` passes over the text take. */
  readonly steps?: number;
  readonly epochs?: number;
  readonly learning_rate: number;
  readonly weight_decay?: number;
  /** Steps between two validations, each with a checkpoint. */
  readonly evaluate_every?: number;
  /** Validations without a better loss before training stops. */
  readonly patience?: number;
  /** Differentially private training, without dropout; absent means none. */
  readonly privacy?: PrivacySettings;
}

/** A trained language model. */
export interface LanguageModel {
  readonly kind: LanguageKind;
  readonly parameters: number;
  /** Each record is one validation, `evaluate_every` steps apart. */
  readonly history: readonly EpochRecord[];
  /** What private training spent and on which terms; absent where it was not asked for. */
  readonly privacy?: PrivacySpent;
  /** Continues a prompt; returns the continuation alone. */
  generate(prompt: string, options?: GenerateOptions): Promise<string>;
  /** The same, with why the continuation is no longer. */
  continue(prompt: string, options?: GenerateOptions): Promise<Generated>;
  /** Mean cross-entropy per token of each text, its end included, in nats. */
  losses(texts: readonly string[]): Promise<Float64Array>;
  /** −log P of each text, its end included, in nats: the sum where `losses` has the mean. */
  surprisals(texts: readonly string[]): Promise<Float64Array>;
  /** How likely each text is after its prompt; whether it ends there is not asked. */
  likelihoods(items: readonly PromptedText[]): Promise<readonly TextLikelihood[]>;
  /** The model as bytes; equal models have equal bytes. Its vocabulary is from the text: seal them. */
  serialize(): Uint8Array;
}

// Windows of validation text; more would not move the loss by a hundredth.
const VALIDATION_WINDOWS = 256;
const SCORE_WINDOWS = 16;

/**
 * Learns a tokenizer and trains a network to predict the next token, or goes on from a parent with its
 * tokenizer. Throws `training` where a
 * split has no text and where the loss explodes.
 */
export async function trainLanguage(
  data: LanguageData,
  settings: LanguageSettings,
  context: TrainContext,
  start?: Start,
): Promise<LanguageModel> {
  const { backend, random } = context;
  if (start) {
    const { kind, width, layers, heads, context: time, tokenizer } = settings;
    const wanted = { kind, width, layers, context: time, tokenizer };
    refuseOtherArchitecture(start.parent, kind === "gpt" ? { ...wanted, heads } : wanted);
  }
  const tokenizer = start
    ? openTokenizer(start.parent.header.tokenizer as unknown as TokenizerSpec)
    : await learnTokenizer(settings.tokenizer, data.text(), settings.vocabulary);
  const tokens = await readTokens(data.text(), tokenizer, "training");
  const validation = await readTokens(data.validation(), tokenizer, "validation");
  const shape = shapeOf(settings, tokenizer);
  const fresh = networks[settings.kind].weights(shape, random.fork("initial weights"));
  const learnt = trainable(
    start ? startFrom(start.parent, fresh) : fresh,
    start?.lora,
    () => false,
    backend,
    random,
  );
  const network = expanded(networks[settings.kind], learnt);
  const { batch_size: batch, context: time } = settings;
  const share = settings.accumulate ?? 1;
  const wanted =
    settings.steps ?? Math.ceil(((settings.epochs ?? 1) * tokens.length) / (batch * time * share));
  const secret =
    settings.privacy &&
    privateWindows(
      tokens,
      network,
      shape,
      { ...settings, privacy: settings.privacy, steps: wanted },
      context,
    );
  const period = Math.min(wanted, settings.evaluate_every ?? Math.max(50, Math.ceil(wanted / 20)));
  const held = tileWindows(validation, time, VALIDATION_WINDOWS);
  const gradients = gradientsOf<Windows>(
    {
      objective: nextToken(networks[settings.kind], shape, (named) => learnt.expand(named)),
      spec: { kind: "next-token", network: settings.kind, shape, ...learnt.adapters },
      rows: batch,
      work: batch * time * matrixSize(fresh, ["positions", "embedding"]),
      dropout: settings.dropout ?? 0,
    },
    backend,
    // Private training has gradients by example, which are computed in this thread.
    secret ? { ...context.workers, count: 1 } : context.workers,
  );

  const trained = await trainUnder<Windows>(
    {
      fingerprint: digestOf({
        settings,
        tokenizer: tokenizer.spec,
        tokens: tokens.length,
        ...(start
          ? { lora: start.lora ?? null, parent: sha256(encodeModelFile(start.parent)) }
          : {}),
      }),
      initial: learnt.initial,
      epochs: Math.ceil(wanted / period),
      patience: settings.patience ?? 5,
      keep: "best",
      accumulate: share,
      tokens: (windows) => windows.batch * windows.time,
      optimizer: scheduleOf(settings, wanted, Math.min(100, Math.ceil(wanted / 10))),
      batches: (epoch) => {
        const [from, to] = [epoch * period * share, Math.min(wanted, (epoch + 1) * period) * share];
        return sampleWindows(tokens, { time, batch, from, to }, random);
      },
      loss: (parameters, windows, step) =>
        gradients.of(parameters, windows, random.fork(`dropout ${step}`)),
      validate: async (parameters) => {
        let sum = 0;
        let count = 0;
        for (let at = 0; at < held.length; at += batch) {
          const losses = await tokenLosses(
            backend,
            network,
            shape,
            parameters,
            held.slice(at, at + batch),
          );
          for (const window of losses) for (const loss of window) sum += loss;
          for (const window of losses) count += window.length;
        }
        return sum / count;
      },
    },
    context,
    secret?.steps,
  ).finally(async () => {
    await gradients.close();
    learnt.dispose();
  });
  const about = {
    kind: settings.kind,
    settings,
    tokenizer: tokenizer.spec,
    history: trained.history,
    ...(secret ? { privacy: privacySpent(secret.plan, trained.steps, OUTSIDE_OF_TEXT) } : {}),
  };
  return languageModel(about, await learnt.finish(trained.weights), backend);
}

/** A network whose parameters are computed from those in training. */
function expanded(network: Network, { expand, uses }: Trainable): Network {
  return {
    ...network,
    logits: (tf, trained, shape, block, drop) =>
      network.logits(tf, expand(trained), shape, block, drop),
    examples: (tf, trained, shape, block, targets) =>
      uses(network.examples(tf, expand(trained), shape, block, targets), trained),
  };
}

/** What a model is besides its weights. */
interface Description {
  readonly kind: LanguageKind;
  readonly settings: LanguageSettings;
  readonly tokenizer: TokenizerSpec;
  readonly history: readonly EpochRecord[];
  readonly privacy?: PrivacySpent;
}

/** The model that `serialize` has written. */
export function openLanguageModel({ header, weights }: ModelFile, backend: Backend): LanguageModel {
  return languageModel(header as unknown as Description, weights, backend);
}

function languageModel(about: Description, weights: Weights, backend: Backend): LanguageModel {
  const { kind, settings, history } = about;
  const tokenizer = openTokenizer(about.tokenizer);
  const shape = shapeOf(settings, tokenizer);
  const network: Network = networks[kind];
  const surprisals = async (
    texts: readonly string[],
  ): Promise<{ sum: Float64Array; tokens: Float64Array }> => {
    const sum = new Float64Array(texts.length);
    const tokens = new Float64Array(texts.length);
    const windows = texts.flatMap((text, i) => {
      const ids = Int32Array.from([tokenizer.end, ...tokenizer.encode(text), tokenizer.end]);
      return tileWindows(ids, settings.context, Infinity).map((window) => ({ ...window, text: i }));
    });
    const parameters = toTensors(backend.tf, weights);
    try {
      for (let at = 0; at < windows.length; at += SCORE_WINDOWS) {
        const some = windows.slice(at, at + SCORE_WINDOWS);
        const losses = await tokenLosses(backend, network, shape, parameters, some);
        for (const [i, window] of some.entries()) {
          for (const loss of losses[i]!) sum[window.text]! += loss;
          tokens[window.text]! += losses[i]!.length;
        }
      }
    } finally {
      disposeAll(parameters);
    }
    return { sum, tokens };
  };
  const proceed = async (prompt: string, options: GenerateOptions = {}): Promise<Generated> => {
    const parameters = toTensors(backend.tf, weights);
    const reader = network.reader(backend.tf, parameters, shape);
    try {
      return await generateText(reader, tokenizer, prompt, options);
    } finally {
      reader.dispose();
      disposeAll(parameters);
    }
  };
  return {
    kind,
    history,
    ...(about.privacy ? { privacy: about.privacy } : {}),
    parameters: countParameters(weights),
    generate: async (prompt, options) => (await proceed(prompt, options)).text,
    continue: proceed,
    async losses(texts) {
      const { sum, tokens } = await surprisals(texts);
      return sum.map((total, i) => total / tokens[i]!);
    },
    surprisals: async (texts) => (await surprisals(texts)).sum,
    async likelihoods(items) {
      const sums = items.map(() => ({ nats: 0, tokens: 0 }));
      // Windows of like length are scored together, for a batch is as long as its longest.
      const windows = [...likelihoodWindows(items, tokenizer, settings.context)].sort(
        (a, b) => a.tokens.length - b.tokens.length,
      );
      const parameters = toTensors(backend.tf, weights);
      try {
        for (let at = 0; at < windows.length; at += SCORE_WINDOWS) {
          const some = windows.slice(at, at + SCORE_WINDOWS);
          const losses = await tokenLosses(backend, network, shape, parameters, some);
          addLikelihoods(sums, some, losses);
        }
      } finally {
        disposeAll(parameters);
      }
      return sums;
    },
    serialize: () => encodeModelFile({ header: about as unknown as Record<string, Json>, weights }),
  };
}

function shapeOf(settings: LanguageSettings, tokenizer: Tokenizer): NetworkShape {
  const { context, width, layers, heads = 1 } = settings;
  if (width % heads !== 0) {
    throw new PipelineError("policy", `width ${width} is not divisible by heads ${heads}`);
  }
  return { vocabulary: tokenizer.size, context, width, layers, heads };
}

/** Cross-entropy of each predicted token of windows that may differ in length. */
async function tokenLosses(
  { tf }: Backend,
  network: Network,
  shape: NetworkShape,
  parameters: Tensors,
  windows: readonly { readonly tokens: Int32Array; readonly targets: Int32Array }[],
): Promise<Float32Array[]> {
  const batch = windows.length;
  const time = Math.max(...windows.map(({ tokens }) => tokens.length));
  const padded: Windows = {
    batch,
    time,
    tokens: new Int32Array(batch * time),
    targets: new Int32Array(batch * time),
  };
  for (const [i, { tokens, targets }] of windows.entries()) {
    padded.tokens.set(tokens, i * time);
    padded.targets.set(targets, i * time);
  }
  const losses = tf.tidy(() => {
    const { tokens, targets } = layOut(network, padded);
    const block = { batch, time, tokens: tf.tensor1d(tokens, "int32") };
    const logits = network.logits(tf, parameters, shape, block, (x) => x);
    return crossEntropy(tf, logits, tf.tensor1d(targets, "int32"));
  });
  const flat = (await losses.data()) as Float32Array;
  losses.dispose();
  return windows.map(({ tokens }, i) =>
    Float32Array.from(tokens, (_, t) => flat[network.timeMajor ? t * batch + i : i * time + t]!),
  );
}
