import { PipelineError } from "../../core/error.ts";
import type { TextOperator } from "./operator.ts";

/** Marks around a sealed value in text; base64url holds neither. */
export const SEALED = { open: "⟦", close: "⟧" } as const;

/**
 * The value, encrypted and authenticated, to be turned back by whoever holds the key. It needs a
 * cipher, which is no secret stream: `sealingOperator` binds one.
 */
export const encrypt: TextOperator = {
  name: "encrypt",
  about: "the value encrypted, to be reversed with the key",
  reversible: true,
  keyed: true,
  settings: {},
  apply() {
    throw new PipelineError("key", "cannot encrypt values: no cipher was given", {
      hint: "give the data set a key, or use pseudonymize",
    });
  },
};
