import { PipelineError } from "../../core/error.ts";
import type { Partial } from "../../core/partial.ts";
import type { Batch, Counted, Digest, Measured } from "../../core/types.ts";
import { asTheyAre } from "./check.ts";
import { distributionOf, Evaluator, type Evaluation } from "./evaluate.ts";
import { codeHierarchy, type CodedHierarchy, type Hierarchy } from "./hierarchy.ts";
import type { Loss } from "./metrics/utility.ts";
import type { Model } from "./models/model.ts";
import { riskOf, sizeCounts, type RiskResult } from "./risk.ts";
import { search, type SearchResult, type SearchSettings } from "./search.ts";
import { planOf, rowTransform, type RowTransform } from "./transform.ts";
import { tuplePartial, TupleCounter, type Tuples } from "./tuples.ts";

export interface AnonymitySettings extends SearchSettings {
  readonly quasi: readonly string[];
  readonly sensitive?: readonly string[];
  /** Suppressed rows keep their place as "*" (default) or go. */
  readonly rows?: "star" | "drop";
  /** People that the table was drawn from, for risk. */
  readonly population?: number;
}
/** What the barrier of a run decides from the counts of all rows. */
export interface Anonymisation {
  readonly result: SearchResult;
  readonly levels: Readonly<Record<string, number>>;
  readonly loss: Loss;
  readonly suppressed: number;
  /** The second pass. */
  readonly transform: RowTransform;
  readonly before: TableState;
  readonly after: TableState;
}
export interface TableState {
  /** Rows in released classes. */
  readonly rows: number;
  /** Smallest released class; null where nothing is released. */
  readonly k: number | null;
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
  tuples: Tuples,
  hierarchies: readonly Hierarchy[],
  settings: AnonymitySettings,
): Anonymisation {
  const coded = codedHierarchies(tuples, settings.quasi, hierarchies);
  assertPossible(tuples, settings.models);
  const result = search(tuples, coded, settings);
  const { optimum } = result;
  if (optimum === undefined) {
    throw new PipelineError(
      "policy",
      `no generalisation meets ${settings.models.map((m) => m.name).join(", ")} with ${settings.suppression} of the rows suppressed`,
      { hint: "raise the suppression limit, lower k, or add a coarser level to a hierarchy" },
    );
  }
  const { levels } = optimum;
  const quasi = coded.map(({ column }) => column);
  const plain = new Evaluator(tuples, asTheyAre(tuples, quasi), []);
  const before = stateOf(plain.evaluate(quasi.map(() => 0)), settings.population);
  const evaluation = new Evaluator(tuples, coded, settings.models).evaluate(levels);
  return {
    result,
    levels: Object.fromEntries(quasi.map((name, c) => [name, levels[c]!])),
    loss: optimum.loss,
    suppressed: optimum.suppressed,
    transform: rowTransform(planOf(tuples, coded, levels, evaluation), settings.rows),
    before,
    after: stateOf(evaluation, settings.population),
  };
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

/** Evidence of an anonymised table: risk and class sizes before and after, loss and suppression. */
export function anonymityEvidence(
  { before, after, suppressed, loss, result }: Anonymisation,
  quasi: readonly string[],
  subject: Digest,
): readonly (Measured | Counted)[] {
  const rows = before.rows;
  const measured = (metric: string, value: number | null, n: number, why?: string): Measured => {
    const estimate = { value, n, ...(value === null && why !== undefined ? { why } : {}) };
    return { kind: "measured", subject, metric, by: quasi, estimate };
  };
  const nothing = "no row is released";
  const states = ([name, state]: readonly [string, TableState]): Measured[] => {
    const { risk, sampleUniqueness, populationUniqueness } = state.risk;
    const n = state.rows;
    return [
      measured(`k_${name}`, state.k, n, nothing),
      measured(`prosecutor_risk_highest_${name}`, risk.prosecutor.highest, n, nothing),
      measured(`prosecutor_risk_average_${name}`, risk.prosecutor.average, n, nothing),
      measured(`records_at_risk_${name}`, risk.prosecutor.at_risk, n, nothing),
      measured(`journalist_risk_highest_${name}`, risk.journalist.highest, n, nothing),
      measured(`marketer_risk_${name}`, risk.marketer.average, n, nothing),
      measured(`sample_uniqueness_${name}`, sampleUniqueness.value, n, sampleUniqueness.why),
      measured(
        `population_uniqueness_${name}`,
        populationUniqueness.value,
        n,
        populationUniqueness.why,
      ),
    ];
  };
  const sizes = ([name, state]: readonly [string, TableState]): Counted => {
    return {
      kind: "counted",
      subject,
      table: "class-sizes",
      by: quasi,
      group: { when: name },
      counts: Object.fromEntries([...state.sizes].map(([size, n]) => [String(size), n])),
    };
  };
  const both = [["before", before] as const, ["after", after] as const];
  return [
    ...both.flatMap(states),
    measured("information_loss", loss[0] ?? 0, rows),
    measured("suppressed_share", rows === 0 ? 0 : suppressed / rows, rows),
    measured("search_optimal", result.optimal ? 1 : 0, result.nodes.checked),
    ...both.map(sizes),
  ];
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

function stateOf(evaluation: Evaluation, population: number | undefined): TableState {
  const { rows, bySize } = sizeCounts(evaluation);
  const k = bySize.size === 0 ? null : Math.min(...bySize.keys());
  return { rows, k, risk: riskOf(evaluation, population), sizes: bySize };
}
