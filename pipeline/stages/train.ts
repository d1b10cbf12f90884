import type { Json } from "../core/canonical-json.ts";
import { PipelineError } from "../core/error.ts";
import type {
  Batch,
  ColumnType,
  Dataset,
  Digest,
  Measured,
  Stage,
  StageContext,
  Trained,
} from "../core/types.ts";
import type { Backend } from "../train/backend.ts";
import { makeCanaries, withCanaries } from "../train/canaries.ts";
import {
  rowsForTrainer,
  trainExternal,
  type ExternalModel,
  type ExternalTask,
  type StartProgram,
} from "../train/external.ts";
import { trainOn } from "../train/fallback.ts";
import { networks, trainLanguage, type LanguageKind } from "../train/language.ts";
import { decodeModelFile } from "../train/model-file.ts";
import type { RowBlocks } from "../train/row-window.ts";
import type { WeightedBatch } from "../train/rows.ts";
import { trainTabular } from "../train/tabular.ts";
import { encoders, pretrainEncoder, trainText, type EncoderKind } from "../train/text.ts";
import { reweighedRows, trainMitigated } from "./mitigation/train.ts";
import type { PrivacySpent } from "../train/privacy/private-steps.ts";
import type { ModelStore, TrainedOutput, TrainParams } from "./parts/model.ts";
import { spentEvidence } from "./parts/spent.ts";
import { blocksOfSplit, rowsOfSplit, textsOfSplit, type Split } from "./parts/split.ts";

export interface TrainInput {
  readonly dataset: Dataset;
  readonly types: Readonly<Record<string, ColumnType>>;
  readonly models: ModelStore;
  /** What `context.random` was seeded with, for the record. */
  readonly seed: string;
  /** What a fine-tune starts from. */
  readonly parent?: NonNullable<Trained["parent"]>;
  /** Starts the program of an external trainer. */
  readonly startTrainer?: StartProgram;
  /** Told what private training may spend before its first step; refuses by throwing. */
  readonly reserve?: (planned: { readonly epsilon: number; readonly delta: number }) => void;
}

/** What the kinds of models have in common once they are trained. */
interface AnyModel {
  readonly parameters: number;
  readonly history: Trained["history"];
  readonly privacy?: PrivacySpent;
  /** Numbers that an external trainer reports about itself. */
  readonly metrics?: Readonly<Record<string, number>>;
  serialize(): Uint8Array;
}

/**
 * Trains on the rows that are not held out, reading them by decrypting in memory. Deterministic for
 * a seed on one backend; after a crash it goes on from the last sealed checkpoint.
 */
export const train: Stage<TrainInput, TrainedOutput, TrainParams> = {
  name: "train",
  version: 2,
  async run(input, params, context) {
    const { model, place } = await trainSomewhere(input, params, context);
    const settings = JSON.parse(JSON.stringify(params)) as Record<string, Json>;
    const lineage = {
      ...(params.phase === undefined ? {} : { phase: params.phase }),
      ...(input.parent === undefined ? {} : { parent: input.parent }),
    };
    const { digest, files } = await input.models.put(model.serialize(), {
      kind: params.model.kind,
      ...lineage,
      data: input.dataset.digest,
      parameters: model.parameters,
      backend: place.backend,
      settings,
    });
    await input.models.clearCheckpoint();
    const trained: Trained = {
      kind: "trained",
      subject: digest,
      architecture: params.model.kind,
      ...lineage,
      parameters: model.parameters,
      data: input.dataset.digest,
      ...place,
      seed: input.seed,
      settings,
      history: model.history.map(({ epoch, train: loss, validation }) => ({
        epoch,
        train: loss,
        validation,
      })),
      files,
    };
    return {
      output: { digest, kind: params.model.kind, data: input.dataset.digest, files },
      evidence: [
        trained,
        ...spentEvidence(model.privacy, digest),
        ...Object.entries(model.metrics ?? {}).map(([name, value]): Measured => {
          // The trainer's word, not ours: rules name the metrics that we measure.
          return measured(digest, `reported_${name}`, value);
        }),
      ],
    };
  },
};

function measured(subject: Digest, metric: string, value: number): Measured {
  return { kind: "measured", subject, metric, split: "validation", estimate: { value, n: 0 } };
}

/** Where a model was trained, for the record. */
type Place = Pick<Trained, "backend" | "device" | "why" | "versions">;

