import { once } from "node:events";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Batch, Cell } from "../core/types.ts";
import { PipelineError } from "../core/error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openShard, sealShard } from "../crypto/shard.ts";
import type { SubjectKeys } from "../crypto/subjects/subject-keys.ts";
import { byteRange, decodeRange, encodeRows, rowIndexBuilder } from "../data/rows.ts";
import { openFile, writeAtomically } from "./files.ts";
import type { VaultRecord } from "./store.ts";

/** Keeps what identifies the people of a dataset, each row under the key of its subject. */
export interface VaultWriter {
  /** Takes the next source rows of a shard, before they are de-identified. */
  add(index: number, batch: Batch): Promise<void>;
  /** Ends a shard's file. */
  finish(index: number): Promise<void>;
  /** What the file of a shard that was finished is. */
  record(index: number): VaultRecord | undefined;
}

/** One row of the vault: the cells as they came, undefined when its person was erased or has no id. */
export interface VaultRow {
  readonly subject: string | null;
  readonly cells: Readonly<Record<string, Cell>> | undefined;
}

/**
 * Writes vault/00000.age and so on: as many rows as the shard has, each with the blind index of its
 * person and the cells of `columns` in JSON, sealed under that person's key. The file as a whole is
 * sealed as shards are. Rows without a subject leave nothing.
 */
export function vaultWriter(
  folder: string,
  keyring: Keyring,
  subjects: SubjectKeys,
  options: {
    readonly subject: string;
    readonly columns: readonly string[];
    readonly engine: "fast" | "libsodium";
    /** Blind indexes (hex) of people who were erased and still stand in the source. */
    readonly erased: ReadonlySet<string>;
  },
): VaultWriter {
  const records = new Map<number, VaultRecord>();
  let open: { index: number; next: number; pipe: PassThrough; done: Promise<void> } | undefined;
  const start = (index: number): NonNullable<typeof open> => {
    const pipe = new PassThrough({ objectMode: true, highWaterMark: 4 });
    const done = writeVault(folder, keyring, index, pipe, options.engine).then((record) => {
      records.set(index, record);
    });
    // Whoever waits for the end sees the error; until then it is not lost.
    done.catch(() => undefined);
    return { index, next: 0, pipe, done };
  };
  return {
    async add(index, batch) {
      if (open?.index !== index) {
        open?.pipe.destroy();
        open = start(index);
      }
      const sealed = sealBatch(batch, index, open.next, subjects, options);
      open.next += batch.rows;
      if (!open.pipe.write(sealed)) await Promise.race([once(open.pipe, "drain"), open.done]);
    },
    async finish(index) {
      if (open?.index !== index) open = start(index);
      open.pipe.end();
      await open.done;
      open = undefined;
    },
    record: (index) => records.get(index),
  };
}

/** The place of a vault file, which differs from that of its shard. */
export function vaultPlace(
  dataset: string,
  index: number,
): { readonly dataset: string; readonly index: number } {
  return { dataset: `${dataset}/vault`, index };
}

/** Writes one vault file from batches in its own form. */
export async function writeVault(
  folder: string,
  keyring: Keyring,
  index: number,
  batches: AsyncIterable<Batch>,
  engine: "fast" | "libsodium",
  file = `vault/${String(index).padStart(5, "0")}.age`,
): Promise<VaultRecord> {
  const rows = rowIndexBuilder();
  const place = vaultPlace(keyring.id, index);
  const sealed = sealShard(keyring, place, encodeRows(batches, rows), { engine, recycle: true });
  const written = await writeAtomically(join(folder, file), sealed);
  return { file, ...written, index: rows.build() };
}

/** Batches of a vault file as they are stored: `place`, `subject` and `sealed`. */
export async function* readVault(
  folder: string,
  keyring: Keyring,
  index: number,
  record: VaultRecord,
  range: { readonly from: number; readonly to: number } = { from: 0, to: record.index.rows },
): AsyncIterable<Batch> {
  const file = await openFile(join(folder, record.file));
  try {
    const shard = await openShard(keyring, vaultPlace(keyring.id, index), file);
    const { start, end, skip, take } = byteRange(record.index, range.from, range.to);
    yield* decodeRange(shard.read({ start, end }), skip, take);
  } finally {
    await file.close();
  }
}

/** Opens the rows of a batch of a vault file. */
export function openVaultRows(batch: Batch, subjects: SubjectKeys): readonly VaultRow[] {
  const { place = [], subject = [], sealed = [] } = batch.columns;
  return Array.from({ length: batch.rows }, (_, i): VaultRow => {
    const [at, id, bytes] = [place[i], subject[i], sealed[i]];
    if (typeof id !== "string" || typeof bytes !== "string")
      return { subject: null, cells: undefined };
    const text = subjects.openCellOf(
      Buffer.from(id, "hex"),
      String(at),
      Buffer.from(bytes, "base64"),
    );
    if (text === undefined) return { subject: id, cells: undefined };
    return { subject: id, cells: JSON.parse(text) as Record<string, Cell> };
  });
}

/** The place names shard and row as they first were; compaction moves rows and leaves it. */
function sealBatch(
  batch: Batch,
  index: number,
  first: number,
  subjects: SubjectKeys,
  {
    subject,
    columns,
    erased,
  }: {
    readonly subject: string;
    readonly columns: readonly string[];
    readonly erased: ReadonlySet<string>;
  },
): Batch {
  const people = batch.columns[subject];
  if (people === undefined) {
    throw new PipelineError("internal", `a batch lacks the column ${subject} of its subjects`);
  }
  const place: string[] = [];
  const ids: Cell[] = [];
  const bytes: Cell[] = [];
  const cells: { readonly subject: string; readonly place: string; readonly text: string }[] = [];
  const filled: number[] = [];
  const placeOf = (i: number): string => `${index}/${first + i}`;
  for (let i = 0; i < batch.rows; i++) {
    place.push(placeOf(i));
    const person = people[i] ?? null;
    const id =
      person === null
        ? null
        : Buffer.from(subjects.blindIndex(subjectText(person))).toString("hex");
    ids.push(id);
    bytes.push(null);
    if (person === null || id === null || erased.has(id)) continue;
    filled.push(i);
    const kept = columns.map((name) => [name, batch.columns[name]?.[i] ?? null]);
    cells.push({
      subject: subjectText(person),
      place: placeOf(i),
      text: JSON.stringify(Object.fromEntries(kept)),
    });
  }
  const sealed = subjects.sealCells(cells);
  for (const [at, i] of filled.entries())
    bytes[i] = Buffer.from(sealed[at] ?? []).toString("base64");
  return { rows: batch.rows, columns: { place, subject: ids, sealed: bytes } };
}

/** A subject as `keys erase --subject` names it: the text of its cell. */
export function subjectText(cell: Cell): string {
  return String(cell);
}
