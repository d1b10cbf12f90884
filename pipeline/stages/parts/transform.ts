import type { Json } from "../../core/canonical-json.ts";
import { identifierCollector } from "../../../audit/memorization/identifiers.ts";
import { PipelineError } from "../../core/error.ts";
import { keyedRandom } from "../../core/random.ts";
import type { Batch, Cell, Random, Span } from "../../core/types.ts";
import { datasetTag, personCipher, valueVault } from "../../crypto/value-vault.ts";
import type { PlantedSpan } from "../../data/truth.ts";
import { createAnalyzer, type Analyzer } from "../../deid/analyze.ts";
import { anonymizeText, type Anonymized, type TextPlan } from "../../deid/anonymize.ts";
import { createColumnOperator } from "../../deid/columns.ts";
import { jsonLeaves, replaceLeaves } from "../../deid/json-text.ts";
import { parseOperatorSpec } from "../../deid/operators/index.ts";
import type { Surroundings } from "../../deid/operators/operator.ts";
import { realValues } from "../../deid/surrogate/real-values.ts";
import { averageIn, type AverageSet } from "./averages.ts";
import type { DeidentifyParams } from "./deidentify-params.ts";
import { emptyRecall, mergeRecall, observeRecall, type RecallCounts } from "./recall.ts";

/** Everything that de-identifying a batch needs; it can be sent to another thread. */
export interface TransformSetup {
  readonly params: DeidentifyParams;
  readonly keys: TransformKeys;
  /** Names the dataset, for values that are linked within it alone. */
  readonly dataset: string;
  /** 32 bytes that raw identifiers are hashed under; absent where nobody asks for the hashes. */
  readonly identifiers?: Uint8Array | undefined;
  /** Words and numbers of the dataset, which no invented value may equal; see `realValues`. */
  readonly real?: SharedArrayBuffer | undefined;
  /** The means of what is microaggregated; see `averagesOf`. */
  readonly averages?: readonly AverageSet[] | undefined;
  /** Id of the dataset whose people have keys of their own, which `encrypt` then seals under. */
  readonly sealedAs?: string | undefined;
}

export interface TransformKeys {
  /** 32 bytes that pseudonyms, surrogates and shifts depend on. */
  readonly secret: Uint8Array;
  /** 32 bytes that `encrypt` seals values under. */
  readonly values: Uint8Array;
}

/** Partial evidence of some rows; plain counts that add up. */
export interface ShardNotes {
  readonly cells: Record<string, number>; // JSON of [operator, column, entity] to cells
  readonly recall: RecallCounts;
  /** Rows read and rows written, which differ where some are suppressed. */
  readonly rows: [read: number, written: number];
}

/** Rows with the planted values that are known to stand in them. */
export interface Rows {
  readonly batch: Batch;
  readonly truth?: readonly (readonly PlantedSpan[])[] | undefined;
  /** Keys of the rows' people, where people have keys of their own; undefined for who was erased. */
  readonly people?: readonly (PersonKey | undefined)[] | undefined;
}

/** Rows as they may leave, and what was done to them. */
export interface Transformed {
  readonly batch: Batch;
  readonly notes: ShardNotes;
  /** Keyed hashes of the raw values that point at a person and are not kept, as a collector takes them. */
  readonly identifiers?: Uint8Array;
}

