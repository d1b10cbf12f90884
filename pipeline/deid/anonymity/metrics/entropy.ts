import {
  aggregate,
  cut,
  factorsOf,
  marginals,
  quasiCodes,
  type Aggregate,
  type Utility,
} from "./utility.ts";

/**
 * Non-uniform entropy, in bits: what is lost of each cell, given how often its value occurs among
 * those it was merged with. The monotone variant leaves suppression out.
 */
export function entropyMetric(monotone = false, how: Aggregate = "sum", balance = 0.5): Utility {
  const { generalisation, suppression } = factorsOf(balance);
  return {
    name: monotone ? "monotone-entropy" : "entropy",
    source: "Gionis and Tassa 2009, k-Anonymization with minimal loss of information",
    bind(setting) {
      const { hierarchies, weights } = setting;
      const codes = quasiCodes(setting);
      const merged = marginals(setting).map((rows, c) =>
        hierarchies[c]!.codes.map((code, level) => {
          const groups = new Float64Array(hierarchies[c]!.labels[level]!.length);
          rows.forEach((n, value) => (groups[code[value]!]! += n));
          return rows.reduce(
            (sum, n, value) => (n === 0 ? sum : sum - n * Math.log2(n / groups[code[value]!]!)),
            0,
          );
        }),
      );
      const bound = (levels: readonly number[]): readonly number[] =>
        aggregate(
          how,
          levels.map((level, c) => cut(merged[c]![level]! * generalisation)),
          weights,
        );
      return {
        monotone,
        bound,
        separable: how !== "rank",
        loss(levels, { classes, conforms, suppressed }) {
          if (monotone || suppressed === 0) return bound(levels);
          const values = levels.map((level, c) => {
            const groups = new Float64Array(hierarchies[c]!.labels[level]!.length);
            const code = hierarchies[c]!.codes[level]!;
            for (let i = 0; i < classes.size; i++) {
              if (conforms[i] === 0) {
                groups[code[codes[c]![classes.first[i]!]!]!]! += classes.count[i]!;
              }
            }
            const lost = groups.reduce(
              (sum, n) => (n === 0 ? sum : sum - n * Math.log2(n / suppressed)),
              0,
            );
            return cut(merged[c]![level]! * generalisation + lost * suppression);
          });
          return aggregate(how, values, weights);
        },
      };
    },
  };
}
