import type { Evaluation } from "../evaluate.ts";
import { quasiCodes, type Loss, type Utility } from "./utility.ts";

/**
 * Discernibility: the sum of the squared class sizes, a suppressed row counting as one of a class
 * of the whole table. The monotone variant (DM*) squares suppressed classes too.
 */
export function discernibilityMetric(monotone = false): Utility {
  return {
    name: monotone ? "monotone-discernibility" : "discernibility",
    source: "Bayardo and Agrawal 2005, Data privacy through optimal k-anonymization",
    bind({ tuples }) {
      const squares = (evaluation: Evaluation, suppressed: number | undefined): Loss => {
        const { classes, conforms } = evaluation;
        let sum = 0;
        for (let i = 0; i < classes.size; i++) {
          const n = classes.count[i]!;
          sum += n * (conforms[i] === 1 ? n : (suppressed ?? n));
        }
        return [sum];
      };
      return {
        monotone,
        floor: (_, evaluation) => squares(evaluation, undefined),
        loss: (_, evaluation) => squares(evaluation, monotone ? undefined : tuples.rows),
      };
    },
  };
}

/** The average class size; all suppressed rows together are one class. */
export function classSizeMetric(): Utility {
  return {
    name: "class-size",
    source: "LeFevre, DeWitt and Ramakrishnan 2006, Mondrian multidimensional k-anonymity",
    bind({ tuples }) {
      const groups = ({ classes, conforms }: Evaluation, all: boolean): number => {
        let n = 0;
        for (let i = 0; i < classes.size; i++) {
          if (classes.count[i]! > 0 && (all || conforms[i] === 1)) n++;
        }
        return n;
      };
      return {
        monotone: false,
        floor: (_, evaluation) => [tuples.rows / groups(evaluation, true)],
        loss: (_, evaluation) => [
          tuples.rows / (groups(evaluation, false) + (evaluation.suppressed > 0 ? 1 : 0)),
        ],
      };
    },
  };
}

/** Ambiguity: how many original rows a released one may stand for, on average. */
export function ambiguityMetric(): Utility {
  return {
    name: "ambiguity",
    source: "Goldberger and Tassa 2010, Efficient anonymizations with enhanced utility",
    bind(setting) {
      const { tuples, hierarchies } = setting;
      const codes = quasiCodes(setting);
      const everything = hierarchies.reduce((product, { domain }) => product * domain, 1);
      const mean = (levels: readonly number[], evaluation: Evaluation, all: boolean): Loss => {
        const { classes, conforms } = evaluation;
        let sum = 0;
        for (let i = 0; i < classes.size; i++) {
          let stands = everything;
          if (all || conforms[i] === 1) {
            hierarchies.forEach(({ codes: coded, shares }, c) => {
              const level = levels[c]!;
              stands *= shares[level]![coded[level]![codes[c]![classes.first[i]!]!]!]!;
            });
          }
          sum += classes.count[i]! * stands;
        }
        return [sum / tuples.rows];
      };
      return {
        monotone: false,
        floor: (levels, evaluation) => mean(levels, evaluation, true),
        loss: (levels, evaluation) => mean(levels, evaluation, false),
      };
    },
  };
}
