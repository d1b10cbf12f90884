import type { Json } from "../core/canonical-json.ts";
import { digestOf } from "../core/digest.ts";
import { mergeHashes } from "../../audit/memorization/identifiers.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch, Cell, Digest, Evidence, Measured, Stage } from "../core/types.ts";
import type { Source } from "../data/source.ts";
import type { TruthReader } from "../data/truth.ts";
import { averagesFor, type AverageSet } from "./parts/averages.ts";
import type { DeidentifyParams } from "./parts/deidentify-params.ts";
import { recallEvidence } from "./parts/recall.ts";
import { RowStream } from "./parts/row-stream.ts";
import {
  addNotes,
  emptyNotes,
  type PersonKey,
  type Rows,
  type ShardNotes,
  type Transformed,
  type TransformKeys,
} from "./parts/transform.ts";
import { needsRealWords, realWordsOf, uses } from "./parts/real-words.ts";
import { createTransformPool, inTasks, type TransformPool } from "./parts/transform-pool.ts";

export interface DeidentifyInput {
  readonly source: Source;
  /** Opens the source once more, for a pass before the one that de-identifies. */
  readonly again: () => Promise<Source>;
  readonly digest: Digest; // of the source as ingest read it
  readonly truth?: TruthReader;
  readonly keys: TransformKeys;
  /** Threads that de-identify; 1 where absent. The result is the same. */
  readonly jobs?: number;
  /** Receives the rows that could not be read, to be sealed. */
  readonly quarantine: (line: Uint8Array) => Promise<void>;
  /** Where keyed hashes of the raw identifiers of each shard go; a model's text is searched for them. */
  readonly identifiers?: {
    readonly key: Uint8Array;
    keep(index: number, hashes: Uint8Array): Promise<void>;
  };
  /** The second pass of anonymity: generalises rows, and drops or stars those that may not be released. */
  readonly release?: (batch: Batch) => Batch;
  /** Where people have keys of their own: what `encrypt` seals under, so that erasing reaches it. */
  readonly people?: {
    readonly dataset: string;
    /** Keys by subject; undefined for who was erased and for no subject. */
    keysOf(subjects: readonly Cell[]): readonly (PersonKey | undefined)[];
  };
  /** Receives the rows that leave, as they came, to be sealed under the keys of their people. */
  readonly vault?: Vault;
}

/** Keeps source rows; its file for a shard is whole before the shard is. */
export interface Vault {
  add(index: number, batch: Batch): Promise<void>;
  finish(index: number): Promise<void>;
}

export interface DeidentifyOutput {
  readonly digest: Digest;
  readonly rows: number;
}

/**
 * De-identifies shard after shard into the store, which seals as the rows pass through. Shard k is a
 * function of its source rows and the keyed secret alone, so a finished shard of an interrupted
 * attempt is kept as it is. The digest names the output by how it was made: source, parameters and
 * version of this stage.
 */
export const deidentify: Stage<DeidentifyInput, DeidentifyOutput, DeidentifyParams> = {
  name: "deidentify",
  version: 2,
  async run(input, params, context) {
    const digest = deidentifiedDigest(input.digest, params);
    let pool: TransformPool | undefined;
    const rows = new RowStream(
      input.source.read({ signal: context.signal, onBadRow: (bad) => input.quarantine(bad.bytes) }),
    );
    const total = emptyNotes();
    const averages = await averagesFor(input.again, params, context.signal);
    let done = 0;
    try {
      for (let index = 0; await rows.hasMore(); index++) {
        let notes = await finishedNotes(
          await context.store.finished(index),
          rows,
          params.shard_rows,
        );
        if (notes === undefined) {
          const own = emptyNotes();
          pool ??= await poolOf(input, params, averages, context.signal);
          const raw: Batch[] = [];
          const hashes: Uint8Array[] = [];
          const taken = inTasks(rows.take(params.shard_rows));
          const source = input.vault === undefined ? taken : remembered(taken, raw);
          const results = pool.map(withTruth(source, input, params));
          const report = (n: number): void => {
            done += n;
            context.progress({ stage: "deidentify", done, unit: "rows" });
          };
          const seen = { hashes, release: input.release };
          const batches =
            input.vault === undefined
              ? noted(results, own, seen, report)
              : kept(noted(numbered(results), own, seen, report), raw, index, input.vault);
          const whole = withEnd(batches, async () => {
            await input.identifiers?.keep(index, mergeHashes(hashes));
          });
          await context.store.put(index, whole, () => own as unknown as Json);
          notes = own;
        } else {
          await input.truth?.skip(params.shard_rows);
          done = rows.taken;
        }
        addNotes(total, notes);
      }
    } finally {
      await pool?.close();
    }
    requireSameSource(input.source.summary().sha256, input.digest, input.source.name);
    return {
      output: { digest, rows: total.rows[1] },
      evidence: [
        ...cellEvidence(total, digest),
        ...averageEvidence(averages, digest),
        ...recallEvidence(total.recall, digest),
      ],
    };
  },
};

/** The digest that the output of this stage has: known before a row is read. */
export function deidentifiedDigest(source: Digest, params: DeidentifyParams): Digest {
  return digestOf({
    stage: "deidentify",
    version: 2,
    source,
    params: JSON.parse(JSON.stringify(params)) as Json,
  });
}

