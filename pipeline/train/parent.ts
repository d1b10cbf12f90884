import { PipelineError } from "../core/error.ts";
import type { Random } from "../core/types.ts";
import type { Backend } from "./backend.ts";
import { adapt, adapterWeights, adaptUses, mergeAdapters, type LoraSettings } from "./lora.ts";
import type { ModelFile } from "./model-file.ts";
import type { ObjectiveSpec } from "./objectives/open.ts";
import type { ExampleGradients } from "./privacy/example-gradients.ts";
import { disposeAll, toTensors, type Tensors, type Weights } from "./tensors.ts";

/** What a fine-tune starts from. */
export interface Start {
  readonly parent: ModelFile;
  readonly lora?: LoraSettings;
}

/** Throws `training` where the parent is of another architecture than the policy's model. */
export function refuseOtherArchitecture(
  { header }: ModelFile,
  wanted: Readonly<Record<string, unknown>>,
): void {
  const given = { ...(header.settings as object | undefined), kind: header.kind } as Readonly<
    Record<string, unknown>
  >;
  const differing = Object.keys(wanted).filter(
    (key) => (given[key] ?? wanted[key]) !== wanted[key],
  );
  if (differing.length === 0) return;
  const list = (of: Readonly<Record<string, unknown>>): string =>
    differing.map((key) => `${key} ${String(of[key])}`).join(", ");
  throw new PipelineError(
    "training",
    `the parent is of another architecture: it has ${list(given)}, the policy asks for ${list(wanted)}`,
    { hint: "give train.model the settings of the parent: probity models show" },
  );
}

/** The parent's weights where they have the shape of those of a fresh model; `fresh` has the others. */
export function startFrom({ weights }: ModelFile, fresh: Weights): Weights {
  return Object.fromEntries(
    Object.entries(fresh).map(([name, weight]) => {
      const old = weights[name];
      return [name, old?.shape.join() === weight.shape.join() ? old : weight];
    }),
  );
}

/** What the loop trains, and how to come from that to the parameters of the network and to the result. */
export interface Trainable {
  readonly initial: Weights;
  /** Empty where all weights are trained: what another thread needs to expand them. */
  readonly adapters: Pick<ObjectiveSpec, "adapters">;
  readonly expand: (parameters: Tensors) => Tensors;
  /** Gradients by example of what is trained from those of the expanded parameters. */
  readonly uses: (gradients: ExampleGradients, trained: Tensors) => ExampleGradients;
  finish(trained: Weights): Promise<Weights>;
  dispose(): void;
}

/** All weights, or with `lora` adapters of those inside the layers and the weights that `whole` names. */
export function trainable(
  weights: Weights,
  lora: LoraSettings | undefined,
  whole: (name: string) => boolean,
  { tf }: Backend,
  random: Random,
): Trainable {
  if (lora === undefined) {
    return {
      initial: weights,
      adapters: {},
      expand: (parameters) => parameters,
      uses: (gradients) => gradients,
      finish: (trained) => Promise.resolve(trained),
      dispose: () => undefined,
    };
  }
  const frozen = toTensors(tf, weights);
  return {
    initial: adapterWeights(weights, lora, whole, random.fork("adapters")),
    adapters: { adapters: { frozen: weights, lora } },
    expand: (parameters) => adapt(tf, frozen, parameters, lora),
    uses: ({ loss, uses }, trained) => ({ loss, uses: adaptUses(tf, uses, trained, lora) }),
    finish: (trained) => mergeAdapters(tf, weights, trained, lora),
    dispose: () => {
      disposeAll(frozen);
    },
  };
}