/** The own key of a person, and the blind index that names it. */
export interface PersonKey {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

export type Transform = (rows: Rows) => Transformed;

/** Notes of no rows. */
export function emptyNotes(): ShardNotes {
  return { cells: {}, recall: emptyRecall(), rows: [0, 0] };
}

/** Adds `notes` to `total`. */
export function addNotes(total: ShardNotes, notes: ShardNotes): void {
  for (const [key, cells] of Object.entries(notes.cells))
    total.cells[key] = (total.cells[key] ?? 0) + cells;
  mergeRecall(total.recall, notes.recall);
  total.rows[0] += notes.rows[0];
  total.rows[1] += notes.rows[1];
}

/** The function that de-identifies one batch: the same rows under the same keys give the same result. */
export async function createTransform(setup: TransformSetup): Promise<Transform> {
  const { params } = setup;
  const secret = keyedRandom(setup.keys.secret);
  const vault = valueVault(setup.keys.values);
  const analyzers = await analyzersOf(params);
  const textPlan = parseTextPlan(params.text.entities);
  const operators = columnOperators(params, secret, setup.averages ?? []);
  const real = setup.real === undefined ? undefined : realValues(setup.real);

  const tag = datasetTag(setup.sealedAs ?? "");
  const sealing = (
    person: string | undefined,
    own: PersonKey | undefined,
  ): Pick<Surroundings, "cipher" | "erased"> => {
    if (setup.sealedAs === undefined || person === undefined) return { cipher: vault.of(person) };
    return own === undefined ? { erased: true } : { cipher: personCipher(tag, own.id, own.key) };
  };
  const surroundings = (person: string | undefined, own: PersonKey | undefined): Surroundings => ({
    ...sealing(person, own),
    ...(real === undefined ? {} : { real: (candidate: string) => real.has(candidate) }),
    ...(person === undefined ? {} : { person: secret.fork(`subject ${person}`) }),
    scoped(scope) {
      if (scope === "project") return secret;
      if (scope === "dataset") return secret.fork(`dataset ${setup.dataset}`);
      return scope === "subject" && person !== undefined
        ? secret.fork(`subject ${person}`)
        : undefined;
    },
  });
  const replaceText = (text: string, around: Surroundings, spans: readonly Span[]): Anonymized =>
    anonymizeText(text, spans, textPlan, secret, around);

  const raw = setup.identifiers && identifierCollector(setup.identifiers.slice());

  return ({ batch, truth, people }) => {
    const notes = emptyNotes();
    const subjects = params.subject === undefined ? undefined : batch.columns[params.subject];
    const around = Array.from({ length: batch.rows }, (_, row) => {
      const subject = subjects?.[row];
      const person = subject === undefined || subject === null ? undefined : String(subject);
      return surroundings(person, people?.[row]);
    });
    const columns: Record<string, readonly Cell[]> = {};
    for (const plan of params.columns) {
      const cells = batch.columns[plan.name];
      if (cells === undefined)
        throw new PipelineError("internal", `a batch lacks the column ${plan.name}`);
      if (raw && plan.role === "identifier" && plan.action !== "keep")
        for (const cell of cells) if (cell !== null) raw.add(String(cell));
      if (plan.action === "drop") {
        count(notes, "drop", plan.name, undefined, batch.rows);
      } else if (plan.action === "keep") {
        columns[plan.name] = cells;
      } else if (plan.action === "replace") {
        const operator = operators.get(plan.name);
        if (operator === undefined)
          throw new PipelineError("internal", `no operator for ${plan.name}`);
        columns[plan.name] = cells.map((cell, row) =>
          operator.apply(cell, operator.byRow?.(batch, row) ?? around[row]),
        );
        count(notes, operator.name, plan.name, undefined, cells.length - missing(cells));
      } else {
        const analyzer = analyzers.get(plan.language ?? "auto");
        if (analyzer === undefined)
          throw new PipelineError("internal", `no analyzer for ${plan.name}`);
        columns[plan.name] = cells.map((cell, row) => {
          if (typeof cell !== "string") return cell;
          const { text, spans, counts } = anonymizeCell(
            cell,
            analyzer,
            plan.name,
            ofDocument(around[row]!, cell, secret),
            replaceText,
          );
          if (raw)
            for (const { entity, start, end } of spans)
              if (pointsAtPerson(entity, textPlan)) raw.add(cell.slice(start, end));
          const planted = truth?.[row]?.filter((t) => t.column === plan.name);
          if (planted !== undefined) observeRecall(notes.recall, planted, spans);
          for (const { entity, operator, count: n } of counts)
            count(notes, operator, plan.name, entity, n);
          return text;
        });
      }
    }
    const identifiers = raw === undefined ? {} : { identifiers: raw.take() };
    return { batch: { rows: batch.rows, columns }, notes, ...identifiers };
  };
}

/** A text by itself, or the strings and numbers of one that is JSON, each under its own key. */
function anonymizeCell(
  cell: string,
  analyzer: Analyzer,
  field: string,
  around: Surroundings,
  replace: (text: string, around: Surroundings, spans: readonly Span[]) => Anonymized,
): Anonymized & { readonly spans: readonly Span[] } {
  const leaves = jsonLeaves(cell);
  if (leaves === undefined) {
    const spans = analyzer.analyze(cell, { field });
    return { ...replace(cell, around, spans), spans };
  }
  const spans: Span[] = [];
  const counts: Anonymized["counts"][number][] = [];
  const values = leaves.map((leaf) => {
    const found = analyzer.analyze(leaf.value, { field: leaf.path === "" ? field : leaf.path });
    const made = replace(leaf.value, around, found);
    for (const span of found)
      spans.push({ ...span, start: leaf.at(span.start), end: leaf.at(span.end) });
    counts.push(...made.counts);
    return made.text;
  });
  return { text: replaceLeaves(cell, leaves, values), counts, spans };
}

/** In a text that belongs to nobody, dates move together, and the document is a scope of its own. */
function ofDocument(around: Surroundings, text: string, secret: Random): Surroundings {
  let own: Random | undefined;
  const document = (): Random => (own ??= secret.fork(`document ${text}`));
  return {
    ...around,
    person: around.person ?? document(),
    scoped: (scope) => (scope === "document" ? document() : around.scoped?.(scope)),
  };
}

async function analyzersOf(params: DeidentifyParams): Promise<ReadonlyMap<string, Analyzer>> {
  const languages = new Set(
    params.columns.filter((c) => c.action === "text").map((c) => c.language ?? "auto"),
  );
  const analyzers = new Map<string, Analyzer>();
  for (const language of languages) {
    const { mode, allow, deny, custom } = params.text;
    analyzers.set(language, await createAnalyzer({ mode, language, allow, deny, custom }));
  }
  return analyzers;
}

interface ColumnOperator {
  readonly name: string;
  readonly apply: ReturnType<typeof createColumnOperator>;
  /** Of noise, which moves equal values apart, and of means, which look at more than one cell. */
  readonly byRow?: (batch: Batch, row: number) => Surroundings;
}

/** Operators by column. Those whose values are linked within a scope share its secret over columns. */
function columnOperators(
  params: DeidentifyParams,
  secret: Random,
  averages: readonly AverageSet[],
): ReadonlyMap<string, ColumnOperator> {
  return new Map(
    params.columns
      .filter((c) => c.action === "replace")
      .map(({ name, operator }) => {
        const spec = parseOperatorSpec(operator ?? "redact", `deidentify.columns.${name}`);
        const linked = spec.name === "surrogate" || spec.name === "pseudonymize";
        const own = linked ? secret : secret.fork(`column ${name}`);
        // Drawn by a keyed function of the cells of a row.
        const noise = ({ columns }: Batch, row: number): Surroundings => {
          const cells = Object.values(columns).map((column) => column[row]!);
          return { person: own.fork(`row ${JSON.stringify(cells)}`) };
        };
        const mean = averageIn(averages, name);
        const average = (batch: Batch, row: number): Surroundings => {
          const found = mean(batch, row);
          return found === undefined ? {} : { average: found };
        };
        return [
          name,
          {
            name: spec.name,
            apply: createColumnOperator(spec, own),
            ...(spec.name === "noise" ? { byRow: noise } : {}),
            ...(spec.name === "microaggregate" ? { byRow: average } : {}),
          },
        ];
      }),
  );
}

/** Kinds that many people share; a model may know them from anywhere. */
const SHARED_KINDS = new Set(
  `DATE AGE LOCATION ORGANIZATION NATIONALITY ETHNICITY RELIGION POLITICAL_VIEW SEXUAL_ORIENTATION
  HEALTH_CONDITION JOB_TITLE URL CA_POSTCODE UK_POSTCODE`.split(/\s+/),
);

function pointsAtPerson(entity: string, plan: TextPlan): boolean {
  return !SHARED_KINDS.has(entity) && (plan.entities[entity] ?? plan.default).name !== "keep";
}

function parseTextPlan(entities: Readonly<Record<string, Json>>): TextPlan {
  const { default: fallback = "redact", ...named } = entities;
  return {
    entities: Object.fromEntries(
      Object.entries(named).map(([entity, spec]) => [
        entity,
        parseOperatorSpec(spec, `deidentify.text.entities.${entity}`),
      ]),
    ),
    default: parseOperatorSpec(fallback, "deidentify.text.entities.default"),
  };
}

function count(
  notes: ShardNotes,
  operator: string,
  column: string,
  entity: string | undefined,
  cells: number,
): void {
  const key = JSON.stringify([operator, column, entity ?? null]);
  notes.cells[key] = (notes.cells[key] ?? 0) + cells;
}

function missing(cells: readonly Cell[]): number {
  let n = 0;
  for (const cell of cells) if (cell === null) n++;
  return n;
}
