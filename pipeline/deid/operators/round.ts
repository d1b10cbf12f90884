import { numberOf, type TextOperator } from "./operator.ts";

/** A number rounded to a multiple of `to`, halves to even; what is no number becomes `*`. */
export const round: TextOperator = {
  name: "round",
  about: "the number rounded to a multiple",
  reversible: false,
  keyed: false,
  settings: { to: { kind: "number", required: true, minimum: 0, about: "the multiple" } },
  main: "to",
  apply(value, params) {
    const number = value.trim() === "" ? NaN : Number(value);
    const to = numberOf(params, "to", 1);
    if (!Number.isFinite(number)) return "*";
    const times = number / to;
    const floor = Math.floor(times);
    const part = times - floor;
    const whole = part > 0.5 || (part === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
    // 0.1 * 3 is not 0.3: as many decimals as the multiple has.
    const decimals = /\.(\d+)$/.exec(String(to))?.[1]?.length ?? 0;
    return String(Number((whole * to).toFixed(Math.min(decimals, 20))));
  },
};
