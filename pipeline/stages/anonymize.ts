import { digestOf } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch, Digest, Evidence, Finding, Random, Stage } from "../core/types.ts";
import type { Source } from "../data/source.ts";
import {
  anonymise,
  anonymityCounts,
  tableState,
  type Anonymisation,
} from "../deid/anonymity/anonymise.ts";
import { anonymityEvidence, beforeEvidence } from "../deid/anonymity/evidence.ts";
import {
  attackEvidence,
  textEvidence,
  usefulnessEvidence,
} from "../deid/anonymity/evidence-use.ts";
import { hierarchySource, type HierarchySource } from "../deid/anonymity/hierarchy-spec.ts";
import type { Hierarchy } from "../deid/anonymity/hierarchy.ts";
import { utilityNamed } from "../deid/anonymity/metrics/index.ts";
import { modelsOf } from "../deid/anonymity/model-spec.ts";
import { inPopulation } from "../deid/anonymity/population.ts";
import { classDigest, releaseTransform, type ReleasePlan } from "../deid/anonymity/release.ts";
import type { RowTransform } from "../deid/anonymity/transform.ts";
import { usefulness } from "../deid/anonymity/usefulness.ts";
import type { Tuples } from "../deid/anonymity/tuples.ts";
import { countedColumns, textColumns, type AnonymityParams } from "./parts/anonymity-params.ts";

export interface AnonymizeInput {
  readonly source: Source;
  readonly digest: Digest; // of the source as ingest read it
  readonly output: Digest; // what the de-identified dataset will be called
  /** The column operators, which come before: classes are counted over what they leave. */
  readonly columns: (batch: Batch) => Batch;
  /** The table of the population, where the models look at one, and the operators of its columns. */
  readonly population?: { readonly source: Source; readonly columns: (batch: Batch) => Batch };
  /** Content of hierarchy files, by column. */
  readonly files: Readonly<Record<string, string>>;
}
export interface AnonymizeOutput {
  /** What the second pass does; null where nothing meets the policy. */
  readonly plan: ReleasePlan | null;
  readonly findings: readonly Finding[];
}

/**
 * The barrier of a run: counts the classes of the whole table in memory, searches the generalisation
 * of least loss that meets the models, and leaves the plan of the second pass. The plan names levels,
 * and suppressed classes under a keyed hash: no value reaches the disk. A policy that cannot be met
 * is a finding that blocks, not an error.
 */
export const anonymize: Stage<AnonymizeInput, AnonymizeOutput, AnonymityParams> = {
  name: "anonymize",
  version: 1,
  async run(input, params, context) {
    const { digest, output, files, source } = input;
    const sources = hierarchySources(params, files);
    const texts = textColumns(params);
    const partial = anonymityCounts([...countedColumns(params), ...texts.before, ...texts.after]);
    let state = partial.empty();
    let done = 0;
    for await (const batch of source.read({
      signal: context.signal,
      onBadRow: () => undefined,
    })) {
      state = partial.observe(state, input.columns(batch));
      done += batch.rows;
      context.progress({ stage: "anonymize", done, unit: "rows" });
    }
    const sample = state.tuples();
    const people = await peopleOf(input, params, context.signal);
    const tuples = people === undefined ? sample : inPopulation(sample, people, params.quasi);
    try {
      const found = solve(tuples, sources, params);
      const subjects = { before: digest, after: output };
      const evidence = [
        ...anonymityEvidence(found, params.quasi, subjects),
        ...attackEvidence(tuples, found.released, params.quasi, subjects, context.random),
        ...(texts.before.length === 0
          ? []
          : [
              ...textEvidence(tuples, [...params.quasi, ...texts.before], digest, "_before"),
              ...textEvidence(found.released, [...params.quasi, ...texts.after], output, ""),
            ]),
        ...usefulnessEvidence(
          usefulness(tuples, found.released, countedColumns(params), params.target),
          subjects,
        ),
      ];
      return {
        output: {
          plan: releasePlan(found, params, classKey(context.secret)),
          findings: findingsOf(found, evidence),
        },
        evidence,
      };
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== "policy") throw error;
      const before = tableState(tuples, params.quasi, params.sensitive, params.population);
      const evidence = beforeEvidence(before, params.quasi, digest);
      const message = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
      return {
        output: { plan: null, findings: [finding("block", message, evidence.slice(0, 1))] },
        evidence,
      };
    }
  },
};

