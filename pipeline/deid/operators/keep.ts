import type { TextOperator } from "./operator.ts";

/** Leaves the value as it is. */
export const keep: TextOperator = {
  name: "keep",
  about: "the value itself, on purpose",
  reversible: true,
  keyed: false,
  settings: {},
  apply: (value) => value,
};
