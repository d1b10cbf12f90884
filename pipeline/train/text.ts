import type { Json } from "../core/canonical-json.ts";
import { digestOf, sha256 } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch } from "../core/types.ts";
import type { Backend } from "./backend.ts";
import type { EpochRecord } from "./checkpoint.ts";
import type { TrainContext } from "./loop.ts";
import { maskedModel, trainMasked, type MaskedModel, type MaskedSettings } from "./masked.ts";
import { encodeModelFile, type ModelFile } from "./model-file.ts";
import { classifierNames, maskedName } from "./models/bert.ts";
import type { Encoder, EncoderShape } from "./models/encoder.ts";
import { binaryCrossEntropy } from "./models/mlp.ts";
import { encoders, type EncoderKind } from "./models/networks.ts";
import { labelOfText, type LabelledBlock } from "./objectives/labels.ts";
import { gradientsOf } from "./parallel/gradients.ts";
import { matrixSize } from "./parallel/parts.ts";
import { refuseOtherArchitecture, startFrom, trainable } from "./parent.ts";
import type { Start, Trainable } from "./parent.ts";
import { trainUnder, type PrivacySpent } from "./privacy/private-steps.ts";
import { planPrivateTexts, privateLabels, spentOn, type PrivateTexts } from "./private-texts.ts";
import { labelsOf, order, type LabelSpec, type WeightedBatch } from "./rows.ts";
import { padSequences, readSequences, sequenceOf, textsOf, tooLong } from "./sequences.ts";
import type { LabelledSequences, SequenceSettings } from "./sequences.ts";
import { scheduleOf, type PrivacySettings, type ScheduleSettings } from "./settings.ts";
import { countParameters, disposeAll, toTensors } from "./tensors.ts";
import type { Weights } from "./tensors.ts";
import { learnTokenizer, openTokenizer } from "./tokenizer/index.ts";
import type { Tokenizer, TokenizerKind, TokenizerSpec } from "./tokenizer/index.ts";

export { encoders, type EncoderKind };

/** Rows with a text to train on. The streams may be opened again and then yield the same batches. */
export interface TextData {
  /** The column of the text. */
  readonly column: string;
  /** Absent for a pretraining, which needs none. */
  readonly label?: LabelSpec;
  train(): AsyncIterable<WeightedBatch>;
  validation(): AsyncIterable<Batch>;
}

/** How to train a classifier of texts. */
export interface TextSettings extends ScheduleSettings {
  readonly kind: EncoderKind;
  readonly tokenizer: TokenizerKind;
  /** Most token ids; of no use to `characters`. */
  readonly vocabulary?: number;
  /** Most tokens of a text. */
  readonly context: number;
  readonly overlong: "stop" | "cut";
  readonly width: number;
  /** Hidden layers of a `text-classifier`. */
  readonly hidden?: readonly number[];
  /** Layers and attention heads of a `bert`. */
  readonly layers?: number;
  readonly heads?: number;
  /** Epochs in which a `bert` without a parent first learns to guess hidden tokens. */
  readonly masked_epochs?: number;
  readonly epochs: number;
  readonly batch_size: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly patience: number;
  readonly dropout?: number;
  /** Differentially private training, without dropout; absent means none. */
  readonly privacy?: PrivacySettings;
}

/** A trained classifier of texts. */
export interface TextModel {
  readonly kind: EncoderKind;
  readonly parameters: number;
  readonly history: readonly EpochRecord[];
  /** What private training spent and on which terms; absent where it was not asked for. */
  readonly privacy?: PrivacySpent;
  /** P(favourable) of each row. */
  score(batch: Batch): Promise<Float32Array>;
  /** Cross-entropy of each row against its label, in nats. */
  losses(batch: Batch): Promise<Float64Array>;
  /** The model as bytes; equal models have equal bytes. Its vocabulary is from the text: seal them. */
  serialize(): Uint8Array;
}

const SCORE_ROWS = 64;

/**
 * Learns a tokenizer and trains a classifier of texts; a `bert` first learns to guess hidden tokens of
 * the training rows. Throws `training` for a bad split, for texts that exceed the context and
 * where the loss explodes.
 */
