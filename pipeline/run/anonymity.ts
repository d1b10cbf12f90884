import type { LoadedPolicy } from "../../policies/load.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch, Digest, StageContext, StageResult } from "../core/types.ts";
import { openSource, type Source } from "../data/source.ts";
import { createAnalyzer } from "../deid/analyze.ts";
import { quasiEntities, withTextColumns, type FindValues } from "../deid/anonymity/text-columns.ts";
import {
  anonymize,
  createRelease,
  type AnonymizeInput,
  type AnonymizeOutput,
} from "../stages/anonymize.ts";
import { deidentifiedDigest } from "../stages/deidentify.ts";
import { averagesFor, type AverageSet } from "../stages/parts/averages.ts";
import {
  countedColumns,
  textColumns,
  type AnonymityParams,
} from "../stages/parts/anonymity-params.ts";
import type { DeidentifyParams } from "../stages/parts/deidentify-params.ts";
import { createTransform, type TransformKeys } from "../stages/parts/transform.ts";
import type { Plan } from "./plan.ts";

interface Barrier {
  readonly plan: Plan;
  readonly loaded: LoadedPolicy;
  readonly source: Source;
  /** Opens the source once more, for means that have to be known first. */
  readonly again: () => Promise<Source>;
  /** SHA-256 of the source's bytes. */
  readonly digest: Digest;
  readonly keys: TransformKeys;
  readonly context: StageContext;
}

/** Counts the classes of the whole table, behind its column operators, and searches. */
export async function runAnonymize(
  { plan, loaded, source, again, digest, keys, context }: Barrier,
  params: AnonymityParams,
): Promise<StageResult<AnonymizeOutput>> {
  const averages = await averagesFor(again, plan.deidentify, context.signal);
  return anonymize.run(
    {
      source,
      digest,
      output: deidentifiedDigest(digest, plan.deidentify),
      columns: await countedOperators(plan.deidentify, params, keys, digest, averages),
      ...(await populationOf(loaded, plan.deidentify, params, keys, digest, averages)),
      files: hierarchyTexts(loaded),
    },
    params,
    context,
  );
}

/** The column operators of the columns whose values are counted: the same as in the second pass. */
export async function countedOperators(
  params: DeidentifyParams,
  anonymity: AnonymityParams,
  keys: TransformKeys,
  dataset: string,
  averages: readonly AverageSet[],
): Promise<(batch: Batch) => Batch> {
  const { text = [] } = anonymity;
  const names = [...countedColumns(anonymity), ...text];
  const transform = await operatorsOf(names, params, keys, dataset, averages);
  if (text.length === 0) return transform;
  const find = await textFinder();
  const { before, after } = textColumns(anonymity);
  return (batch) => {
    const clean = transform(batch);
    const came = withTextColumns(batch, text, find).columns;
    const left = withTextColumns(clean, text, find).columns;
    const found = before.flatMap((name, i) => [
      [name, came[name] ?? []] as const,
      [after[i] ?? name, left[name] ?? []] as const,
    ]);
    return { rows: batch.rows, columns: { ...clean.columns, ...Object.fromEntries(found) } };
  };
}

async function operatorsOf(
  names: readonly string[],
  params: DeidentifyParams,
  keys: TransformKeys,
  dataset: string,
  averages: readonly AverageSet[],
): Promise<(batch: Batch) => Batch> {
  const columns = params.columns.filter(({ name }) => names.includes(name));
  const setup = { params: { ...params, columns }, keys, dataset, averages };
  const transform = await createTransform(setup);
  return (batch) => transform({ batch }).batch;
}

/** The population that a policy names, its quasi-identifiers by the operators of the table's. */
export async function populationOf(
  { policy, population }: LoadedPolicy,
  params: DeidentifyParams,
  { quasi }: AnonymityParams,
  keys: TransformKeys,
  dataset: string,
  averages: readonly AverageSet[],
): Promise<Pick<AnonymizeInput, "population">> {
  if (population === undefined) return {};
  const { missing, trim } = policy.dataset;
  const source = await openSource(population.path, { missing, trim });
  const lacking = quasi.filter((name) => !source.columns.some((column) => column.name === name));
  if (lacking.length > 0) {
    throw new PipelineError("source", `the population table lacks ${lacking.join(", ")}`, {
      hint: `its columns are ${source.columns.map(({ name }) => name).join(", ")}`,
    });
  }
  const columns = await operatorsOf(quasi, params, keys, dataset, averages);
  return { population: { source, columns } };
}

/** The second pass, as an input of deidentify; nothing where the policy asks for no anonymity. */
export function releaseOf(
  { deidentify: { anonymity } }: Plan,
  loaded: LoadedPolicy,
  barrier: AnonymizeOutput | undefined,
  { secret }: StageContext,
): { readonly release?: (batch: Batch) => Batch } {
  const plan = barrier?.plan ?? null;
  if (anonymity === undefined || plan === null) return {};
  return { release: createRelease(plan, anonymity, hierarchyTexts(loaded), secret) };
}

/** The content of the hierarchy files of a policy, by column. */
export function hierarchyTexts({ hierarchies }: LoadedPolicy): Record<string, string> {
  return Object.fromEntries(Object.entries(hierarchies).map(([name, { text }]) => [name, text]));
}

/** Finds what identifies together with other facts, in texts of any column. */
export async function textFinder(): Promise<FindValues> {
  const analyzer = await createAnalyzer({
    mode: "high-recall",
    language: "auto",
    entities: quasiEntities,
  });
  return (text, field) =>
    analyzer
      .analyze(text, { field })
      .map(({ entity, start, end }) => ({ entity, value: text.slice(start, end) }));
}
