import { aggregate, factorsOf, type Aggregate, type Utility } from "./utility.ts";

/**
 * Precision: how far up its hierarchy a cell was moved, as a share of the height. The monotone
 * variant leaves suppression out.
 */
export function precisionMetric(
  monotone = false,
  how: Aggregate = "arithmetic",
  balance = 0.5,
): Utility {
  const { generalisation, suppression } = factorsOf(balance);
  return {
    name: monotone ? "monotone-precision" : "precision",
    source: "Sweeney 2002, Achieving k-anonymity privacy protection using generalization",
    bind({ tuples, hierarchies, weights }) {
      const climbed = (level: number, c: number): number => {
        const top = hierarchies[c]!.height - 1;
        return top === 0 ? 0 : level / top;
      };
      const bound = (levels: readonly number[]): readonly number[] =>
        aggregate(
          how,
          levels.map((level, c) => climbed(level, c) * generalisation),
          weights,
        );
      return {
        monotone,
        bound,
        separable: how !== "rank",
        loss(levels, { suppressed }) {
          if (monotone || suppressed === 0) return bound(levels);
          const kept = tuples.rows - suppressed;
          const values = levels.map(
            (level, c) =>
              (kept * climbed(level, c) * generalisation + suppressed * suppression) / tuples.rows,
          );
          return aggregate(how, values, weights);
        },
      };
    },
  };
}

/** Height: the sum of the levels. */
export function heightMetric(): Utility {
  return {
    name: "height",
    source: "Samarati 2001, Protecting respondents' identities in microdata release",
    bind({ weights }) {
      const bound = (levels: readonly number[]): readonly number[] =>
        aggregate("sum", levels, weights);
      return { monotone: true, separable: true, bound, loss: bound };
    },
  };
}
