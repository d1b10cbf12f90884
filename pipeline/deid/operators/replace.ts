import { textOf, type TextOperator } from "./operator.ts";

/** Puts one fixed text in the place of every value. */
export const replace: TextOperator = {
  name: "replace",
  about: "a fixed text",
  reversible: false,
  keyed: false,
  settings: { with: { kind: "text", required: true, about: "the text" } },
  main: "with",
  apply: (_value, params) => textOf(params, "with", ""),
};
