import { PipelineError } from "../../pipeline/core/error.ts";
import { leastCost } from "../statistics/linear-program.ts";

/** Fairness constraints over rows in cells of group and label. */
export type ReductionConstraint = "demographic_parity" | "equalized_odds" | "equal_opportunity";

/** Rows of each group with label 0 and 1. */
export type GroupLabels = readonly (readonly [number, number])[];
/** Rows of each group and label that a classifier selects. */
export type Selected = readonly (readonly [number, number])[];

/** What a row of a group and label counts for in the next fit: the label to learn, and its weight. */
export interface Relabelling {
  readonly label: 0 | 1;
  readonly weight: number;
}

/** A reduction in progress; plain data. */
export interface Reduction {
  readonly constraint: ReductionConstraint;
  readonly counts: GroupLabels;
  /** How far a group's rate may be from that of all rows. */
  readonly tolerance: number;
  /** Exponents of the multipliers, one a constraint, sign + then −. */
  readonly theta: readonly number[];
  /** What the next classifier pays for each constraint. */
  readonly lambda: readonly number[];
  /** Whether the next classifier answers a step of the exponentiated gradient. */
  readonly stepped: boolean;
  /** No mixture is better than the bound, as far as the classifiers were the best answers. */
  readonly best: { readonly bound: number; readonly lambda: readonly number[] };
  /** What the classifiers so far select. */
  readonly members: readonly Selected[];
}

/** The best mixture of the classifiers so far. */
export interface Mixture {
  /** Shares of the classifiers, which sum to 1. */
  readonly shares: readonly number[];
  /** Its share of wrong decisions on the rows, and its worst distance from the rate of all rows. */
  readonly error: number;
  readonly violation: number;
}

/** Largest sum of the multipliers: what a violation of 1 costs in error. */
const BOUND = 2;
/** How fast the exponents move. */
const RATE = 2;
/** What is hardly ever drawn is not worth storing. */
const LEAST_SHARE = 0.001;

/** Before the first classifier: every multiplier alike. */
export function beginReduction(
  constraint: ReductionConstraint,
  counts: GroupLabels,
  tolerance: number,
): Reduction {
  const theta = constraintsOf(constraint, counts).map(() => 0);
  const lambda = softmax(theta);
  const best = { bound: -Infinity, lambda };
  return { constraint, counts, tolerance, theta, lambda, best, stepped: true, members: [] };
}

/**
 * The cost-sensitive problem of this round of the exponentiated gradient reduction (Agarwal et al.
 * 2018, arXiv:1803.02453): for each group and label the label to learn and its weight. It depends on
 * group and label alone, so that rows need not be kept.
 */
export function relabel(state: Reduction): readonly (readonly [Relabelling, Relabelling])[] {
  const { constraint, counts, lambda } = state;
  const n = total(counts);
  const constraints = constraintsOf(constraint, counts);
  return counts.map((_, group) => {
    const cell = (label: 0 | 1): Relabelling => {
      let cost = (1 - 2 * label) / n;
      constraints.forEach((k, i) => {
        if (!k.labels.includes(label)) return;
        const own = k.group === group ? 1 / rowsOf(counts, [k.group], k.labels) : 0;
        cost += lambda[i]! * k.sign * (own - 1 / rowsOf(counts, undefined, k.labels));
      });
      return { label: cost < 0 ? 1 : 0, weight: Math.abs(cost) * n };
    };
    return [cell(0), cell(1)] as const;
  });
}

/**
 * The state after a classifier that selects so many of each group and label. Every other classifier
 * is the answer to a step of the exponentiated gradient. The ones between pay the mean of two lists of
 * multipliers: those that so far gave the best bound, and the prices of the best mixture so far, where
 * a further classifier helps it most (column generation; prices alone leap from end to end). What a
 * classifier pays at its multipliers bounds from below what any mixture can reach; `done` says that
 * the best mixture is within `gap` of the best bound.
 */
export function advance(
  state: Reduction,
  selected: Selected,
  gap = 0.0005,
): Reduction & { readonly done: boolean } {
  const { counts, tolerance, lambda } = state;
  const off = violations(state, selected).map((own) => own - tolerance);
  const reached = errorOf(counts, selected) + dot(lambda, off);
  const best = reached > state.best.bound ? { bound: reached, lambda } : state.best;
  // The mean of the steps is what the guarantee is about: they shrink like 1/√t.
  const rate = RATE / Math.sqrt(state.members.length + 1);
  const theta = state.stepped ? state.theta.map((value, i) => value + rate * off[i]!) : state.theta;
  const next = { ...state, best, theta, members: [...state.members, selected] };
  const { prices, value } = program(next);
  const stepped = next.members.length % 2 === 1;
  const between = best.lambda.map((one, i) => (one + prices[i]!) / 2);
  const done = next.members.length > 2 && value - best.bound < gap;
  return { ...next, stepped, lambda: stepped ? softmax(theta) : between, done };
}

