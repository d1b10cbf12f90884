import type { Json } from "../core/canonical-json.ts";
import { digestOf } from "../core/digest.ts";
import { below, seededRandom, uniform } from "../core/random.ts";
import type { Random } from "../core/types.ts";
import type { Backend } from "./backend.ts";
import type { EpochRecord } from "./checkpoint.ts";
import type { TrainContext } from "./loop.ts";
import { encodeModelFile, type ModelFile } from "./model-file.ts";
import { bert, classifierNames, maskedLogits } from "./models/bert.ts";
import type { EncoderShape, SequenceBlock } from "./models/encoder.ts";
import { crossEntropy } from "./models/layers.ts";
import { maskedTokens } from "./objectives/masked-tokens.ts";
import { gradientsOf } from "./parallel/gradients.ts";
import { matrixSize } from "./parallel/parts.ts";
import { privateMasks, type PrivateTexts } from "./private-texts.ts";
import { trainUnder, type PrivacySpent } from "./privacy/private-steps.ts";
import { order } from "./rows.ts";
import { padSequences, sequenceOf, type LabelledSequences } from "./sequences.ts";
import { scheduleOf, type ScheduleSettings } from "./settings.ts";
import { countParameters, disposeAll, toTensors, type Tensors, type Weights } from "./tensors.ts";
import { pseudoLikelihoods, type ComparedText, type HiddenTokens } from "./pseudo-likelihood.ts";
import type { TextLikelihood } from "./text-likelihood.ts";
import { openTokenizer, type Tokenizer, type TokenizerSpec } from "./tokenizer/index.ts";

/** How an encoder learns to guess hidden tokens. */
export interface MaskedSettings extends ScheduleSettings {
  readonly kind: "bert";
  readonly context: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly batch_size: number;
  readonly epochs: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly patience: number;
  readonly dropout: number;
}

/** An encoder that was pretrained and can be fine-tuned; it classifies nothing yet. */
export interface MaskedModel {
  readonly kind: "bert";
  readonly phase: "pretrain";
  readonly parameters: number;
  readonly history: readonly EpochRecord[];
  /** What private training spent and on which terms; absent where it was not asked for. */
  readonly privacy?: PrivacySpent;
  /** Mean cross-entropy of hidden tokens of each text, in nats; the same tokens of a text each time. */
  losses(texts: readonly string[]): Promise<Float64Array>;
  /** Pseudo-log-likelihood of each text; see `pseudo-likelihood.ts`. */
  pseudoLikelihoods(items: readonly ComparedText[]): Promise<readonly TextLikelihood[]>;
  serialize(): Uint8Array;
}

/** Share of tokens that are hidden, and of those: shown as the mask, as another token, as they are. */
const HIDDEN = 0.15;
const [AS_MASK, AS_OTHER] = [0.8, 0.1];
const VALIDATION_TEXTS = 512;
// Ids below are padding and marks.
const FIRST_PIECE = 5;

/** Pretrains every weight of the encoder but the classifier's; returns them with the losses. */
export async function trainMasked(
  data: { readonly train: LabelledSequences; readonly validation: LabelledSequences },
  tokenizer: Tokenizer,
  settings: MaskedSettings,
  shape: EncoderShape,
  context: TrainContext,
  next?: string,
  secret?: PrivateTexts,
): Promise<{ weights: Weights; history: readonly EpochRecord[]; fingerprint: string }> {
  const { backend } = context;
  const random = context.random.fork("masked");
  const all = bert.weights(shape, context.random.fork("initial weights"));
  const initial = Object.fromEntries(
    Object.entries(all).filter(([name]) => !classifierNames.includes(name)),
  );
  const { train, validation } = data;
  const fingerprint = digestOf({
    masked: settings as unknown as Json,
    tokenizer: tokenizer.spec as unknown as Json,
    texts: train.count,
    tokens: train.tokens.length,
  });
  const stepsPerEpoch = Math.ceil(train.count / settings.batch_size / (settings.accumulate ?? 1));
  const held = Array.from({ length: Math.min(VALIDATION_TEXTS, validation.count) }, (_, i) => i);
  const hideOne = (text: number): HiddenTokens =>
    hide(padSequences(train, [text]), tokenizer, context.entropy);
  const rows = settings.batch_size;
  const gradients = gradientsOf<HiddenTokens>(
    {
      objective: maskedTokens(shape),
      spec: { kind: "masked", shape },
      rows,
      work: ((rows * train.tokens.length) / train.count) * matrixSize(initial, ["positions"]),
      dropout: settings.dropout,
    },
    backend,
    secret ? { ...context.workers, count: 1 } : context.workers,
  );
  const { weights, history } = await trainUnder<HiddenTokens>(
    {
      fingerprint,
      initial,
      ...(next === undefined ? {} : { next }),
      epochs: settings.epochs,
      patience: settings.patience,
      keep: "best",
      ...(settings.accumulate === undefined ? {} : { accumulate: settings.accumulate }),
      tokens: ({ block }) => block.batch * block.time,
      optimizer: scheduleOf(
        settings,
        settings.epochs * stepsPerEpoch,
        Math.min(100, stepsPerEpoch),
      ),
      batches: async function* (epoch) {
        const shuffled = order(train.count, random.fork(`epoch ${epoch}`));
        const masks = random.fork(`hidden ${epoch}`);
        for (let at = 0; at < shuffled.length; at += settings.batch_size) {
          const block = padSequences(train, shuffled.subarray(at, at + settings.batch_size));
          yield await Promise.resolve(hide(block, tokenizer, masks));
        }
      },
      loss: (parameters, hidden, step) =>
        gradients.of(parameters, hidden, random.fork(`dropout ${step}`)),
      validate: async (parameters) => {
        const masks = random.fork("hidden in validation");
        let [sum, count] = [0, 0];
        for (let at = 0; at < held.length; at += settings.batch_size) {
          const block = padSequences(validation, held.slice(at, at + settings.batch_size));
          const hidden = hide(block, tokenizer, masks);
          for (const loss of await lossesOf(backend, parameters, shape, hidden)) sum += loss;
          count += hidden.targets.length;
        }
        return sum / count;
      },
    },
    context,
    secret && privateMasks(secret, train, settings, { shape, hide: hideOne }, context),
  ).finally(() => gradients.close());
  return { weights, history, fingerprint };
}

