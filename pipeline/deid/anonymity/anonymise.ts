import { PipelineError } from "../../core/error.ts";
import type { Partial } from "../../core/partial.ts";
import type { Batch } from "../../core/types.ts";
import { asTheyAre, noteOf, ranking, type Ranked } from "./check.ts";
import { distributionOf, Evaluator, type Evaluation } from "./evaluate.ts";
import { codeHierarchy, type CodedHierarchy, type Hierarchy } from "./hierarchy.ts";
import type { Loss } from "./metrics/utility.ts";
import type { Model } from "./models/model.ts";
import { releasedTuples } from "./released.ts";
import { riskOf, sizeCounts, type RiskResult } from "./risk.ts";
import { search, suppressionLimit, type SearchResult, type SearchSettings } from "./search.ts";
import { planOf, rowTransform, suppressedLabels, type RowTransform } from "./transform.ts";
import { tuplePartial, TupleCounter, withoutMissing, type Tuples } from "./tuples.ts";

export interface AnonymitySettings extends SearchSettings {
  readonly quasi: readonly string[];
  readonly sensitive?: readonly string[];
  /** Suppressed rows keep their place as "*" (default) or go. */
  readonly rows?: "star" | "drop";
  /** A missing cell is a value of its own (default), or suppresses its row, within the same limit. */
  readonly missing?: "category" | "suppress";
  /** People that the table was drawn from, for risk. */
  readonly population?: number;
}
/** What the barrier of a run decides from the counts of all rows. */
export interface Anonymisation {
  readonly result: SearchResult;
  /** Names of the models that are met. */
  readonly models: readonly string[];
  readonly levels: Readonly<Record<string, number>>;
  readonly loss: Loss;
  /** Rows suppressed, those with a missing cell included where the settings say so. */
  readonly suppressed: number;
  /** The second pass. */
  readonly transform: RowTransform;
  /** The labels of every class that is suppressed. */
  readonly suppressedClasses: readonly (readonly string[])[];
  readonly before: TableState;
  readonly after: TableState;
  /** The table as it is released, for what is measured on both. */
  readonly released: Tuples;
  /** What each column costs: the mean share of its domain that a released cell stands for. */
  readonly columnLoss: Readonly<Record<string, number | null>>;
  /** Which columns do the identifying, before. */
  readonly ranking: readonly Ranked[];
  /** Where the table lies in its population; undefined where that is not known. */
  readonly inPopulation?: InPopulation | undefined;
  /** Columns that are constant, or differ in every row. */
  readonly notes: readonly string[];
}
/** People of the population behind the classes of a released table. */
export interface InPopulation {
  /** Fewest people behind a released class; null where none is released. */
  readonly k: number | null;
  /** Least and greatest share of a class's people whose rows are released. */
  readonly lowest: number | null;
  readonly highest: number | null;
}
export interface TableState {
  /** Rows in released classes. */
  readonly rows: number;
  readonly classes: number;
  /** Smallest released class; null where nothing is released. */
  readonly k: number | null;
  /** The fewest sensitive values of a class and its greatest equal distance; null without any. */
  readonly l: number | null;
  readonly t: number | null;
  readonly risk: RiskResult;
  /** Class size to number of classes of that size. */
  readonly sizes: ReadonlyMap<number, number>;
}

/**
 * The first pass: counts coded tuples of the quasi and sensitive columns. It merges, so shards can
 * be counted apart. The state holds values in the clear and stays in memory.
 */
export function anonymityCounts(
  quasi: readonly string[],
  sensitive: readonly string[] = [],
): Partial<TupleCounter, Batch> {
  return tuplePartial([...new Set([...quasi, ...sensitive])]);
}

/**
 * Searches over merged counts and prepares the second pass. Throws `policy` where the models ask for
 * what the table cannot give, and where nothing meets them within the suppression limit.
 */
export function anonymise(
  all: Tuples,
  hierarchies: readonly Hierarchy[],
  settings: AnonymitySettings,
): Anonymisation {
  const { quasi, sensitive = [], population } = settings;
  const whole = codedHierarchies(all, quasi, hierarchies);
  const { tuples, missing } = present(all, settings);
  const coded = missing === 0 ? whole : codedHierarchies(tuples, quasi, hierarchies);
  assertPossible(tuples, settings.models);
  const limit = suppressionLimit(all.rows, settings.suppression) - missing;
  if (limit < 0) {
    throw new PipelineError(
      "policy",
      `${missing} rows have a missing quasi-identifier, more than the ${limit + missing} that may be suppressed`,
      { hint: "raise the suppression limit, or count missing cells as a category" },
    );
  }
  const result = search(tuples, coded, { ...settings, suppressionRows: limit });
  const { optimum } = result;
  if (optimum === undefined) {
    throw new PipelineError(
      "policy",
      `no generalisation meets ${settings.models.map((m) => m.name).join(", ")} with ${settings.suppression} of the rows suppressed`,
      { hint: "raise the suppression limit, lower k, or add a coarser level to a hierarchy" },
    );
  }
  const { levels } = optimum;
  const evaluator = new Evaluator(tuples, coded, settings.models);
  const after = stateOf(evaluator, levels, sensitive, population);
  const evaluation = evaluator.evaluate(levels);
  const plan = {
    ...planOf(tuples, coded, levels, evaluation),
    missing: settings.missing ?? "category",
  };
  return {
    result,
    models: settings.models.map(({ name }) => name),
    levels: Object.fromEntries(quasi.map((name, c) => [name, levels[c]!])),
    loss: optimum.loss,
    suppressed: optimum.suppressed + missing,
    transform: rowTransform(plan, settings.rows),
    suppressedClasses: suppressedLabels(plan),
    before: tableState(all, quasi, sensitive, population),
    after,
    released: releasedTuples(tuples, coded, levels, evaluation),
    columnLoss: columnLosses(tuples, coded, levels, evaluation),
    ranking: ranking(all, quasi),
    inPopulation: tuples.population === tuples.count ? undefined : peopleBehind(evaluation),
    notes: quasi.flatMap((name) => noteOf(all, name)),
  };
}

