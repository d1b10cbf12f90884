import { numberOf, textOf, type TextOperator } from "./operator.ts";

/** Hides letters and digits behind one character and keeps separators, so that the form stays. */
export const mask: TextOperator = {
  name: "mask",
  about: "a mask character for each letter and digit; separators stay",
  reversible: false,
  keyed: false,
  settings: {
    with: { kind: "text", about: "the mask character, * by default" },
    keep_first: { kind: "integer", minimum: 0, about: "letters and digits left at the start" },
    keep_last: { kind: "integer", minimum: 0, about: "letters and digits left at the end" },
  },
  main: "keep_last",
  apply(value, params) {
    const characters = Array.from(value);
    const isShown = /[\p{L}\p{N}\p{M}]/u;
    const total = characters.filter((c) => isShown.test(c)).length;
    const first = numberOf(params, "keep_first", 0);
    const last = numberOf(params, "keep_last", 0);
    // What would be left whole is no mask: a value that short is hidden altogether.
    const whole = first + last >= total;
    const by = textOf(params, "with", "*");
    let seen = 0;
    return characters
      .map((c) => {
        if (!isShown.test(c)) return c;
        seen++;
        return !whole && (seen <= first || seen > total - last) ? c : by;
      })
      .join("");
  },
};
