import { PipelineError } from "../../../core/error.ts";
import { never, type Model } from "./model.ts";

/** The share of a class's population rows that the table holds lies in [min, max]. */
export function deltaPresence(min: number, max: number): Model {
  if (!(min >= 0 && min <= max && max <= 1)) {
    throw new PipelineError("policy", "the bounds of δ-presence are 0 ≤ min ≤ max ≤ 1");
  }
  return {
    name: `(${min}, ${max})-presence`,
    source: "Nergiz, Atzori and Clifton 2007, Hiding the presence of individuals",
    monotone: never,
    population: true,
    bind: () => (view) => {
      const share = view.population === 0 ? 0 : view.count / view.population;
      return share >= min && share <= max;
    },
  };
}
