import { adapt, type LoraSettings } from "../lora.ts";
import type { EncoderShape } from "../models/encoder.ts";
import { encoders, networks, type EncoderKind, type LanguageKind } from "../models/networks.ts";
import type { NetworkShape } from "../models/network.ts";
import { toTensors, type Tf, type Weights } from "../tensors.ts";
import { labelOfText } from "./labels.ts";
import { maskedTokens } from "./masked-tokens.ts";
import { nextToken } from "./next-token.ts";
import type { Expand, Objective } from "./objective.ts";

/** An objective as data, which another thread can be sent. */
export type ObjectiveSpec = (
  | { readonly kind: "next-token"; readonly network: LanguageKind; readonly shape: NetworkShape }
  | { readonly kind: "label"; readonly network: EncoderKind; readonly shape: EncoderShape }
  | { readonly kind: "masked"; readonly shape: EncoderShape }
) & {
  /** Where only adapters are trained: the weights that stay. */
  readonly adapters?: { readonly frozen: Weights; readonly lora: LoraSettings };
};

/** The objective of a thread that has nothing else; the frozen weights stay on its device. */
export function openObjective(tf: Tf, spec: ObjectiveSpec): Pick<Objective<never>, "loss"> {
  const expand = expandBy(tf, spec.adapters);
  switch (spec.kind) {
    case "next-token":
      return nextToken(networks[spec.network], spec.shape, expand);
    case "label":
      return labelOfText(encoders[spec.network], spec.shape, expand);
    case "masked":
      return maskedTokens(spec.shape);
  }
}

function expandBy(tf: Tf, adapters: ObjectiveSpec["adapters"]): Expand {
  if (adapters === undefined) return (trained) => trained;
  const frozen = toTensors(tf, adapters.frozen);
  return (trained) => adapt(tf, frozen, trained, adapters.lora);
}
