import { Evaluator, type Evaluation } from "./evaluate.ts";
import type { CodedHierarchy } from "./hierarchy.ts";
import { levelsOf, neighbours, sweep, type Lattice } from "./lattice.ts";
import { compareLoss, type BoundUtility, type Loss } from "./metrics/utility.ts";
import {
  sumOf,
  suppressionLimit,
  weightsOf,
  type Optimum,
  type SearchResult,
  type SearchSettings,
} from "./search-settings.ts";
import type { Tuples } from "./tuples.ts";

const UNKNOWN = 0;
const CHECKED = 1;
const FAILED = 2;
const BEATEN = 3;

/** One search through a lattice: what was looked at, and the best that was found. */
export class Run {
  readonly #tuples: Tuples;
  readonly #lattice: Lattice;
  readonly #evaluator: Evaluator;
  readonly #utility: BoundUtility;
  readonly #limit: number;
  readonly #monotone: boolean;
  #best: Optimum | undefined;
  #checked = 0;
  #rest: readonly number[] | undefined;

  constructor(
    tuples: Tuples,
    hierarchies: readonly CodedHierarchy[],
    settings: SearchSettings,
    lattice: Lattice,
  ) {
    this.#tuples = tuples;
    this.#lattice = lattice;
    this.#evaluator = new Evaluator(tuples, hierarchies, settings.models);
    const weights = weightsOf(hierarchies, settings.weights ?? {});
    this.#utility = settings.utility.bind({ tuples, hierarchies, weights });
    this.#limit = settings.suppressionRows ?? suppressionLimit(tuples.rows, settings.suppression);
    const how = this.#limit > 0 ? "suppressed" : "unsuppressed";
    this.#monotone = settings.models.every((model) => model.monotone[how]);
  }

