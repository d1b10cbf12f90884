import { textColumnNames } from "../../deid/anonymity/text-columns.ts";
import type { HierarchySpec } from "../../deid/anonymity/hierarchy-spec.ts";
import type { ModelSpecs } from "../../deid/anonymity/model-spec.ts";

/** What the barrier of a run searches for; plain JSON. */
export interface AnonymityParams {
  readonly quasi: readonly string[];
  readonly sensitive: readonly string[];
  /** The column that is predicted before and after, to see what is still learned: the label. */
  readonly target?: string;
  /** Text columns; what is found in them counts into risk, and not into the search. */
  readonly text?: readonly string[];
  readonly models: ModelSpecs;
  /** By column: the quasi-identifiers, and sensitive columns whose distance is hierarchical. */
  readonly hierarchies: Readonly<Record<string, HierarchySpec>>;
  readonly weights: Readonly<Record<string, number>>;
  readonly minimum: Readonly<Record<string, number>>;
  readonly maximum: Readonly<Record<string, number>>;
  readonly suppression: number;
  readonly missing: "category" | "suppress";
  readonly rows: "drop" | "star";
  readonly minimise: string;
  readonly population?: number;
  /** SHA-256 of the table of the population, which k-map and δ-presence look at. */
  readonly population_table?: string;
  readonly node_limit?: number;
  readonly check_limit?: number;
}

/** The columns of a table whose values are counted together. */
export function countedColumns({ quasi, sensitive, target }: AnonymityParams): readonly string[] {
  return [...new Set([...quasi, ...sensitive, ...(target === undefined ? [] : [target])])];
}

/** Columns of what is found in texts as they came, and in what is left of them. */
export function textColumns({ text = [] }: AnonymityParams): {
  readonly before: readonly string[];
  readonly after: readonly string[];
} {
  const before = textColumnNames(text);
  return { before, after: before.map((name) => `${name} left`) };
}