/** The quasi-identifiers of the population, counted. */
async function peopleOf(
  { population }: AnonymizeInput,
  { quasi, population_table }: AnonymityParams,
  signal: AbortSignal,
): Promise<Tuples | undefined> {
  if (population === undefined) return undefined;
  const partial = anonymityCounts(quasi);
  let state = partial.empty();
  const { source, columns } = population;
  for await (const batch of source.read({ signal })) {
    state = partial.observe(state, columns(batch));
  }
  if (source.summary().sha256 !== population_table) {
    throw new PipelineError("source", `${source.name} was changed since the policy was read`);
  }
  return state.tuples();
}

/** The second pass of a plan, under the secret of the run that made it. */
export function createRelease(
  plan: ReleasePlan,
  params: AnonymityParams,
  files: Readonly<Record<string, string>>,
  secret: Random,
): RowTransform {
  const sources = hierarchySources(params, files);
  const ordered = plan.columns.map(({ name }) => sources.find(({ column }) => column === name)!);
  return releaseTransform(plan, ordered, classKey(secret));
}

function hierarchySources(
  { quasi, hierarchies }: AnonymityParams,
  files: Readonly<Record<string, string>>,
): HierarchySource[] {
  const names = new Set([...quasi, ...Object.keys(hierarchies)]);
  return Array.from(names, (name) =>
    hierarchySource(name, hierarchies[name] ?? { kind: "none" }, files[name]),
  );
}

function solve(
  tuples: Tuples,
  sources: readonly HierarchySource[],
  params: AnonymityParams,
): Anonymisation {
  const hierarchies = sources.map((source): Hierarchy => {
    const column = tuples.columns.find(({ name }) => name === source.column);
    return source.over(column?.values ?? []);
  });
  return anonymise(tuples, hierarchies, {
    models: modelsOf(params.models, params.sensitive, hierarchies),
    utility: utilityNamed(params.minimise),
    suppression: params.suppression,
    quasi: params.quasi,
    sensitive: params.sensitive,
    weights: params.weights,
    minimum: params.minimum,
    maximum: params.maximum,
    missing: params.missing,
    rows: params.rows,
    ...(params.population === undefined ? {} : { population: params.population }),
    ...(params.node_limit === undefined ? {} : { nodeLimit: params.node_limit }),
    ...(params.check_limit === undefined ? {} : { checkLimit: params.check_limit }),
  });
}

function releasePlan(
  { levels, suppressedClasses }: Anonymisation,
  { quasi, missing, rows }: AnonymityParams,
  key: Uint8Array,
): ReleasePlan {
  return {
    columns: quasi.map((name) => ({ name, level: levels[name] ?? 0 })),
    suppressed: suppressedClasses.map((labels) => classDigest(key, labels)).sort(),
    missing,
    rows,
  };
}

function findingsOf(
  { result, models, levels, suppressed, before, notes }: Anonymisation,
  evidence: readonly Evidence[],
): Finding[] {
  const { checked, total } = result.nodes;
  const levelText = Object.entries(levels).map(([name, level]) => `${name} ${level}`);
  const effort = result.optimal
    ? "nothing of less loss does"
    : `best effort: ${checked} of ${total} generalisations looked at, a better one may exist${result.bound?.[0] === undefined ? "" : `, none of a loss below ${result.bound[0].toPrecision(4)}`}`;
  const share = ((100 * suppressed) / before.rows).toFixed(2);
  const rest = evidence.filter(
    (e) => e.kind === "measured" && ["k_after", "suppressed_share"].includes(e.metric),
  );
  return [
    finding(
      "pass",
      `${models.join(", ")} met at levels ${levelText.join(", ")} with ${share} % of the rows suppressed; ${effort}`,
      rest,
    ),
    ...notes.map((note) => finding(note.includes("identifier") ? "warn" : "pass", note, [])),
  ];
}

function finding(
  verdict: Finding["verdict"],
  message: string,
  evidence: readonly Evidence[],
): Finding {
  return {
    rule: "deidentify.anonymity",
    verdict,
    message,
    evidence: evidence.map((e) => digestOf(e)),
  };
}

function classKey(secret: Random): Uint8Array {
  const draws = secret.fork("suppressed classes");
  return new Uint8Array(Uint32Array.from({ length: 8 }, () => draws.uint32()).buffer);
}
