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
 * Loss: the mean share of the domain that a cell stands for, scaled to 0 for an untouched column
 * and 1 for a suppressed one, then put together over columns.
 */
export function lossMetric(how: Aggregate = "geometric", balance = 0.5): Utility {
  const { generalisation, suppression } = factorsOf(balance);
  return {
    name: "loss",
    source: "Iyengar 2002, Transforming data to satisfy privacy constraints",
    bind(setting) {
      const { tuples, hierarchies, weights } = setting;
      const codes = quasiCodes(setting);
      const kept = marginals(setting).map((rows, c) =>
        hierarchies[c]!.codes.map((code, level) => {
          const share = hierarchies[c]!.shares[level]!;
          return rows.reduce((sum, n, value) => sum + n * share[code[value]!]!, 0);
        }),
      );
      const scaled = (sum: number, c: number): number => {
        const least = (generalisation * tuples.rows) / hierarchies[c]!.domain;
        const part = (sum - least) / (tuples.rows - least);
        return part > 0 ? cut(part) : 0;
      };
      return {
        monotone: false,
        separable: how !== "rank",
        bound: (levels) =>
          aggregate(
            how,
            levels.map((level, c) => scaled(kept[c]![level]! * generalisation, c)),
            weights,
          ),
        loss(levels, { classes, conforms, suppressed }) {
          const gone = new Float64Array(levels.length);
          if (suppressed > 0) {
            for (let i = 0; i < classes.size; i++) {
              if (conforms[i] === 1) continue;
              for (let c = 0; c < levels.length; c++) {
                const { codes: coded, shares } = hierarchies[c]!;
                const code = coded[levels[c]!]![codes[c]![classes.first[i]!]!]!;
                gone[c]! += classes.count[i]! * shares[levels[c]!]![code]!;
              }
            }
          }
          const values = levels.map((level, c) => {
            const removed = gone[c]! + suppression * (suppressed - gone[c]!);
            return scaled((kept[c]![level]! - gone[c]!) * generalisation + removed, c);
          });
          return aggregate(how, values, weights);
        },
      };
    },
  };
}
