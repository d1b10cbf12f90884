import { PipelineError } from "../../../core/error.ts";
import { always, type Model } from "./model.ts";

/** Every class has at least k rows. */
export function kAnonymity(k: number): Model {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new PipelineError("policy", "k of k-anonymity is a whole number from 1");
  }
  return {
    name: `${k}-anonymity`,
    source: "Sweeney 2002, k-anonymity: a model for protecting privacy",
    monotone: always,
    needs: { rows: k },
    bind: () => (view) => view.count >= k,
  };
}
