import type { Span } from "../../core/types.ts";

/** A find of one recognizer, with what speaks for it in words. */
export interface Match extends Span {
  readonly reasons?: readonly string[];
}
