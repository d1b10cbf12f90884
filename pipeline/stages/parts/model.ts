import type { Json } from "../../core/canonical-json.ts";
import type { Digest } from "../../core/types.ts";
import type { BackendChoice, Precision } from "../../train/backend.ts";
import type { MitigateParams } from "../mitigation/params.ts";
import type { LanguageKind } from "../../train/language.ts";
import type { PrivacySettings } from "../../train/settings.ts";
import type { LabelSpec } from "../../train/rows.ts";
import type { EncoderKind } from "../../train/text.ts";
import type { TokenizerKind } from "../../train/tokenizer/index.ts";

export interface TrainParams {
  readonly model:
    | { readonly kind: "tabular-mlp"; readonly hidden: readonly number[] }
    | { readonly kind: "logistic" }
    | {
        readonly kind: "external";
        readonly command: readonly string[];
        readonly task: "classify" | "text";
        readonly settings: Readonly<Record<string, Json>>;
      }
    | {
        readonly kind: LanguageKind;
        readonly width: number;
        readonly layers: number;
        readonly context: number;
        readonly heads?: number;
        readonly tokenizer: "characters" | "bpe";
        readonly vocabulary?: number;
      }
    | {
        readonly kind: EncoderKind;
        readonly tokenizer: TokenizerKind;
        readonly vocabulary: number;
        readonly context: number;
        readonly overlong: "stop" | "cut";
        readonly width: number;
        readonly hidden?: readonly number[];
        readonly layers?: number;
        readonly heads?: number;
        readonly masked_epochs?: number;
      };
  readonly phase?: "pretrain" | "finetune";
  readonly lora?: { readonly rank: number; readonly alpha: number };
  readonly backend: BackendChoice;
  readonly require_gpu: boolean;
  readonly features: readonly string[];
  readonly label?: LabelSpec;
  readonly text?: string;
  readonly weight?: string;
  readonly held_out: number;
  readonly validation: number;
  readonly epochs: number;
  readonly steps?: number;
  readonly batch_size: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly patience: number;
  readonly dropout: number;
  readonly accumulate: number;
  readonly precision: Precision;
  readonly workers: "auto" | number;
  readonly warmup_steps?: number;
  readonly clip_norm: number;
  readonly evaluate_every?: number;
  readonly fallback: boolean;
  readonly privacy?: PrivacySettings;
  /** Put into the training text of a language model. */
  readonly canaries?: {
    readonly count: number;
    readonly repetitions: number;
    readonly form: string;
  };
  readonly mitigate?: MitigateParams;
}

export interface ModelFile {
  readonly file: string;
  readonly digest: Digest;
  readonly bytes: number;
}

/** Where models go: sealed, named by the SHA-256 of their plaintext. */
export interface ModelStore {
  put(
    bytes: Uint8Array,
    card: Readonly<Record<string, Json>>,
  ): Promise<{ digest: Digest; files: readonly ModelFile[] }>;
  get(digest: Digest): Promise<Uint8Array>;
  readonly checkpoint: {
    load(): Promise<Uint8Array | undefined>;
    save(bytes: Uint8Array): Promise<void>;
  };
  clearCheckpoint(): Promise<void>;
  /** Writes numbers of a step into the run's event file. */
  readonly log?: (step: number, values: Readonly<Record<string, number>>) => void;
}

export interface TrainedOutput {
  readonly digest: Digest;
  readonly kind: string;
  readonly data: Digest;
  readonly files: readonly ModelFile[];
}