async function trainSomewhere(
  input: TrainInput,
  params: TrainParams,
  context: StageContext,
): Promise<{ readonly model: AnyModel; readonly place: Place }> {
  if (params.model.kind === "external") {
    const model = await trainOutside(input, params, params.model, context);
    const { name, device, versions } = model.about;
    const why = `train.command hands the rows to ${name}`;
    return { model, place: { backend: "external", device, why, versions } };
  }
  let threads = 1;
  const { result: model, backend } = await trainOn(
    params.backend,
    {
      requireGpu: params.require_gpu,
      fallback: params.fallback,
      precision: params.precision,
    },
    (chosen) => {
      threads = 1;
      return trainModel(input, params, context, chosen, (count) => {
        threads = Math.max(threads, count);
      });
    },
  );
  const { name, why, versions } = backend;
  const device = threads > 1 ? `${backend.device}, ${threads} training threads` : backend.device;
  return { model, place: { backend: name, device, why, versions } };
}

async function trainOutside(
  input: TrainInput,
  params: TrainParams,
  model: Extract<Model, { kind: "external" }>,
  context: StageContext,
): Promise<ExternalModel> {
  const { label, text, features } = params;
  if (input.startTrainer === undefined)
    throw new PipelineError("internal", "nothing starts external trainers");
  if (model.task === "classify" ? label === undefined : text === undefined)
    throw new PipelineError(
      "policy",
      model.task === "classify"
        ? "a classifier needs a label with a favourable value"
        : "a language model needs a column of role text",
    );
  const task: ExternalTask = {
    ...{ command: model.command, task: model.task, settings: model.settings },
    ...{ features: model.task === "classify" ? features : [], seed: input.seed },
    ...(label === undefined || model.task === "text" ? {} : { label }),
    ...(text === undefined ? {} : { text }),
  };
  const rows = (name: Split): AsyncIterable<Batch> =>
    model.task === "text"
      ? asBatches(text ?? "", textsOfSplit(input.dataset, text ?? "", name, params, context.random))
      : rowsOfSplit(input.dataset, name, params, context.random);
  const seen = async function* (name: Split): AsyncGenerator<Batch> {
    for await (const batch of rows(name)) yield rowsForTrainer(batch, task);
  };
  return trainExternal(
    task,
    { train: () => seen("train"), validation: () => seen("validation") },
    input.startTrainer,
    context,
  );
}

async function trainModel(
  input: TrainInput,
  params: TrainParams,
  context: StageContext,
  backend: Backend,
  threadsUsed: (count: number) => void,
): Promise<AnyModel> {
  const split = (name: Split): AsyncIterable<Batch> =>
    rowsOfSplit(input.dataset, name, params, context.random);
  const trainContext = {
    backend,
    random: context.random.fork("train"),
    entropy: context.entropy,
    signal: context.signal,
    progress: context.progress,
    checkpoint: input.models.checkpoint,
    workers: { count: params.workers, used: threadsUsed },
    ...(input.models.log === undefined ? {} : { log: input.models.log }),
    ...(input.reserve === undefined ? {} : { reserve: input.reserve }),
  };
  const { model, label } = params;
  const settings = {
    ...loopSettings(params),
    ...(params.privacy === undefined ? {} : { privacy: params.privacy }),
  };
  const start =
    input.parent === undefined
      ? undefined
      : {
          parent: decodeModelFile(await input.models.get(input.parent.model)),
          ...(params.lora === undefined ? {} : { lora: params.lora }),
        };
  if (isLanguage(model)) {
    const column = params.text;
    if (column === undefined)
      throw new PipelineError("policy", "a language model needs a column of role text");
    const text = (name: Split): AsyncIterable<string> =>
      textsOfSplit(input.dataset, column, name, params, context.random);
    const own = await canaryTexts(() => text("train"), params, context);
    return trainLanguage(
      { text: own, validation: () => text("validation") },
      { ...model, ...settings },
      trainContext,
      start,
    );
  }
  if (isEncoder(model)) {
    const { text } = params;
    if (text !== undefined && params.phase === "pretrain") {
      const texts = (name: Split): AsyncIterable<Batch> =>
        asBatches(text, textsOfSplit(input.dataset, text, name, params, context.random));
      return pretrainEncoder(
        {
          column: text,
          train: () => weighed(texts("train")),
          validation: () => texts("validation"),
        },
        { ...model, ...settings },
        trainContext,
      );
    }
    if (text === undefined || label === undefined)
      throw new PipelineError(
        "policy",
        `a ${model.kind} needs a column of role text and a label with a favourable value`,
      );
    const train = (): AsyncIterable<WeightedBatch> => withWeights(split("train"), params.weight);
    const rows =
      params.mitigate === undefined
        ? train
        : await reweighedRows({ params: params.mitigate, label, train });
    return trainText(
      {
        column: text,
        label,
        train: rows,
        validation: () => split("validation"),
      },
      { ...model, ...settings },
      trainContext,
      start,
    );
  }
  if (model.kind === "external")
    throw new PipelineError("internal", "an external trainer has no backend");
  if (label === undefined)
    throw new PipelineError("policy", "a classifier needs a label with a favourable value");
  const columns = params.features.map((name) => ({ name, type: input.types[name] ?? "text" }));
  const weighted = (): AsyncIterable<WeightedBatch> => withWeights(split("train"), params.weight);
  const tabular = {
    kind: model.kind,
    hidden: model.kind === "tabular-mlp" ? model.hidden : [],
    ...settings,
  };
  const { mitigate } = params;
  if (mitigate === undefined) {
    const validation = (): AsyncIterable<Batch> => split("validation");
    const blocks = (): RowBlocks => {
      const own = blocksOfSplit(input.dataset, "train", params, context.random);
      const read = (block: number) => withWeights(own.read(block), params.weight);
      return { count: own.rows.length, read };
    };
    const rows = { columns, label, train: weighted, validation, blocks };
    return trainTabular(rows, tabular, trainContext);
  }
  const { checkpoint, ...without } = trainContext;
  return trainMitigated({
    // Trained twice, the budget would be spent twice.
    params: params.privacy === undefined ? mitigate : { ...mitigate, baseline: false },
    label,
    features: params.features,
    numeric: columns.flatMap(({ name, type }) =>
      type === "integer" || type === "decimal" ? [name] : [],
    ),
    seed: input.seed,
    train: weighted,
    validation: () => split("validation"),
    fit: ({ train: rows, validation, fairness, last }) =>
      trainTabular(
        { columns, label, train: rows, validation },
        { ...tabular, ...(fairness === undefined ? {} : { fairness }) },
        last ? { ...without, checkpoint } : without,
      ),
  });
}

