import type { Json } from "../core/canonical-json.ts";
import { digestOf } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch } from "../core/types.ts";
import type { Backend } from "./backend.ts";
import type { EpochRecord } from "./checkpoint.ts";
import {
  encodeRows,
  featurePartial,
  fitTransforms,
  inputWidth,
  writeInputs,
  type FeatureColumn,
  type Transforms,
} from "./features.ts";
import { adversaryWeights, withoutAdversary } from "./adversary.ts";
import { adversarialLoss, validationLoss, weightedLoss } from "./tabular-loss.ts";
import type { Problem, TrainContext } from "./loop.ts";
import { encodeModelFile, type ModelFile } from "./model-file.ts";
import { mlpLogits, mlpWeights } from "./models/mlp.ts";
import { dropoutMask } from "./random-tensors.ts";
import { mlpExamples } from "./privacy/mlp-examples.ts";
import {
  planPrivacy,
  privacySpent,
  privateProblem,
  trainUnder,
  type PrivacyPlan,
  type PrivacySpent,
  type PrivateSteps,
} from "./privacy/private-steps.ts";
import { openRows, type RowSource, type StreamedRows } from "./row-window.ts";
import { refuseOneClass } from "./sequences.ts";
import {
  gather,
  labelsOf,
  order,
  type LabelSpec,
  type Minibatch,
  type WeightedBatch,
} from "./rows.ts";
import { scheduleOf, type PrivacySettings, type TabularSettings } from "./settings.ts";
import { countParameters, disposeAll, toTensors } from "./tensors.ts";
import type { Tensor, Weights } from "./tensors.ts";

/** Rows to train on. The streams may be opened again and then yield the same batches. */
export interface TabularData extends StreamedRows {
  /** The features; the label is not among them. */
  readonly columns: readonly FeatureColumn[];
  /** Weights count in the validation loss, which is a weighted mean. */
  validation(): AsyncIterable<Batch | WeightedBatch>;
}

/** A trained classifier of rows. */
export interface TabularModel {
  readonly kind: TabularSettings["kind"];
  /** How many numbers were learnt. */
  readonly parameters: number;
  readonly history: readonly EpochRecord[];
  /** What private training spent and on which terms; absent where it was not asked for. */
  readonly privacy?: PrivacySpent;
  /** P(favourable) of each row. */
  score(batch: Batch): Promise<Float32Array>;
  /** Cross-entropy of each row against its label, in nats. */
  losses(batch: Batch): Promise<Float64Array>;
  /** What the caller put beside the weights, such as decision rules; in the same sealed bytes. */
  readonly attached?: Json;
  /** The same model with something else beside the weights. */
  attach(attached: Json): TabularModel;
  /** The model as bytes; equal models have equal bytes. They hold category values: seal them. */
  serialize(): Uint8Array;
}

// What looks at the rows and is not accounted for.
const OUTSIDE = [
  "means, deviations and category lists of the features",
  "the number of training rows",
  "losses recorded in the history",
];
// Rows scored at once; bounds the memory that one large batch takes.
const SCORE_ROWS = 4096;

/**
 * Fits transforms in one pass over the training rows, then trains. Throws `training` where the
 * labels have one class or none, where a split is empty, and where the loss explodes.
 */
export async function trainTabular(
  data: TabularData,
  settings: TabularSettings,
  context: TrainContext,
): Promise<TabularModel> {
  const { backend, random } = context;
  const first = await firstPass(data);
  const { transforms } = first;
  const rows = await openRows(data, transforms, first.rows);
  const validation = await openRows(
    { label: data.label, train: () => asWeighted(data.validation()) },
    transforms,
    await countValidation(data),
  );
  const widths = [inputWidth(transforms), ...hiddenOf(settings), 1];
  if (widths[0] === 0) throw new PipelineError("training", "no feature column holds a value");
  const initial = {
    ...mlpWeights(widths, random.fork("initial weights")),
    ...(settings.fairness?.kind === "adversarial"
      ? adversaryWeights(settings.fairness, random.fork("adversary"))
      : {}),
  };
  const fingerprint = digestOf({ settings, transforms, label: data.label, rows: first.rows });
  const secret =
    settings.privacy && privateRows(settings.privacy, settings, transforms, rows, context);
  const trained = await trainUnder<Minibatch>(
    {
      ...plainSteps({ settings, rows, total: first.rows, context }),
      fingerprint,
      initial,
      validate: (parameters) => validationLoss(backend, withoutAdversary(parameters), validation),
    },
    context,
    secret?.steps,
  );
  const about: Description = {
    kind: settings.kind,
    settings,
    transforms,
    label: data.label,
    history: trained.history,
    ...(secret ? { privacy: privacySpent(secret.plan, trained.steps, OUTSIDE) } : {}),
  };
  return tabularModel(about, withoutAdversary(trained.weights), backend);
}

type Steps = Omit<Problem<Minibatch>, "fingerprint" | "initial" | "validate">;

/** Shuffled batches of every row once an epoch. */
function plainSteps({
  settings,
  rows,
  total,
  context,
}: {
  settings: TabularSettings;
  rows: RowSource;
  total: number;
  context: TrainContext;
}): Steps {
  const { backend, random } = context;
  const { tf } = backend;
  const stepsPerEpoch = Math.ceil(total / settings.batch_size / (settings.accumulate ?? 1));
  const dropout = settings.dropout ?? 0;
  return {
    epochs: settings.epochs,
    // The best cross-entropy is that of before the groups were made alike.
    patience: settings.fairness ? Infinity : settings.patience,
    keep: settings.fairness ? "last" : "best",
    ...(settings.accumulate === undefined ? {} : { accumulate: settings.accumulate }),
    optimizer: scheduleOf(settings, settings.epochs * stepsPerEpoch, Math.min(100, stepsPerEpoch)),
    batches: (epoch) => rows.minibatches(settings.batch_size, random.fork(`epoch ${epoch}`)),
    loss: (parameters, batch, step) => {
      const masks = random.fork(`dropout ${step}`);
      const drop = (hidden: Tensor): Tensor =>
        dropout === 0 ? hidden : tf.mul(hidden, dropoutMask(tf, hidden.shape, dropout, masks));
      const loss = { backend, settings, parameters, batch, drop };
      const batches = settings.epochs * Math.ceil(total / settings.batch_size);
      return settings.fairness?.kind === "adversarial"
        ? adversarialLoss(loss, settings.fairness, step / batches)
        : weightedLoss(loss);
    },
  };
}

