import type { Json } from "../../core/canonical-json.ts";
import { PipelineError } from "../../core/error.ts";
import type { Operator, Random } from "../../core/types.ts";

/** Settings of an operator as the policy gives them, checked by its `parse`. */
export type OperatorParams = Readonly<Record<string, Json>>;

/** Authenticated encryption, given by whoever holds the key. `open` throws on anything changed. */
export interface Cipher {
  seal(plain: Uint8Array, context: string): Uint8Array;
  /** Undefined where the key was erased with its person, so that nobody can open it any more. */
  open(sealed: Uint8Array, context: string): Uint8Array | undefined;
}

/** What is known of the place where values stand, beside the values. */
export interface Surroundings {
  /** What `encrypt` needs; of the person whom the values belong to, where there is one. */
  readonly cipher?: Cipher;
  /** The person was erased: nothing of hers can be sealed, and `encrypt` redacts. */
  readonly erased?: boolean;
  /** Dates move by this: one person's dates alike. The operator's own secret where absent. */
  readonly person?: Random;
  /** The secret under which values are linked within a scope; undefined for a scope that is a mere name. */
  readonly scoped?: (scope: string) => Random | undefined;
  /** The mean that stands for the value, for `microaggregate`. */
  readonly average?: string;
  /** Whether a replacement may be a real value of the same dataset. Never wrong when it says no. */
  readonly real?: (candidate: string) => boolean;
}

/** What is known of a value beside itself. */
export interface About extends Surroundings {
  /** Kind of personal data, "PERSON"; "VALUE" for a cell of a column. */
  readonly entity: string;
  /** Whether a replacement must not be used: it is a value of the same document. */
  readonly taken?: (candidate: string) => boolean;
  /** The value is a number or a boolean, and is one again when it is opened. */
  readonly literal?: boolean;
}

/** One way to replace a value. Same value, params and secret, same result. */
export interface TextOperator extends Operator<OperatorParams> {
  /** One line for the documentation. */
  readonly about: string;
  /** Whether `apply` depends on the secret. */
  readonly keyed: boolean;
  /** Settings with their kind, for checking and for the documentation. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** Checks beyond the kinds of single settings; throws `policy`. */
  readonly check?: (params: OperatorParams, path: string) => void;
  /** The setting meant by a value that is no object: `{ shift_days: 30 }`. */
  readonly main?: string;
  apply(value: string, params: OperatorParams, secret: Random, about?: About): string;
}

export interface Setting {
  readonly kind: "integer" | "number" | "text" | "boolean" | "intervals" | readonly string[];
  readonly required?: boolean;
  readonly minimum?: number;
  readonly about: string;
}

/** Throws `policy` with the path of what is wrong. */
export function refuse(path: string, why: string, hint?: string): never {
  throw new PipelineError("policy", `${path}: ${why}`, hint === undefined ? {} : { hint });
}

/** The setting as a number, or the default. */
export function numberOf(params: OperatorParams, name: string, fallback: number): number {
  const value = params[name];
  return typeof value === "number" ? value : fallback;
}

/** The setting as text, or the default. */
export function textOf(params: OperatorParams, name: string, fallback: string): string {
  const value = params[name];
  return typeof value === "string" ? value : fallback;
}
