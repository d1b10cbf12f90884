import type { SplitShares } from "./split.ts";

/** What both audits need to know; plain JSON. */
export interface AuditParams {
  /** Which protected attributes to compare by, alone and together. */
  readonly by: readonly (readonly string[])[];
  readonly label?: { readonly column: string; readonly favourable: string };
  readonly weight?: string;
  /** Columns of text, and how they and a language model are audited. */
  readonly texts: readonly string[];
  readonly language: {
    /** Languages of our own sets; absent means those that the texts are in. */
    readonly sets?: readonly ("en" | "zh")[];
    /** Attributes of our own sets; absent means all. */
    readonly attributes?: readonly string[];
    readonly corpus: boolean;
    readonly pairs: number;
    /** Most rows of text asked again with other identity terms. */
    readonly flips: number;
  };
  readonly quasi: readonly string[];
  /** Share of each value in the population, by attribute. */
  readonly populations: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly confidence: number;
  readonly resamples: number;
  readonly minimum_group: number;
  /** Whether a missing protected value is a group of its own. */
  readonly missing_group: boolean;
  /** How the model is attacked; absent where data are audited. */
  readonly membership?: MembershipParams;
  /** What is tried to make a language model repeat its training text. */
  readonly memorization?: MemorizationParams;
  readonly checks: AuditChecks;
  /** How training will cut the rows, where a model is trained. */
  readonly split?: SplitShares;
  /** Whether the tables of New York City's Local Law 144 are wanted. */
  readonly local_law: boolean;
  /** Metrics that rules about this stage name. */
  readonly ruled: readonly string[];
}

/** What is looked for beside the numbers that rules name. */
export interface AuditChecks {
  readonly sample: number;
  readonly proxies: boolean;
  readonly proxy_pairs: boolean;
  readonly proxy_model: boolean;
  readonly drift: boolean;
  readonly label_noise: boolean;
  readonly subgroups: boolean;
  readonly scan: readonly string[];
  readonly simulations: number;
  readonly flips: boolean;
  readonly reference: "majority" | "minimum" | Readonly<Record<string, string>>;
  readonly tau: number;
  readonly least_share: number;
  readonly least_share_reason?: string | undefined;
}

/** Memorisation of a language model: what can it be made to say of its training text? */
export interface MemorizationParams {
  /** Strings like a canary that its exposure is ranked among. */
  readonly candidates: number;
  /** How many training texts are begun, how much of each is given and how much is awaited, in UTF-16 units. */
  readonly prefixes: number;
  readonly prefix: number;
  readonly continuation: number;
  /** A string in at most so many training texts counts as rare. */
  readonly eidetic: number;
  /** The fixed prompt set, how often each is continued, and by how many tokens. */
  readonly prompts: readonly string[];
  readonly generations: number;
  readonly tokens: number;
  /** Words in a row that count as a copy. */
  readonly ngram: number;
}

/** Membership inference: who was in the training data? */
export interface MembershipParams {
  /** Members and non-members attacked, at most, of each. */
  readonly rows: number;
  /** Whether an attack is trained on half of them. */
  readonly attack_model: boolean;
  /** Shadow models for LiRA and RMIA; 0 means neither. */
  readonly shadows: number;
  /** Canaries of the audit that proves a lower bound on epsilon; 0 means none. */
  readonly canaries: number;
}
