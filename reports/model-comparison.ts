import { canonicalJson, type Json } from "../pipeline/core/canonical-json.ts";
import type { Estimate, Evidence, Group, Measured, RunRecord } from "../pipeline/core/types.ts";
import { ofKind } from "./evidence.ts";
import { clip } from "./text/plain.ts";
import { tableLines } from "./text/table.ts";

/** Widest value of a terminal's table. */
const MOST_CELLS = 18;

/** A trained model beside others: its manifest, and the record of its run where there is one. */
export interface ComparedModel {
  readonly manifest: { readonly digest: string; readonly [key: string]: unknown };
  readonly record?: RunRecord;
}

/** Models side by side. Each list of values is in the order of `models`. */
export interface ModelComparison {
  readonly models: readonly string[];
  /** Members of the manifests in which the models differ; null where one has no such member. */
  readonly differences: readonly { readonly path: string; readonly values: readonly Json[] }[];
  /** Losses of the last validation in training, in nats; null where there was none. */
  readonly validation: readonly (number | null)[];
  /** Epsilon that private training spent; null without private training. */
  readonly epsilon: readonly (number | null)[];
  /** Every number that the audit of a model measured; null where the run of one did not. */
  readonly metrics: readonly ComparedMetric[];
}
export interface ComparedMetric {
  readonly metric: string;
  readonly by: readonly string[];
  readonly group: Group | null;
  readonly split: string | null;
  readonly estimates: readonly (Estimate | null)[];
}

/** Compares any number of models by their manifests and by the audits of the runs that made them. */
export function compareModels(models: readonly ComparedModel[]): ModelComparison {
  const leaves = models.map(({ manifest }) => {
    const about = leavesOf(manifest as Json, "");
    return new Map(about.filter(([path]) => path !== "form" && path !== "digest"));
  });
  const paths = [...new Set(leaves.flatMap((of) => [...of.keys()]))];
  const differences = paths
    .map((path) => ({ path, values: leaves.map((of) => of.get(path) ?? null) }))
    .filter(({ values }) => new Set(values.map((value) => canonicalJson(value))).size > 1);
  return {
    models: models.map(({ manifest }) => manifest.digest),
    differences,
    validation: models.map(
      ({ manifest, record }) =>
        evidenceOf(record, "trained", manifest.digest).at(-1)?.history.at(-1)?.validation ?? null,
    ),
    epsilon: models.map(
      ({ manifest, record }) =>
        evidenceOf(record, "spent", manifest.digest).at(-1)?.epsilon ?? null,
    ),
    metrics: metricsOf(models),
  };
}

/** The comparison as a table for a terminal; numbers of single groups are left to `--json`. */
export function renderModelComparison(comparison: ModelComparison, width: number): string {
  const { models, differences, validation, epsilon, metrics } = comparison;
  const text = (value: Json): string =>
    value === null
      ? "–"
      : typeof value === "string"
        ? shortened(value)
        : clip(JSON.stringify(value), MOST_CELLS);
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : String(Number(value.toPrecision(4)));
  const rows = [
    ...differences.map(({ path, values }) => [path, ...values.map(text)]),
    ["last validation loss", ...validation.map(number)],
    ...(epsilon.some((value) => value !== null) ? [["epsilon", ...epsilon.map(number)]] : []),
    ...metrics
      .filter(({ group }) => group === null)
      .map(({ metric, by, estimates }) => [
        by.length === 0 ? metric : `${metric} by ${by.join(", ")}`,
        ...estimates.map((estimate) => number(estimate?.value)),
      ]),
  ];
  const columns = ["", ...models.map((digest) => digest.slice(0, 12))].map((name) => ({ name }));
  const cells = rows.map((row) => row.map((cell) => ({ text: cell })));
  return tableLines({ columns, rows: cells }, width, (line) => line).join("\n");
}

/** What the run of a model recorded about it. */
function evidenceOf<K extends "trained" | "spent" | "measured">(
  record: RunRecord | undefined,
  kind: K,
  digest: string,
): readonly Extract<Evidence, { kind: K }>[] {
  const all = record?.stages.flatMap(({ evidence }) => evidence) ?? [];
  return ofKind(
    all.filter(({ subject }) => subject === digest),
    kind,
  );
}

function metricsOf(models: readonly ComparedModel[]): readonly ComparedMetric[] {
  const found = models.map(
    ({ manifest, record }) =>
      new Map(evidenceOf(record, "measured", manifest.digest).map((one) => [keyOf(one), one])),
  );
  const first = new Map(found.flatMap((of) => [...of.entries()]).reverse());
  return [...new Set(found.flatMap((of) => [...of.keys()]))].flatMap((key) => {
    const named = first.get(key);
    if (named === undefined) return [];
    const { metric, by = [], group = null, split = null } = named;
    return [
      { metric, by, group, split, estimates: found.map((of) => of.get(key)?.estimate ?? null) },
    ];
  });
}

function keyOf({ metric, column, by = [], group, split }: Measured): string {
  return JSON.stringify([metric, column ?? null, by, Object.entries(group ?? {}), split ?? null]);
}

/** Every member that is no object, by its path; a list is one value. */
function leavesOf(value: Json, path: string): readonly (readonly [string, Json])[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [[path, value]];
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([key, member]) =>
    leavesOf(member, path === "" ? key : `${path}.${key}`),
  );
}

/** Digests are told by their beginning, and names of metrics need the room more than values. */
function shortened(text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : clip(text, MOST_CELLS);
}