async function* asBatches(column: string, texts: AsyncIterable<string>): AsyncGenerator<Batch> {
  for await (const text of texts) yield { rows: 1, columns: { [column]: [text] } };
}

async function* weighed(batches: AsyncIterable<Batch>): AsyncGenerator<{ batch: Batch }> {
  for await (const batch of batches) yield { batch };
}

/** The training texts, with the canaries that the policy asks for among them. */
async function canaryTexts(
  texts: () => AsyncIterable<string>,
  { canaries: spec }: TrainParams,
  { random }: StageContext,
): Promise<() => AsyncIterable<string>> {
  if (spec === undefined) return texts;
  const canaries = makeCanaries(spec, random);
  let total = 0;
  for (const all = texts()[Symbol.asyncIterator](); (await all.next()).done !== true;) total++;
  return () => withCanaries(texts(), total, canaries, spec.repetitions, random);
}

type Model = TrainParams["model"];

function isLanguage(model: Model): model is Extract<Model, { kind: LanguageKind }> {
  return Object.hasOwn(networks, model.kind);
}

function isEncoder(model: Model): model is Extract<Model, { kind: EncoderKind }> {
  return Object.hasOwn(encoders, model.kind);
}

type LoopNames =
  | "epochs"
  | "batch_size"
  | "learning_rate"
  | "weight_decay"
  | "patience"
  | "dropout"
  | "accumulate"
  | "clip_norm"
  | "steps"
  | "warmup_steps"
  | "evaluate_every";

function loopSettings(params: TrainParams): Pick<TrainParams, LoopNames> {
  const { epochs, batch_size, learning_rate, weight_decay, patience, dropout } = params;
  const { accumulate, clip_norm, steps, warmup_steps, evaluate_every } = params;
  return {
    ...{ epochs, batch_size, learning_rate, weight_decay, patience, dropout },
    ...{ accumulate, clip_norm },
    ...(steps === undefined ? {} : { steps }),
    ...(warmup_steps === undefined ? {} : { warmup_steps }),
    ...(evaluate_every === undefined ? {} : { evaluate_every }),
  };
}

/** Rows with the policy's weight column, where there is one. */
async function* withWeights(
  batches: AsyncIterable<Batch>,
  weight: string | undefined,
): AsyncGenerator<WeightedBatch> {
  for await (const batch of batches) {
    const cells = weight === undefined ? undefined : batch.columns[weight];
    yield cells === undefined
      ? { batch }
      : { batch, weight: Float32Array.from(cells, (cell) => Number(cell ?? 0)) };
  }
}
