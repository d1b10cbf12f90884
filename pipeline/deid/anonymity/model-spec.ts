import { PipelineError } from "../../core/error.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { deltaPresence } from "./models/delta-presence.ts";
import { kAnonymity } from "./models/k-anonymity.ts";
import { kMap } from "./models/k-map.ts";
import { distinctDiversity, entropyDiversity, recursiveDiversity } from "./models/l-diversity.ts";
import { betaLikeness, deltaDisclosure } from "./models/likeness.ts";
import type { Model } from "./models/model.ts";
import { equalCloseness, hierarchicalCloseness, orderedCloseness } from "./models/t-closeness.ts";

/**
 * What a table has to meet, as plain JSON. k, k_map and presence are about quasi-identifiers alone, the
 * second and third need a population; the others hold for every sensitive column.
 */
export interface ModelSpecs {
  readonly k?: number;
  readonly k_map?: number;
  readonly presence?: { readonly min: number; readonly max: number };
  readonly l?: {
    readonly kind: "distinct" | "entropy" | "recursive";
    readonly l: number;
    readonly c?: number;
  };
  readonly t?: { readonly max: number; readonly distance: "equal" | "ordered" | "hierarchical" };
  readonly delta_disclosure?: number;
  readonly beta_likeness?: number;
}

/** The models that specs ask for. `hierarchies` serve the hierarchical distance of sensitive columns. */
export function modelsOf(
  specs: ModelSpecs,
  sensitive: readonly string[],
  hierarchies: readonly Hierarchy[] = [],
): readonly Model[] {
  const { k, k_map: map, presence, l, t, delta_disclosure: delta, beta_likeness: beta } = specs;
  const about = [l, t, delta, beta].some((spec) => spec !== undefined);
  if (about && sensitive.length === 0) {
    throw new PipelineError("policy", "l, t, δ and β need a sensitive column");
  }
  return [
    ...(k === undefined ? [] : [kAnonymity(k)]),
    ...(map === undefined ? [] : [kMap(map)]),
    ...(presence === undefined ? [] : [deltaPresence(presence.min, presence.max)]),
    ...sensitive.flatMap((name) => [
      ...(l === undefined ? [] : [diversity(name, l)]),
      ...(t === undefined ? [] : [closeness(name, t, hierarchies)]),
      ...(delta === undefined ? [] : [deltaDisclosure(name, delta)]),
      ...(beta === undefined ? [] : [betaLikeness(name, beta)]),
    ]),
  ];
}

function diversity(name: string, { kind, l, c }: NonNullable<ModelSpecs["l"]>): Model {
  if (kind === "distinct") return distinctDiversity(name, l);
  if (kind === "entropy") return entropyDiversity(name, l);
  if (c === undefined) throw new PipelineError("policy", "recursive (c,l)-diversity needs c");
  return recursiveDiversity(name, c, l);
}

function closeness(
  name: string,
  { max, distance }: NonNullable<ModelSpecs["t"]>,
  hierarchies: readonly Hierarchy[],
): Model {
  if (distance === "equal") return equalCloseness(name, max);
  if (distance === "ordered") return orderedCloseness(name, max);
  const hierarchy = hierarchies.find(({ column }) => column === name);
  if (hierarchy === undefined) {
    throw new PipelineError("policy", `the hierarchical distance needs a hierarchy of ${name}`);
  }
  return hierarchicalCloseness(name, max, hierarchy);
}
