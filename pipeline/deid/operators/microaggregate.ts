import { refuse, type TextOperator } from "./operator.ts";

/**
 * A number by the mean of a group of close numbers, which at least k rows share. The groups are made
 * from the whole column, or from all columns that name the same `together`, before the first row
 * leaves; what was in no group becomes `*`.
 */
export const microaggregate: TextOperator = {
  name: "microaggregate",
  about: "the number by the mean of at least k close ones; a column alone, or several `together`",
  reversible: false,
  keyed: false,
  settings: {
    k: { kind: "integer", required: true, minimum: 2, about: "rows that share a mean, at least" },
    together: { kind: "text", about: "name of a set of columns whose rows are grouped as one" },
  },
  main: "k",
  check(_, path) {
    if (!path.startsWith("deidentify.columns.")) {
      refuse(path, "microaggregation takes whole columns of numbers, a text has none");
    }
  },
  apply: (_value, _params, _secret, about) => about?.average ?? "*",
};
