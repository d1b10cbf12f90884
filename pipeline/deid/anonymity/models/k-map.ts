import { PipelineError } from "../../../core/error.ts";
import { kAnonymity } from "./k-anonymity.ts";
import { always, type Model } from "./model.ts";

/** Every class has at least k rows in the population table. */
export function kMap(k: number): Model {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new PipelineError("policy", "k of k-map is a whole number from 1");
  }
  return {
    name: `${k}-map`,
    source: "Sweeney 2001, Computational disclosure control",
    monotone: always,
    bind: () => (view) => view.population >= k,
  };
}

/**
 * k-map without a population table: the k' of k-anonymity that implies k-map with confidence
 * 1 - `significance` where cell sizes follow a zero-truncated Poisson distribution (El Emam and
 * Dankar 2008, estimator D4). `fraction` is the sample's share of the population.
 */
export function estimatedKMap(
  k: number,
  significance: number,
  fraction: number,
  rows: number,
): Model {
  if (!(significance > 0 && significance < 1) || !(fraction > 0 && fraction <= 1)) {
    throw new PipelineError("policy", "significance and sampling fraction lie between 0 and 1");
  }
  const lambda = fraction * k;
  let term = Math.exp(-lambda);
  const present = -Math.expm1(-lambda);
  let sum = 0;
  let derived = 1;
  for (; sum < 1 - significance && derived <= k; derived++) {
    term *= lambda / derived;
    sum += term / present;
  }
  const model = kAnonymity(Math.max(1, Math.min(derived, k, rows)));
  return { ...model, name: `${k}-map (estimated as ${model.name})` };
}
