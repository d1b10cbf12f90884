import { bert } from "./bert.ts";
import type { Encoder } from "./encoder.ts";
import { gpt } from "./gpt.ts";
import { lstmLm } from "./lstm-lm.ts";
import type { Network } from "./network.ts";
import { textClassifier } from "./text-classifier.ts";

/** Networks by the name a policy gives them. */
export const networks = { "lstm-lm": lstmLm, gpt } as const satisfies Record<string, Network>;
export type LanguageKind = keyof typeof networks;

/** Encoders by the name a policy gives them. */
export const encoders = { "text-classifier": textClassifier, bert } as const satisfies Record<
  string,
  Encoder
>;
export type EncoderKind = keyof typeof encoders;
