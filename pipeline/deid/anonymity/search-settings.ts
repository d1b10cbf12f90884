import { PipelineError } from "../../core/error.ts";
import type { CodedHierarchy } from "./hierarchy.ts";
import { latticeOf, type Lattice } from "./lattice.ts";
import type { Loss, Utility } from "./metrics/utility.ts";
import type { Model } from "./models/model.ts";

export interface SearchSettings {
  readonly models: readonly Model[];
  readonly utility: Utility;
  /** The share of rows that may be suppressed, in [0, 1]. */
  readonly suppression: number;
  /** The same as a number of rows; it takes the place of the share. */
  readonly suppressionRows?: number;
  /** How much each column matters; 1 where absent. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Bounds on the level of a column; its whole hierarchy where absent. */
  readonly minimum?: Readonly<Record<string, number>>;
  readonly maximum?: Readonly<Record<string, number>>;
  /** Above this many nodes the search is best effort. */
  readonly nodeLimit?: number;
  /** Nodes to look at before the search settles for best effort. */
  readonly checkLimit?: number;
}
export interface SearchResult {
  /** Undefined where no node meets the models within the suppression limit. */
  readonly optimum: Optimum | undefined;
  /** False for a best-effort search: something better may exist, down to `bound`. */
  readonly optimal: boolean;
  readonly nodes: { readonly total: number; readonly checked: number };
  /** No node can have a smaller loss; present where the search was best effort and it is known. */
  readonly bound?: Loss;
}
export interface Optimum {
  readonly levels: readonly number[];
  readonly loss: Loss;
  readonly suppressed: number;
}

/** Rows that may be suppressed: the limit rounded down. */
export function suppressionLimit(rows: number, share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new PipelineError("policy", "the suppression limit is a share from 0 to 1");
  }
  return Math.floor(share * rows);
}

/** The nodes between the levels that the settings allow. Throws `policy` where there are none. */
export function latticeFor(
  hierarchies: readonly CodedHierarchy[],
  { minimum = {}, maximum = {} }: SearchSettings,
): Lattice {
  const names = new Set(hierarchies.map(({ column }) => column));
  const stray = [...Object.keys(minimum), ...Object.keys(maximum)].find((n) => !names.has(n));
  if (stray !== undefined) {
    throw new PipelineError("policy", `a level is given for ${stray}, which is not generalised`);
  }
  const low = hierarchies.map(({ column }) => minimum[column] ?? 0);
  const high = hierarchies.map(({ column, height }) => maximum[column] ?? height - 1);
  hierarchies.forEach(({ column, height }, c) => {
    if (!(low[c]! >= 0 && low[c]! <= high[c]! && high[c]! < height)) {
      throw new PipelineError("policy", `the levels of ${column} lie between 0 and ${height - 1}`);
    }
  });
  return latticeOf(low, high);
}

/** Weights in the order of the hierarchies, the largest being 1. */
export function weightsOf(
  hierarchies: readonly CodedHierarchy[],
  given: Readonly<Record<string, number>>,
): number[] {
  const weights = hierarchies.map(({ column }) => given[column] ?? 1);
  const largest = Math.max(...weights);
  if (weights.some((weight) => !(weight >= 0)) || largest === 0) {
    throw new PipelineError("policy", "weights are not negative, and one is above 0");
  }
  return weights.map((weight) => weight / largest);
}

/** How high a node stands. */
export function sumOf(levels: readonly number[]): number {
  return levels.reduce((a, b) => a + b, 0);
}