/**
 * The mixture of the classifiers that is wrong least often while it keeps every constraint within the
 * tolerance, or as near as any mixture comes: a linear program in the shares.
 */
export function mixtureOf(state: Reduction): Mixture {
  const { counts, members } = state;
  const { shares } = program(state);
  const kept = shares.map((share) => (share < LEAST_SHARE ? 0 : share));
  const all = kept.reduce((a, b) => a + b, 0);
  const scaled = kept.map((share) => share / all);
  const mixed = counts.map((_, g) =>
    [0, 1].map((label) =>
      scaled.reduce((sum, share, m) => sum + share * members[m]![g]![label as 0 | 1], 0),
    ),
  ) as unknown as Selected;
  return {
    shares: scaled,
    error: errorOf(counts, mixed),
    violation: Math.max(0, ...violations(state, mixed)),
  };
}

/**
 * min Σ qₘ errorₘ + BOUND · ξ over shares q and an excess ξ, with every violation Σ qₘ γₘₖ − ξ within
 * the tolerance. The first share is 1 minus the others, which leaves inequalities only.
 */
function program(state: Reduction): {
  readonly shares: readonly number[];
  readonly prices: readonly number[];
  readonly value: number;
} {
  const { counts, members, tolerance } = state;
  const errors = members.map((selected) => errorOf(counts, selected));
  const gaps = members.map((selected) => violations(state, selected));
  const others = members.slice(1);
  const found = leastCost(
    [...others.map((_, m) => errors[m + 1]! - errors[0]!), BOUND],
    [
      ...gaps[0]!.map((first, k) => [...others.map((_, m) => gaps[m + 1]![k]! - first), -1]),
      [...others.map(() => 1), 0],
    ],
    [...gaps[0]!.map((first) => tolerance - first), 1],
  );
  if (!found) throw new PipelineError("internal", "the mixture of classifiers has no least error");
  const rest = [...found.x.slice(0, others.length)];
  return {
    shares: [Math.max(0, 1 - rest.reduce((a, b) => a + b, 0)), ...rest],
    prices: [...found.prices.slice(0, gaps[0]!.length)],
    value: found.value + errors[0]!,
  };
}

interface Constraint {
  readonly group: number;
  readonly labels: readonly number[];
  readonly sign: 1 | -1;
}

function constraintsOf(
  constraint: ReductionConstraint,
  counts: GroupLabels,
): readonly Constraint[] {
  const events: Readonly<Record<ReductionConstraint, readonly (readonly number[])[]>> = {
    demographic_parity: [[0, 1]],
    equalized_odds: [[0], [1]],
    equal_opportunity: [[1]],
  };
  return events[constraint].flatMap((labels) =>
    counts.flatMap((_, group) =>
      rowsOf(counts, [group], labels) === 0
        ? []
        : ([1, -1] as const).map((sign) => ({ group, labels, sign })),
    ),
  );
}

/** By how much each signed constraint is off: the group's rate minus that of all rows. */
function violations(
  { constraint, counts }: Pick<Reduction, "constraint" | "counts">,
  selected: Selected,
): readonly number[] {
  return constraintsOf(constraint, counts).map(({ group, labels, sign }) => {
    const own = rowsOf(selected, [group], labels) / rowsOf(counts, [group], labels);
    const all = rowsOf(selected, undefined, labels) / rowsOf(counts, undefined, labels);
    return sign * (own - all);
  });
}

function softmax(theta: readonly number[]): readonly number[] {
  // The multiplier of no constraint at all has the exponent 0.
  const top = Math.max(0, ...theta);
  const raw = theta.map((value) => Math.exp(value - top));
  const sum = Math.exp(-top) + raw.reduce((a, b) => a + b, 0);
  return raw.map((value) => (BOUND * value) / sum);
}

function errorOf(counts: GroupLabels, selected: Selected): number {
  const wrong = selected.reduce((sum, [no, yes], g) => sum + no + counts[g]![1] - yes, 0);
  return wrong / total(counts);
}

function total(counts: GroupLabels): number {
  return counts.reduce((sum, [no, yes]) => sum + no + yes, 0);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function rowsOf(
  counts: readonly (readonly [number, number])[],
  groups: readonly number[] | undefined,
  labels: readonly number[],
): number {
  return counts.reduce(
    (sum, cell, g) =>
      groups === undefined || groups.includes(g)
        ? sum + labels.reduce((part, label) => part + cell[label as 0 | 1], 0)
        : sum,
    0,
  );
}
