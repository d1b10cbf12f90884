import type { Evaluation } from "../evaluate.ts";
import type { CodedHierarchy } from "../hierarchy.ts";
import type { Tuples } from "../tuples.ts";

/** What a node costs. Compared from the first number on; most metrics have one. */
export type Loss = readonly number[];

/** A measure of what generalisation and suppression destroy. Smaller is better. */
export interface Utility {
  readonly name: string;
  /** Where the formula is defined. */
  readonly source: string;
  bind(setting: Setting): BoundUtility;
}
/** `weights[i]` is the weight of `hierarchies[i]`, the largest being 1. */
export interface Setting {
  readonly tuples: Tuples;
  readonly hierarchies: readonly CodedHierarchy[];
  readonly weights: readonly number[];
}
export interface BoundUtility {
  /** The loss never falls with generalisation, whatever is suppressed. */
  readonly monotone: boolean;
  /** A loss that neither the node nor anything more general can beat, known without grouping. */
  readonly bound?: (levels: readonly number[]) => Loss;
  /** The least bound of some columns does not depend on the levels of the others. */
  readonly separable?: boolean;
  /** The same, once the node is grouped. */
  readonly floor?: (levels: readonly number[], evaluation: Evaluation) => Loss;
  loss(levels: readonly number[], evaluation: Evaluation): Loss;
}

/** Which of two losses is smaller: negative, zero or positive. */
export function compareLoss(a: Loss, b: Loss): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Cuts to ten decimals, as ARX does, so that equal losses by different routes are equal. */
export function cut(value: number): number {
  const result = Math.floor(value * 1e10) / 1e10;
  return Number.isFinite(result) ? result : value;
}

/** How much generalisation and suppression count: a factor of 0.5 treats them alike. */
export interface Factors {
  readonly generalisation: number;
  readonly suppression: number;
}
/** `balance` 0 favours suppression, 1 favours generalisation. */
export function factorsOf(balance = 0.5): Factors {
  return {
    generalisation: balance <= 0.5 ? 1 : 1 - 2 * (balance - 0.5),
    suppression: balance < 0.5 ? 2 * balance : 1,
  };
}

export type Aggregate = "geometric" | "arithmetic" | "sum" | "maximum" | "rank";

/** Puts the losses of the columns together. Rank sorts them, worst first, to compare one by one. */
export function aggregate(
  how: Aggregate,
  values: readonly number[],
  weights: readonly number[],
): Loss {
  const weighted = values.map((value, i) => value * weights[i]!);
  const sum = (): number => weighted.reduce((a, b) => a + b, 0);
  switch (how) {
    case "geometric": {
      // One is added so that a column without loss does not hide the others.
      const root = 1 / values.length;
      return [values.reduce((p, v, i) => p * Math.pow((v + 1) * weights[i]!, root), 1) - 1];
    }
    case "arithmetic":
      return [sum() / values.length];
    case "sum":
      return [sum()];
    case "maximum":
      return [Math.max(...weighted)];
    case "rank":
      return weighted.sort((a, b) => b - a);
  }
}

/** Rows per value of each column that is generalised. */
export function marginals({ tuples, hierarchies }: Setting): readonly Float64Array[] {
  return hierarchies.map(({ column }) => {
    const { values, codes } = tuples.columns.find(({ name }) => name === column)!;
    const rows = new Float64Array(values.length);
    codes.forEach((code, i) => (rows[code]! += tuples.count[i]!));
    return rows;
  });
}

/** The codes of the columns that are generalised, in the order of the hierarchies. */
export function quasiCodes({ tuples, hierarchies }: Setting): readonly Uint32Array[] {
  return hierarchies.map(({ column }) => tuples.columns.find(({ name }) => name === column)!.codes);
}
