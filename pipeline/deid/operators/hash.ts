import { numberOf, type TextOperator } from "./operator.ts";

/** A keyed hash in lower-case hex: without the key a guess cannot be tested. */
export const hash: TextOperator = {
  name: "hash",
  about: "a keyed hash in hexadecimal",
  reversible: false,
  keyed: true,
  settings: {
    length: { kind: "integer", minimum: 16, about: "hexadecimal digits; 32 by default" },
  },
  main: "length",
  apply(value, params, secret) {
    const length = numberOf(params, "length", 32);
    const random = secret.fork(JSON.stringify(["hash", value]));
    let hex = "";
    while (hex.length < length) hex += random.uint32().toString(16).padStart(8, "0");
    return hex.slice(0, length);
  },
};