export async function trainText(
  data: TextData,
  settings: TextSettings,
  context: TrainContext,
  start?: Start,
): Promise<TextModel> {
  const { label } = data;
  if (label === undefined) throw new PipelineError("internal", "a classifier needs a label");
  if (start) {
    const { kind, width, layers, heads, context: time } = settings;
    refuseOtherArchitecture(start.parent, { kind, width, layers, heads, context: time });
  }
  const tokenizer = start
    ? openTokenizer(start.parent.header.tokenizer as unknown as TokenizerSpec)
    : await tokenizerFor(data, settings);
  const shape = shapeOf(settings, tokenizer);
  const encoder: Encoder = encoders[settings.kind];
  const splits = await readSplits(data, tokenizer, settings, label);
  const fresh = encoder.weights(shape, context.random.fork("initial weights"));
  // A parent has learnt to guess tokens already.
  const masked = settings.kind === "bert" && !start ? (settings.masked_epochs ?? 0) : 0;
  const fingerprint = fingerprintOf(settings, tokenizer, label, splits.train, start);
  const secret = planPrivateTexts(splits.train, { ...settings, masked, unit: "row" }, context);
  const before =
    masked === 0
      ? undefined
      : await trainMasked(
          splits,
          tokenizer,
          maskedSettings(settings, masked),
          shape,
          context,
          fingerprint,
          secret,
        );
  const whole = forClassifier(
    start ? startFrom(start.parent, fresh) : { ...fresh, ...before?.weights },
  );
  const learnt = trainable(
    whole,
    start?.lora,
    (name) => classifierNames.includes(name),
    context.backend,
    context.random,
  );
  const trained = await trainClassifier(splits, settings, shape, context, {
    fingerprint,
    initial: learnt.initial,
    matrices: matrixSize(whole, ["tokens", "positions", "embedding"]),
    learnt,
    secret,
    ...(before === undefined ? {} : { previous: before.fingerprint, earlier: before.history }),
  }).finally(() => {
    learnt.dispose();
  });
  const about: Description = {
    kind: settings.kind,
    settings,
    column: data.column,
    label,
    tokenizer: tokenizer.spec,
    ...(before === undefined ? {} : { masked: before.history }),
    history: trained.history,
    ...spentOn(secret),
  };
  return textModel(about, await learnt.finish(trained.weights), context.backend);
}

/** Pretrains an encoder on texts without labels. */
export async function pretrainEncoder(
  data: TextData,
  settings: TextSettings,
  context: TrainContext,
): Promise<MaskedModel> {
  const tokenizer = await tokenizerFor(data, settings);
  const shape = shapeOf(settings, tokenizer);
  const splits = await readSplits(data, tokenizer, settings);
  const how = maskedSettings(settings, settings.epochs);
  const unit = `piece of at most ${settings.context} tokens`;
  const phases = { ...settings, epochs: 0, masked: settings.epochs, unit };
  const secret = planPrivateTexts(splits.train, phases, context);
  const { weights, history } = await trainMasked(
    ...([splits, tokenizer, how, shape, context, undefined, secret] as const),
  );
  const about = {
    kind: "bert",
    phase: "pretrain",
    settings: how,
    tokenizer: tokenizer.spec,
    history,
    ...spentOn(secret),
  } as const;
  return maskedModel(about, weights, context.backend);
}

/** What a model is besides its weights. */
interface Description {
  readonly kind: EncoderKind;
  readonly settings: TextSettings;
  readonly column: string;
  readonly label: LabelSpec;
  readonly tokenizer: TokenizerSpec;
  /** Losses of the phase in which it learnt to guess hidden tokens. */
  readonly masked?: readonly EpochRecord[];
  readonly history: readonly EpochRecord[];
  readonly privacy?: PrivacySpent;
}

/** The model that `serialize` has written. */
export function openTextModel({ header, weights }: ModelFile, backend: Backend): TextModel {
  return textModel(header as unknown as Description, weights, backend);
}

