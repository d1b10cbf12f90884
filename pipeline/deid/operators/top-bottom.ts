import { numberOf, refuse, type TextOperator } from "./operator.ts";

/** A number moved to the nearest bound where it lies outside; what is no number becomes `*`. */
export const topBottom: TextOperator = {
  name: "top_bottom",
  about: "the number held between two bounds",
  reversible: false,
  keyed: false,
  settings: {
    bottom: { kind: "number", about: "the lowest value left" },
    top: { kind: "number", about: "the highest value left" },
  },
  check(params, path) {
    const { bottom, top } = params;
    if (bottom === undefined && top === undefined) refuse(path, "expected bottom, top or both");
    if (typeof bottom === "number" && typeof top === "number" && bottom > top) {
      refuse(path, "bottom is above top");
    }
  },
  apply(value, params) {
    const number = value.trim() === "" ? NaN : Number(value);
    if (!Number.isFinite(number)) return "*";
    const low = numberOf(params, "bottom", -Infinity);
    return String(Math.min(numberOf(params, "top", Infinity), Math.max(low, number)));
  },
};