  /** Ends early after so many checks: nodes come by bound, so the next bound holds for all the rest. */
  exhaust(checks: number): SearchResult {
    const { size } = this.#lattice;
    const state = new Uint8Array(size);
    const { order, bounds } = this.#ordered();
    for (const node of order) {
      if (state[node] !== UNKNOWN) continue;
      if (bounds !== undefined && !this.#promising(bounds[node]!)) break;
      if (this.#checked >= checks) {
        this.#rest = levelsOf(this.#lattice, node);
        return this.#result(false, bounds?.[node]);
      }
      if (this.#monotone) this.#halve(this.#path(node, state, bounds), state);
      else this.#visit(node, state);
    }
    return this.#result(true);
  }

  /** Where `exhaust` ended early: the levels of least bound among those not decided. */
  get rest(): readonly number[] | undefined {
    return this.#rest;
  }

  /**
   * Goes down from the most general node, keeping the most promising neighbours that still conform,
   * first one of them, then ever more, until the number of checks is used up. A node promises much that
   * has lost little and has not paid for it with many classes: what a class costs is the loss between
   * the ends of the lattice over the logarithm of the classes that there are.
   */
  bestEffort(checks: number): SearchResult {
    const top = this.#lattice.size - 1;
    const seen = new Map<number, number | undefined>();
    const cost = (levels: readonly number[]): number =>
      this.#utility.bound?.(levels)[0] ?? sumOf(levels);
    const { low, high } = this.#lattice;
    const price = (cost(high) - cost(low)) / Math.log(this.#tuples.size + 1);
    const promise = (node: number): number | undefined => {
      if (!seen.has(node)) {
        const levels = levelsOf(this.#lattice, node);
        const { anonymous, classes } = this.#check(levels);
        seen.set(node, anonymous ? cost(levels) + price * Math.log(classes) : undefined);
      }
      return seen.get(node);
    };
    promise(top);
    for (let width = 1, before = -1; before < this.#checked && this.#checked < checks; width *= 4) {
      before = this.#checked;
      for (let frontier = [top]; frontier.length > 0;) {
        const below = new Set(frontier.flatMap((node) => neighbours(this.#lattice, node, -1)));
        const next: [node: number, promise: number][] = [];
        for (const node of below) {
          if (!seen.has(node) && this.#checked >= checks) continue;
          const value = promise(node);
          if (value !== undefined) next.push([node, value]);
        }
        next.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
        frontier = next.slice(0, width).map(([node]) => node);
      }
    }
    return this.#result(false);
  }

  #result(optimal: boolean, bound?: Loss): SearchResult {
    return {
      optimum: this.#best,
      optimal,
      nodes: { total: this.#lattice.size, checked: this.#checked },
      ...(bound === undefined ? {} : { bound }),
    };
  }

  #ordered(): { readonly order: Uint32Array; readonly bounds: readonly Loss[] | undefined } {
    const { size } = this.#lattice;
    const order = Uint32Array.from({ length: size }, (_, node) => node);
    const { bound } = this.#utility;
    if (bound === undefined) {
      const height = Float64Array.from(order, (node) => sumOf(levelsOf(this.#lattice, node)));
      order.sort((a, b) => height[a]! - height[b]! || a - b);
      return { order, bounds: undefined };
    }
    const bounds = Array.from(order, (node) => bound(levelsOf(this.#lattice, node)));
    order.sort((a, b) => compareLoss(bounds[a]!, bounds[b]!) || a - b);
    return { order, bounds };
  }

  /** From a node up through what is not decided, always by the neighbour of the least bound. */
  #path(node: number, state: Uint8Array, bounds: readonly Loss[] | undefined): number[] {
    const path = [node];
    for (let at: number | undefined = node; at !== undefined;) {
      let next: number | undefined;
      for (const above of neighbours(this.#lattice, at, 1)) {
        if (state[above] !== UNKNOWN) continue;
        if (bounds === undefined) {
          next = above;
          break;
        }
        if (!this.#promising(bounds[above]!)) continue;
        if (next === undefined || compareLoss(bounds[above]!, bounds[next]!) < 0) next = above;
      }
      if (next !== undefined) path.push(next);
      at = next;
    }
    return path;
  }

  #halve(path: readonly number[], state: Uint8Array): void {
    let [low, high] = [0, path.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.#visit(path[middle]!, state)) high = middle - 1;
      else low = middle + 1;
    }
  }

  /** Checks a node and marks what follows from it; true where it meets the models. */
  #visit(node: number, state: Uint8Array): boolean {
    if (state[node] !== UNKNOWN) return state[node] !== FAILED;
    state[node] = CHECKED;
    const { anonymous, floor } = this.#check(levelsOf(this.#lattice, node));
    const mark =
      (as: number) =>
      (other: number): boolean => {
        if (state[other] !== UNKNOWN) return state[other] === CHECKED;
        state[other] = as;
        return true;
      };
    if (!anonymous) state[node] = FAILED;
    if (!anonymous && this.#monotone) sweep(this.#lattice, node, -1, mark(FAILED));
    const beaten = floor !== undefined && !this.#promising(floor);
    if (beaten || (anonymous && this.#utility.monotone)) {
      sweep(this.#lattice, node, 1, mark(BEATEN));
    }
    return anonymous;
  }

  #check(levels: readonly number[]): {
    readonly anonymous: boolean;
    readonly floor: Loss | undefined;
    readonly classes: number;
  } {
    this.#checked++;
    const evaluation = this.#evaluator.evaluate(levels);
    const floor = this.#utility.floor?.(levels, evaluation);
    const anonymous = !evaluation.broken && evaluation.suppressed <= this.#limit;
    if (anonymous) this.#offer(levels, evaluation);
    return { anonymous, floor, classes: evaluation.classes.size };
  }

  #offer(levels: readonly number[], evaluation: Evaluation): void {
    const loss = this.#utility.loss(levels, evaluation);
    if (this.#best !== undefined && compareLoss(loss, this.#best.loss) >= 0) return;
    this.#best = { levels: [...levels], loss, suppressed: evaluation.suppressed };
  }

  #promising(bound: Loss): boolean {
    return this.#best === undefined || compareLoss(bound, this.#best.loss) < 0;
  }
}