function textModel(about: Description, weights: Weights, backend: Backend): TextModel {
  const { kind, settings, label, column, history } = about;
  const tokenizer = openTokenizer(about.tokenizer);
  const shape = shapeOf(settings, tokenizer);
  const { tf } = backend;
  const logitsOf = async (batch: Batch): Promise<Float32Array> => {
    const { context, overlong } = settings;
    const sequences = textsOf(batch, column).map((text) =>
      sequenceOf(text, tokenizer, { context, marked: encoders[kind].start }),
    );
    const over = sequences.filter(({ whole }) => whole > context);
    if (over.length > 0 && overlong === "stop") {
      const longest = Math.max(...over.map(({ whole }) => whole));
      throw tooLong("given", over.length, longest, context);
    }
    const all = new Float32Array(batch.rows);
    const parameters = toTensors(tf, weights);
    try {
      for (let at = 0; at < batch.rows; at += SCORE_ROWS) {
        const some = sequences.slice(at, at + SCORE_ROWS).map(({ ids }) => ids);
        const block = padSequences(joined(some), Array.from(some.keys()));
        const logits = tf.tidy(() => encoders[kind].logits(tf, parameters, shape, block, (x) => x));
        all.set(await logits.data(), at);
        logits.dispose();
      }
    } finally {
      disposeAll(parameters);
    }
    return all;
  };
  return {
    kind,
    history,
    ...(about.privacy === undefined ? {} : { privacy: about.privacy }),
    parameters: countParameters(weights),
    score: async (batch) => (await logitsOf(batch)).map((z) => 1 / (1 + Math.exp(-z))),
    async losses(batch) {
      const labels = labelsOf(batch, label);
      return Float64Array.from(await logitsOf(batch), (z, i) => {
        const against = labels[i] === 1 ? -z : z;
        return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      });
    },
    serialize: () => encodeModelFile({ header: about as unknown as Record<string, Json>, weights }),
  };
}

interface Splits {
  readonly train: LabelledSequences;
  readonly validation: LabelledSequences;
}

async function tokenizerFor(data: TextData, settings: TextSettings): Promise<Tokenizer> {
  async function* texts(): AsyncGenerator<string> {
    for await (const { batch } of data.train()) yield* textsOf(batch, data.column);
  }
  const { tokenizer, vocabulary } = settings;
  if (settings.kind === "bert" && tokenizer !== "wordpiece") {
    throw new PipelineError("policy", `a bert needs the tokenizer wordpiece, not ${tokenizer}`);
  }
  return learnTokenizer(tokenizer, texts(), vocabulary);
}

async function readSplits(
  data: TextData,
  tokenizer: Tokenizer,
  settings: TextSettings,
  label?: LabelSpec,
): Promise<Splits> {
  const how: SequenceSettings = {
    context: settings.context,
    // Without labels a long text is as good in pieces.
    overlong: label === undefined ? "split" : settings.overlong,
    column: data.column,
    marked: encoders[settings.kind].start,
  };
  const about = label === undefined ? {} : { label };
  async function* unweighted(): AsyncGenerator<WeightedBatch> {
    for await (const batch of data.validation()) yield { batch };
  }
  return {
    train: await readSequences(data.train(), tokenizer, how, { ...about, split: "training" }),
    validation: await readSequences(unweighted(), tokenizer, how, {
      ...about,
      split: "validation",
    }),
  };
}