/** Steps under a privacy budget; without dropout. */
function privateRows(
  privacy: PrivacySettings,
  settings: TabularSettings,
  transforms: Transforms,
  { kept }: RowSource,
  context: TrainContext,
): { readonly plan: PrivacyPlan; readonly steps: PrivateSteps } {
  if (!kept) {
    throw new PipelineError("training", "private training needs its rows in memory", {
      hint: "train on fewer rows; each step draws from all of them",
    });
  }
  const { batch_size: chunk, accumulate = 1, epochs, learning_rate: learningRate } = settings;
  const plan = planPrivacy(
    privacy,
    { count: kept.rows, batch: chunk * accumulate, unit: "row" },
    (rate) => Math.ceil(epochs / rate),
  );
  context.reserve?.(privacy);
  const period = Math.ceil(1 / plan.rate);
  const optimizer = { learningRate, warmupSteps: Math.min(20, period) };
  const { tf } = context.backend;
  const steps = privateProblem(
    { plan, from: 0, to: plan.steps, period, chunk, optimizer },
    context,
    (parameters, chosen) => {
      const batch = gather(transforms, kept, chosen);
      return mlpExamples(tf, parameters, {
        inputs: tf.tensor2d(batch.inputs, [batch.rows, batch.inputs.length / batch.rows]),
        labels: tf.tensor1d(batch.labels),
        weights: tf.tensor1d(batch.weights),
      });
    },
  );
  // A row has no tokens.
  return { plan, steps: { ...steps, tokens: () => 0 } };
}

/** What a model is besides its weights. */
interface Description {
  readonly kind: TabularSettings["kind"];
  readonly settings: TabularSettings;
  readonly transforms: Transforms;
  readonly label: LabelSpec;
  readonly history: readonly EpochRecord[];
  readonly privacy?: PrivacySpent;
  readonly attached?: Json;
}

/** The model that `serialize` has written. */
export function openTabularModel({ header, weights }: ModelFile, backend: Backend): TabularModel {
  return tabularModel(header as unknown as Description, weights, backend);
}

function tabularModel(about: Description, weights: Weights, backend: Backend): TabularModel {
  const { kind, transforms, label, history } = about;
  return {
    kind,
    history,
    parameters: countParameters(weights),
    ...(about.privacy ? { privacy: about.privacy } : {}),
    async score(batch) {
      const logits = await logitsOf(backend, weights, transforms, batch);
      return logits.map((z) => 1 / (1 + Math.exp(-z)));
    },
    async losses(batch) {
      const labels = labelsOf(batch, label);
      const logits = await logitsOf(backend, weights, transforms, batch);
      return Float64Array.from(logits, (z, i) => {
        const against = labels[i] === 1 ? -z : z;
        return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      });
    },
    ...(about.attached === undefined ? {} : { attached: about.attached }),
    attach: (attached) => tabularModel({ ...about, attached }, weights, backend),
    serialize: () => encodeModelFile({ header: about as unknown as Record<string, Json>, weights }),
  };
}

async function firstPass(data: TabularData): Promise<{ transforms: Transforms; rows: number }> {
  const partial = featurePartial(data.columns);
  const state = partial.empty();
  let rows = 0;
  let favourable = 0;
  for await (const { batch } of data.train()) {
    partial.observe(state, batch);
    for (const label of labelsOf(batch, data.label)) favourable += label;
    rows += batch.rows;
  }
  refuseOneClass("training", rows, favourable);
  return { transforms: fitTransforms(data.columns, state), rows };
}

async function countValidation(data: TabularData): Promise<number> {
  let rows = 0;
  let favourable = 0;
  for await (const { batch } of asWeighted(data.validation())) {
    for (const label of labelsOf(batch, data.label)) favourable += label;
    rows += batch.rows;
  }
  refuseOneClass("validation", rows, favourable);
  return rows;
}

async function* asWeighted(
  batches: AsyncIterable<Batch | WeightedBatch>,
): AsyncGenerator<WeightedBatch> {
  for await (const batch of batches) yield "batch" in batch ? batch : { batch };
}

function hiddenOf(settings: TabularSettings): readonly number[] {
  return settings.kind === "logistic" ? [] : settings.hidden;
}

async function logitsOf(
  { tf }: Backend,
  weights: Weights,
  transforms: Transforms,
  batch: Batch,
): Promise<Float32Array> {
  const encoded = encodeRows(transforms, batch);
  const all = new Float32Array(batch.rows);
  const parameters = toTensors(tf, weights);
  try {
    for (let at = 0; at < batch.rows; at += SCORE_ROWS) {
      const indices = order(batch.rows).subarray(at, at + SCORE_ROWS);
      const inputs = writeInputs(transforms, encoded, indices);
      const logits = tf.tidy(() =>
        mlpLogits(tf, parameters, tf.tensor2d(inputs, [indices.length, inputWidth(transforms)])),
      );
      all.set(await logits.data(), at);
      logits.dispose();
    }
  } finally {
    disposeAll(parameters);
  }
  return all;
}