/** A table as it is, nothing generalised. */
export function tableState(
  tuples: Tuples,
  quasi: readonly string[],
  sensitive: readonly string[],
  population?: number,
): TableState {
  const evaluator = new Evaluator(tuples, asTheyAre(tuples, quasi), []);
  return stateOf(
    evaluator,
    quasi.map(() => 0),
    sensitive,
    population,
  );
}

/** Hierarchies of the quasi columns over the dictionaries of a table, in the order of `quasi`. */
export function codedHierarchies(
  tuples: Tuples,
  quasi: readonly string[],
  hierarchies: readonly Hierarchy[],
): CodedHierarchy[] {
  return quasi.map((name) => {
    const hierarchy = hierarchies.find(({ column }) => column === name);
    if (hierarchy === undefined) {
      throw new PipelineError("policy", `there is no hierarchy for ${name}`);
    }
    const { counts, values } = distributionOf(tuples, name);
    return codeHierarchy(hierarchy, values, (value) => counts[value]!);
  });
}

/** Throws `policy` where no generalisation at all can help. */
export function assertPossible(tuples: Tuples, models: readonly Model[]): void {
  if (tuples.rows === 0) throw new PipelineError("source", "the table has no rows");
  for (const { name, needs, sensitive } of models) {
    if (needs?.rows !== undefined && needs.rows > tuples.rows) {
      throw new PipelineError(
        "policy",
        `${name} asks for more rows than the ${tuples.rows} there are`,
      );
    }
    if (sensitive === undefined || needs?.values === undefined) continue;
    const distinct = distributionOf(tuples, sensitive).counts.filter((n) => n > 0).length;
    if (distinct < needs.values) {
      throw new PipelineError(
        "policy",
        `${name} asks for more values than the ${distinct} there are`,
      );
    }
  }
}

function present(
  all: Tuples,
  { quasi, missing }: AnonymitySettings,
): { readonly tuples: Tuples; readonly missing: number } {
  if (missing !== "suppress") return { tuples: all, missing: 0 };
  const found = withoutMissing(all, quasi);
  if (found.tuples.rows === 0 && all.rows > 0) {
    throw new PipelineError("policy", "every row has a missing quasi-identifier");
  }
  return found;
}

function stateOf(
  evaluator: Evaluator,
  levels: readonly number[],
  sensitive: readonly string[],
  population: number | undefined,
): TableState {
  const held = sensitive.map((name) => evaluator.sensitivity(name, levels, true));
  const evaluation = evaluator.evaluate(levels);
  const { rows, classes, bySize } = sizeCounts(evaluation);
  const some = rows > 0 && held.length > 0;
  return {
    rows,
    classes,
    k: bySize.size === 0 ? null : Math.min(...bySize.keys()),
    l: some ? Math.min(...held.map(({ l }) => l)) : null,
    t: some ? Math.max(...held.map(({ t }) => t)) : null,
    risk: riskOf(evaluation, population),
    sizes: bySize,
  };
}

function peopleBehind({ classes, conforms }: Evaluation): InPopulation {
  let [k, lowest, highest] = [Infinity, Infinity, 0];
  for (let i = 0; i < classes.size; i++) {
    const [count, people] = [classes.count[i]!, classes.population[i]!];
    if (people === 0) continue;
    const released = conforms[i] === 1 && count > 0;
    // Of a class without a released row, the table tells that nobody of it is there.
    lowest = Math.min(lowest, released ? count / people : 0);
    if (!released) continue;
    highest = Math.max(highest, count / people);
    k = Math.min(k, people);
  }
  return k === Infinity ? { k: null, lowest: null, highest: null } : { k, lowest, highest };
}

/** Iyengar's loss of each column over the released rows: 0 untouched, 1 when nothing is left. */
function columnLosses(
  tuples: Tuples,
  coded: readonly CodedHierarchy[],
  levels: readonly number[],
  { classes, conforms }: Evaluation,
): Record<string, number | null> {
  return Object.fromEntries(
    coded.map(({ column, codes, shares, domain }, c) => {
      const { codes: values } = tuples.columns.find(({ name }) => name === column)!;
      const [code, share] = [codes[levels[c]!]!, shares[levels[c]!]!];
      let [sum, rows] = [0, 0];
      for (let i = 0; i < classes.size; i++) {
        if (conforms[i] === 0) continue;
        sum += classes.count[i]! * share[code[values[classes.first[i]!]!]!]!;
        rows += classes.count[i]!;
      }
      const least = 1 / domain;
      const loss = domain === 1 ? 0 : (sum / rows - least) / (1 - least);
      // What an untouched column loses is rounding alone.
      return [column, rows === 0 ? null : loss < 1e-12 ? 0 : loss];
    }),
  );
}
