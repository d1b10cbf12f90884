import type { LoadedPolicy } from "../../policies/load.ts";
import type { ColumnPolicy, Policy } from "../../policies/schema.ts";
import { PipelineError } from "../core/error.ts";
import type { HierarchySpec } from "../deid/anonymity/hierarchy-spec.ts";
import type { AnonymityParams } from "../stages/parts/anonymity-params.ts";

/** What a policy asks of the classes of its table; nothing where it asks nothing. */
export function planAnonymity({
  policy: { dataset, deidentify },
  hierarchies: files,
  population: people,
}: Pick<LoadedPolicy, "policy" | "hierarchies" | "population">): {
  readonly anonymity?: AnonymityParams;
} {
  const { anonymity } = deidentify;
  if (anonymity === undefined) return {};
  const kept = Object.entries(dataset.columns).filter(
    ([name]) => deidentify.columns[name] !== "drop",
  );
  const ofRole = (role: string): string[] =>
    kept.filter(([, column]) => column.role === role).map(([name]) => name);
  const each = <T>(of: (h: Hierarchy, name: string) => T | undefined): Record<string, T> =>
    Object.fromEntries(
      kept.flatMap(([name, { hierarchy }]) => {
        const value = hierarchy === undefined ? undefined : of(hierarchy, name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const { k, k_map, delta_presence: presence, l, t, delta_disclosure, beta_likeness } = anonymity;
  const { population, node_limit, check_limit } = anonymity;
  return {
    anonymity: stripped({
      quasi: ofRole("quasi"),
      sensitive: ofRole("sensitive"),
      target: ofRole("label")[0],
      text: anonymity.count_text === false ? [] : ofRole("text"),
      models: { k, k_map, presence, l, t, delta_disclosure, beta_likeness },
      hierarchies: each((hierarchy, name) => specOf(name, hierarchy, files[name])),
      weights: each(({ weight }) => weight),
      minimum: each(({ min_level }) => min_level),
      maximum: each(({ max_level }) => max_level),
      suppression: anonymity.suppression,
      missing: anonymity.missing,
      rows: anonymity.suppressed_rows,
      minimise: metricNames[anonymity.minimise],
      population,
      population_table: people?.sha256,
      node_limit,
      check_limit,
    }),
  };
}

type Hierarchy = NonNullable<ColumnPolicy["hierarchy"]>;

/** Names in policies to names in the search. */
const metricNames: Readonly<
  Record<NonNullable<Policy["deidentify"]["anonymity"]>["minimise"], string>
> = {
  loss: "loss",
  discernibility: "discernibility",
  "average-class-size": "class-size",
  "non-uniform-entropy": "entropy",
  precision: "precision",
  ambiguity: "ambiguity",
};

function specOf(
  name: string,
  { intervals, origin, prefix, date, groups, region, file }: Hierarchy,
  content: LoadedPolicy["hierarchies"][string] | undefined,
): HierarchySpec {
  if (intervals !== undefined) {
    return { kind: "intervals", widths: intervals, ...(origin === undefined ? {} : { origin }) };
  }
  if (prefix !== undefined) return { kind: "prefix", keep: prefix };
  if (date !== undefined) return { kind: "date", levels: date };
  if (groups !== undefined) return { kind: "groups", groups };
  if (region !== undefined) return { kind: "region", tree: region };
  if (file !== undefined && content !== undefined) {
    return { kind: "file", file, sha256: content.sha256 };
  }
  throw new PipelineError("internal", `the hierarchy of ${name} says nothing`);
}

/** Without members that are undefined, at any depth: parameters are plain JSON. */
function stripped(params: object): AnonymityParams {
  return JSON.parse(JSON.stringify(params)) as AnonymityParams;
}
