import type { TextOperator } from "./operator.ts";

/** Puts the kind of data in the place of the value: `<PERSON>`. */
export const redact: TextOperator = {
  name: "redact",
  about: "the name of the kind in angle brackets",
  reversible: false,
  keyed: false,
  settings: {},
  apply: (_value, _params, _secret, about) => `<${about?.entity ?? "REDACTED"}>`,
};