interface Description {
  readonly kind: "bert";
  readonly phase: "pretrain";
  readonly settings: MaskedSettings;
  readonly tokenizer: TokenizerSpec;
  readonly history: readonly EpochRecord[];
  readonly privacy?: PrivacySpent;
}

/** The model that `serialize` has written. */
export function openMaskedModel({ header, weights }: ModelFile, backend: Backend): MaskedModel {
  return maskedModel(header as unknown as Description, weights, backend);
}

/** A pretrained encoder with what opens it again. */
export function maskedModel(about: Description, weights: Weights, backend: Backend): MaskedModel {
  const { settings, history } = about;
  const tokenizer = openTokenizer(about.tokenizer);
  const shape = { ...settings, vocabulary: tokenizer.size, hidden: [] };
  return {
    kind: "bert",
    phase: "pretrain",
    history,
    ...(about.privacy === undefined ? {} : { privacy: about.privacy }),
    parameters: countParameters(weights),
    async losses(texts) {
      const parameters = toTensors(backend.tf, weights);
      const found = new Float64Array(texts.length);
      try {
        for (const [i, text] of texts.entries()) {
          const { ids } = sequenceOf(text, tokenizer, { context: settings.context, marked: true });
          const starts = [0, ids.length];
          const block = padSequences(
            { tokens: Int32Array.from(ids), starts: Float64Array.from(starts) },
            [0],
          );
          const hidden = hide(block, tokenizer, seededRandom("hidden tokens"));
          const losses = await lossesOf(backend, parameters, shape, hidden);
          found[i] = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
        }
      } finally {
        disposeAll(parameters);
      }
      return found;
    },
    async pseudoLikelihoods(items) {
      const parameters = toTensors(backend.tf, weights);
      try {
        return await pseudoLikelihoods(items, tokenizer, settings.context, (hidden) =>
          lossesOf(backend, parameters, shape, hidden),
        );
      } finally {
        disposeAll(parameters);
      }
    },
    serialize: () => encodeModelFile({ header: about as unknown as Record<string, Json>, weights }),
  };
}

/** Hides at least one token of the block, after Devlin et al. 2019, section 3.1. */
function hide(block: SequenceBlock, { size, mask }: Tokenizer, random: Random): HiddenTokens {
  const tokens = block.tokens.slice();
  const places: number[] = [];
  const pieces: number[] = [];
  for (let row = 0; row < block.batch; row++) {
    // Not the marks at both ends.
    for (let t = 1; t + 1 < block.lengths[row]!; t++) {
      pieces.push(row * block.time + t);
      if (uniform(random) < HIDDEN) places.push(row * block.time + t);
    }
  }
  if (places.length === 0)
    places.push(pieces.length > 0 ? pieces[below(random, pieces.length)]! : 0);
  const targets = Int32Array.from(places, (place) => block.tokens[place]!);
  for (const place of places) {
    const chance = uniform(random);
    if (chance < AS_MASK) tokens[place] = mask ?? 0;
    else if (chance < AS_MASK + AS_OTHER && size > FIRST_PIECE)
      tokens[place] = FIRST_PIECE + below(random, size - FIRST_PIECE);
  }
  return { block: { ...block, tokens }, places: Int32Array.from(places), targets };
}

async function lossesOf(
  { tf }: Backend,
  parameters: Tensors,
  shape: EncoderShape,
  { block, places, targets }: HiddenTokens,
): Promise<Float32Array> {
  const losses = tf.tidy(() =>
    crossEntropy(
      tf,
      maskedLogits(tf, parameters, shape, block, places, (x) => x),
      tf.tensor1d(targets, "int32"),
    ),
  );
  const values = (await losses.data()) as Float32Array;
  losses.dispose();
  return values;
}
