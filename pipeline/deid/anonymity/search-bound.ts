import { Grouper } from "./classes.ts";
import { columnOf, Evaluator } from "./evaluate.ts";
import type { CodedHierarchy } from "./hierarchy.ts";
import { latticeOf, type Lattice } from "./lattice.ts";
import { compareLoss, type BoundUtility, type Loss, type Utility } from "./metrics/utility.ts";
import type { Model } from "./models/model.ts";
import { Run } from "./search-run.ts";
import { suppressionLimit, weightsOf, type SearchSettings } from "./search-settings.ts";
import type { Tuples } from "./tuples.ts";

/** Nodes of the lattice of a group of columns that is searched whole. */
const GROUP_NODES = 60_000;

/**
 * A loss that no node within the limits can beat which meets the models, for lattices too large to be
 * searched whole. Where a model is monotone, a node that meets it still does with all columns but a few
 * at their highest level; so the levels of those few are among those that meet it by themselves. The
 * columns are split into groups, the best levels of each group are found exactly, and the loss of all
 * these levels together, without suppression, is the bound. It is what the search of a group had
 * reached where its share of the checks ran out, and undefined where nothing is known.
 */
export function lossBound(
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
  settings: SearchSettings,
  { low, high }: Lattice,
  checks: number,
  groupNodes = GROUP_NODES,
): { readonly bound: Loss | undefined; readonly checked: number } {
  const weights = weightsOf(hierarchies, settings.weights ?? {});
  const utility = settings.utility.bind({ tuples, hierarchies, weights });
  const cost = utility.bound;
  if (cost === undefined) return floorOf(tuples, hierarchies, utility, low);
  const models = necessary(settings, tuples.rows);
  const groups = models.length === 0 ? [] : groupsOf(tuples, hierarchies, low, high, groupNodes);
  const together = [...low];
  let bound = cost(low);
  let checked = 0;
  for (const [g, group] of groups.entries()) {
    const only = (levels: readonly number[]): number[] =>
      low.map((level, c) => (group.has(c) ? levels[c]! : level));
    const floor = high.map((level, c) => (group.has(c) ? low[c]! : level));
    const lattice = latticeOf(floor, high);
    const run = new Run(
      projected(tuples, hierarchies, floor, models),
      hierarchies,
      { ...settings, models, utility: costAlone(settings.utility, (levels) => cost(only(levels))) },
      lattice,
    );
    const share = Math.ceil((checks - checked) / (groups.length - g));
    const { optimal, optimum, nodes } = run.exhaust(share);
    checked += nodes.checked;
    const levels = optimal ? optimum?.levels : run.rest;
    // Not even the top meets the models.
    if (levels === undefined) return { bound: undefined, checked };
    for (const c of group) together[c] = levels[c]!;
    const own = cost(only(levels));
    if (compareLoss(own, bound) > 0) bound = own;
  }
  return { bound: utility.separable === true ? cost(together) : bound, checked };
}

/** Models that a more general node meets too. */
function necessary(
  { models, suppression, suppressionRows }: SearchSettings,
  rows: number,
): Model[] {
  const limit = suppressionRows ?? suppressionLimit(rows, suppression);
  const how = limit > 0 ? "suppressed" : "unsuppressed";
  return models.filter(({ monotone }) => monotone[how]);
}

/** Columns in groups, those with most values first: they identify most, and most so together. */
function groupsOf(
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
  low: readonly number[],
  high: readonly number[],
  most: number,
): ReadonlySet<number>[] {
  const values = hierarchies.map(({ column }) => columnOf(tuples, column).values.length);
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  const groups: { readonly columns: Set<number>; nodes: number }[] = [];
  for (const c of order) {
    const levels = high[c]! - low[c]! + 1;
    const fit = groups.find(({ nodes }) => nodes * levels <= most);
    if (fit === undefined) groups.push({ columns: new Set([c]), nodes: levels });
    else {
      fit.columns.add(c);
      fit.nodes *= levels;
    }
  }
  return groups.map(({ columns }) => columns);
}

/** The tuples that a node leaves apart, one standing for each class of it. */
function projected(
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
  levels: readonly number[],
  models: readonly Model[],
): Tuples {
  if (models.some(({ sensitive }) => sensitive !== undefined)) return tuples;
  const codes = hierarchies.map(({ column }) => columnOf(tuples, column).codes);
  const classes = new Grouper(tuples, codes, hierarchies).group(levels);
  const { size } = classes;
  const first = classes.first.slice(0, size);
  const count = classes.count.slice(0, size);
  const apart = tuples.population !== tuples.count;
  return {
    columns: tuples.columns.map((column) => ({
      ...column,
      codes: first.map((tuple) => column.codes[tuple]!),
    })),
    size,
    count,
    population: apart ? classes.population.slice(0, size) : count,
    rows: tuples.rows,
  };
}

/** A metric of the levels alone, bound already. */
function costAlone({ name, source }: Utility, cost: (levels: readonly number[]) => Loss): Utility {
  return { name, source, bind: () => ({ monotone: true, bound: cost, loss: cost }) };
}

/** What is known of the most specific node holds for all. */
function floorOf(
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
  { floor }: BoundUtility,
  low: readonly number[],
): { readonly bound: Loss | undefined; readonly checked: number } {
  if (floor === undefined) return { bound: undefined, checked: 0 };
  const evaluation = new Evaluator(tuples, hierarchies, []).evaluate(low);
  return { bound: floor(low, evaluation), checked: 1 };
}
