import { lossBound } from "./search-bound.ts";
import type { CodedHierarchy } from "./hierarchy.ts";
import { compareLoss } from "./metrics/utility.ts";
import { Run } from "./search-run.ts";
import { latticeFor, type SearchResult, type SearchSettings } from "./search-settings.ts";
import type { Tuples } from "./tuples.ts";

export { suppressionLimit, type SearchResult, type SearchSettings } from "./search-settings.ts";

const NODE_LIMIT = 2_000_000;
/** Distinct tuples that a search may group in all: in a lattice within the node limit, and above. */
const WORK = 4e9;
const EFFORT_WORK = 1e9;
/** Checks that are made however large the table is. */
const LEAST_CHECKS = 10_000;
const LEAST_EFFORT = 2_000;

/**
 * Finds the node of least loss that meets every model. Follows Flash (Kohlmayer et al. 2012): paths
 * up the lattice are searched by halves, and where the models are monotone one failure rules out
 * everything more specific. Nodes are taken in the order of a lower bound of their loss, so that the
 * search ends once no bound is below the best loss. It draws no random numbers; of equally good nodes
 * the one found first stays. Above the node limit it descends greedily instead, after half of its
 * checks have gone into a bound on the loss of every node that meets the models.
 */
export function search(
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
  settings: SearchSettings,
): SearchResult {
  const lattice = latticeFor(hierarchies, settings);
  const checks = (work: number, least: number): number =>
    settings.checkLimit ?? Math.max(least, Math.floor(work / Math.max(1, tuples.size)));
  const run = new Run(tuples, hierarchies, settings, lattice);
  if (lattice.size <= (settings.nodeLimit ?? NODE_LIMIT)) {
    return run.exhaust(checks(WORK, LEAST_CHECKS));
  }
  const limit = checks(EFFORT_WORK, LEAST_EFFORT);
  const { bound, checked } = lossBound(tuples, hierarchies, settings, lattice, limit / 2);
  const found = run.bestEffort(limit - checked);
  const nodes = { ...found.nodes, checked: found.nodes.checked + checked };
  // Nothing can be better than the bound: what reaches it is an optimum after all.
  if (bound === undefined) return { ...found, nodes };
  const met = found.optimum !== undefined && compareLoss(found.optimum.loss, bound) <= 0;
  return met ? { ...found, nodes, optimal: true } : { ...found, nodes, bound };
}