async function trainClassifier(
  { train, validation }: Splits,
  settings: TextSettings,
  shape: EncoderShape,
  context: TrainContext,
  {
    matrices,
    learnt,
    secret,
    ...start
  }: {
    readonly fingerprint: string;
    readonly initial: Weights;
    /** Numbers in the matrices that states are multiplied with. */
    readonly matrices: number;
    readonly learnt: Trainable;
    readonly secret: PrivateTexts | undefined;
    readonly previous?: string;
    readonly earlier?: readonly EpochRecord[];
  },
): Promise<{ weights: Weights; history: readonly EpochRecord[] }> {
  const { backend, random } = context;
  const { tf } = backend;
  const plain: Encoder = encoders[settings.kind];
  const encoder: Encoder = {
    ...plain,
    logits: (tf, parameters, shape, block, drop) =>
      plain.logits(tf, learnt.expand(parameters), shape, block, drop),
  };
  const { batch_size: size, epochs } = settings;
  const stepsPerEpoch = Math.ceil(train.count / size / (settings.accumulate ?? 1));
  const batchOf = (from: LabelledSequences, indices: Uint32Array): LabelledBlock => ({
    block: padSequences(from, indices),
    labels: Float32Array.from(indices, (i) => from.labels[i]!),
    weights: Float32Array.from(indices, (i) => from.weights[i]!),
  });
  const network = { encoder: plain, shape, learnt };
  // An attention encoder multiplies the state of each token, the other one that of each text.
  const states = settings.kind === "bert" ? train.tokens.length / train.count : 1;
  const gradients = gradientsOf<LabelledBlock>(
    {
      objective: labelOfText(plain, shape, learnt.expand),
      spec: { kind: "label", network: settings.kind, shape, ...learnt.adapters },
      rows: size,
      work: size * states * matrices,
      dropout: settings.dropout ?? 0,
    },
    backend,
    secret ? { ...context.workers, count: 1 } : context.workers,
  );
  return trainUnder<LabelledBlock>(
    {
      ...start,
      epochs,
      patience: settings.patience,
      keep: "best",
      ...(settings.accumulate === undefined ? {} : { accumulate: settings.accumulate }),
      tokens: ({ block }) => block.batch * block.time,
      optimizer: scheduleOf(settings, epochs * stepsPerEpoch, Math.min(100, stepsPerEpoch)),
      batches: async function* (epoch) {
        const shuffled = order(train.count, random.fork(`epoch ${epoch}`));
        for (let at = 0; at < shuffled.length; at += size) {
          yield await Promise.resolve(batchOf(train, shuffled.subarray(at, at + size)));
        }
      },
      loss: (parameters, batch, step) =>
        gradients.of(parameters, batch, random.fork(`dropout ${step}`)),
      validate: async (parameters) => {
        const all = order(validation.count);
        let sum = 0;
        for (let at = 0; at < all.length; at += SCORE_ROWS) {
          const batch = batchOf(validation, all.subarray(at, at + SCORE_ROWS));
          const total = tf.tidy(() => {
            const logits = encoder.logits(tf, parameters, shape, batch.block, (x) => x);
            return tf.sum(binaryCrossEntropy(tf, logits, tf.tensor1d(batch.labels)));
          });
          sum += (await total.data())[0]!;
          total.dispose();
        }
        return sum / validation.count;
      },
    },
    context,
    secret && privateLabels(secret, train, settings, network, context),
  ).finally(() => gradients.close());
}

function shapeOf(settings: TextSettings, tokenizer: Tokenizer): EncoderShape {
  const { context, width, layers = 0, heads = 1, hidden = [] } = settings;
  if (width % heads !== 0) {
    throw new PipelineError("policy", `width ${width} is not divisible by heads ${heads}`);
  }
  return { vocabulary: tokenizer.size, context, width, layers, heads, hidden };
}

function maskedSettings(settings: TextSettings, epochs: number): MaskedSettings {
  const { context, width, layers = 0, heads = 1, dropout = 0 } = settings;
  const { batch_size, learning_rate, weight_decay, patience } = settings;
  const { accumulate, warmup_steps, clip_norm } = settings;
  return {
    ...(accumulate === undefined ? {} : { accumulate }),
    ...(warmup_steps === undefined ? {} : { warmup_steps }),
    ...(clip_norm === undefined ? {} : { clip_norm }),
    kind: "bert",
    ...{ context, width, layers, heads, dropout, epochs },
    ...{ batch_size, learning_rate, weight_decay, patience },
  };
}

/** A classifier has no use for the bias of guessed tokens, and what is unused has no gradient. */
function forClassifier(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => name !== maskedName));
}

function fingerprintOf(
  settings: TextSettings,
  tokenizer: Tokenizer,
  label: LabelSpec,
  train: LabelledSequences,
  start: Start | undefined,
): string {
  return digestOf({
    settings: settings as unknown as Json,
    tokenizer: tokenizer.spec as unknown as Json,
    label: label as unknown as Json,
    texts: train.count,
    tokens: train.tokens.length,
    ...(start
      ? {
          lora: (start.lora ?? null) as unknown as Json,
          parent: sha256(encodeModelFile(start.parent)),
        }
      : {}),
  });
}

function joined(
  sequences: readonly (readonly number[])[],
): Pick<LabelledSequences, "tokens" | "starts"> {
  const starts = new Float64Array(sequences.length + 1);
  for (const [i, ids] of sequences.entries()) starts[i + 1] = starts[i]! + ids.length;
  return { tokens: Int32Array.from(sequences.flat()), starts };
}