/** What means cost: the most of all sets of columns, and each set's own. */
function averageEvidence(sets: readonly AverageSet[], subject: Digest): Evidence[] {
  const of = (value: number, n: number): Measured => ({
    kind: "measured",
    subject,
    metric: "microaggregation_loss",
    estimate: { value, n },
  });
  if (sets.length === 0) return [];
  const most = sets.reduce((a, b) => (b.loss > a.loss ? b : a));
  return [
    of(most.loss, most.rows),
    ...sets.map(({ columns, loss, rows }): Measured => {
      return { ...of(loss, rows), by: ["column"], group: { column: columns.join(" × ") } };
    }),
  ];
}

/** The threads that de-identify. Where values are invented, a first pass over the source learns the true ones. */
async function poolOf(
  { again, digest, keys, identifiers, people, jobs = 1 }: DeidentifyInput,
  params: DeidentifyParams,
  averages: readonly AverageSet[],
  signal: AbortSignal,
): Promise<TransformPool> {
  let real: SharedArrayBuffer | undefined;
  if (needsRealWords(params)) {
    const source = await again();
    const batches = source.read({ signal, onBadRow: () => Promise.resolve() });
    real = await realWordsOf(batches, params.columns);
  }
  const setup = {
    params,
    keys,
    dataset: digest,
    real,
    averages,
    identifiers: identifiers?.key,
    sealedAs: people?.dataset,
  };
  return createTransformPool(setup, { jobs, signal });
}

/** The batches alone; what was done to each is added to the notes. */
async function* noted(
  results: AsyncIterable<Transformed>,
  notes: ShardNotes,
  {
    hashes,
    release,
  }: { readonly hashes: Uint8Array[]; readonly release: DeidentifyInput["release"] },
  report: (rows: number) => void,
): AsyncIterable<Batch> {
  for await (const result of results) {
    const out = release === undefined ? result.batch : release(result.batch);
    addNotes(notes, { ...result.notes, rows: [result.batch.rows, out.rows] });
    if (result.identifiers) hashes.push(result.identifiers);
    yield out;
    report(result.batch.rows);
  }
}

// Which of a batch's rows leave; not a column's name in any source, for it has a NUL.
const NUMBER = "\0row";

/** Passes batches on and keeps them, in order, until their rows leave. */
async function* remembered(batches: AsyncIterable<Batch>, raw: Batch[]): AsyncIterable<Batch> {
  for await (const batch of batches) {
    raw.push(batch);
    yield batch;
  }
}

async function* numbered(results: AsyncIterable<Transformed>): AsyncIterable<Transformed> {
  for await (const result of results) {
    const { batch } = result;
    const numbers = Array.from({ length: batch.rows }, (_, i) => i);
    yield { ...result, batch: { ...batch, columns: { ...batch.columns, [NUMBER]: numbers } } };
  }
}

/** Batches as they leave, and their source rows to the vault. */
async function* kept(
  batches: AsyncIterable<Batch>,
  raw: Batch[],
  index: number,
  vault: Vault,
): AsyncIterable<Batch> {
  for await (const batch of batches) {
    const { [NUMBER]: numbers = [], ...columns } = batch.columns;
    const source = raw.shift();
    if (source === undefined) throw new PipelineError("internal", "a batch came from nowhere");
    await vault.add(index, source.rows === batch.rows ? source : picked(source, numbers));
    yield { rows: batch.rows, columns };
  }
  await vault.finish(index);
}

function picked(batch: Batch, numbers: readonly Cell[]): Batch {
  const columns = Object.entries(batch.columns).map(
    ([name, cells]) => [name, numbers.map((n) => cells[Number(n)] ?? null)] as const,
  );
  return { rows: numbers.length, columns: Object.fromEntries(columns) };
}

/** The batches, and `end` behind the last of them, before the shard is whole. */
async function* withEnd(
  batches: AsyncIterable<Batch>,
  end: () => Promise<void>,
): AsyncIterable<Batch> {
  yield* batches;
  await end();
}

/** Rows with what is planted in them, as the transform takes them. */
async function* withTruth(
  batches: AsyncIterable<Batch>,
  { truth, people }: DeidentifyInput,
  params: DeidentifyParams,
): AsyncIterable<Rows> {
  const seals = uses(params, "encrypt") ? params.subject : undefined;
  for await (const batch of batches) {
    const subjects = seals === undefined ? undefined : batch.columns[seals];
    yield {
      batch,
      truth: await truth?.next(batch.rows),
      people: subjects === undefined ? undefined : people?.keysOf(subjects),
    };
  }
}

/** Passes over the rows of a shard that is finished already. */
async function finishedNotes(
  finished: { readonly rows: number; readonly notes: Json } | undefined,
  rows: RowStream,
  shardRows: number,
): Promise<ShardNotes | undefined> {
  if (finished === undefined) return undefined;
  const passed = await rows.skip(shardRows);
  const notes = finished.notes as unknown as ShardNotes;
  if (passed !== notes.rows[0]) {
    throw new PipelineError(
      "source",
      "the source has other rows than when the run was interrupted",
      {
        hint: "start a fresh run with --no-resume",
      },
    );
  }
  return notes;
}

function requireSameSource(now: Digest, before: Digest, name: string): void {
  if (now !== before) {
    throw new PipelineError("source", `${name} was changed while it was read`, {
      hint: "run again once nothing writes to it",
    });
  }
}

function cellEvidence(notes: ShardNotes, subject: Digest): Evidence[] {
  return Object.entries(notes.cells)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, cells]) => {
      const [operator, column, entity] = JSON.parse(key) as [string, string, string | null];
      return {
        kind: "transformed",
        subject,
        operator,
        column,
        cells,
        ...(entity === null ? {} : { entity }),
      };
    });
}
