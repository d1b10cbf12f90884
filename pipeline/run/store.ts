import { createHmac } from "node:crypto";
import { join } from "node:path";
import type { Json } from "../core/canonical-json.ts";
import { canonicalJson } from "../core/canonical-json.ts";
import { equalBytes, hmacSha256 } from "../core/digest.ts";
import { PipelineError } from "../core/error.ts";
import type { Batch, Dataset, Digest, Evidence, Role, Shard, Store } from "../core/types.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openShard, sealShard } from "../crypto/shard.ts";
import {
  byteRange,
  decodeRange,
  encodeRows,
  rowIndexBuilder,
  type RowIndex,
} from "../data/rows.ts";
import {
  digestOfFile,
  openFile,
  readIfPresent,
  writeAtomically,
  writeFileAtomically,
} from "./files.ts";

/** One sealed shard, as the dataset's manifest lists it. */
export interface ShardRecord {
  readonly file: string; // "shards/00000.age"
  readonly digest: Digest; // of the sealed bytes
  readonly content: string; // keyed digest of the plaintext
  readonly rows: number;
  readonly bytes: number;
  readonly index: RowIndex;
  readonly notes: Json;
  /** The root key that `content` and the record's own MAC were made under. */
  readonly root: string;
  /** What the vault keeps of the shard's rows, where the policy has keys per person. */
  readonly vault?: VaultRecord;
}

/** One vault file: as many rows as its shard, each sealed under the key of its subject. */
export interface VaultRecord {
  readonly file: string; // "vault/00000.age"
  readonly digest: Digest;
  readonly bytes: number;
  readonly index: RowIndex;
}

/** What the policy asks of whoever opens a dataset. */
export interface AccessRules {
  /** What cannot be opened without a reason: nothing, the vault, or any rows. */
  readonly reason: "none" | "vault" | "rows";
}

/** dataset.json: everything about a sealed dataset but its keys. */
export interface DatasetManifest {
  readonly form: "probity-dataset 1";
  readonly id: string;
  readonly digest: Digest;
  readonly source: Digest;
  readonly roles: Readonly<Record<string, Role>>;
  readonly shards: readonly ShardRecord[];
  readonly evidence: readonly Evidence[];
  readonly access?: AccessRules;
  readonly root: string;
  /** Hex HMAC-SHA-256 of the rest under the manifest key of the dataset's keyring. */
  readonly mac: string;
}

/** Keeps the shards of one dataset in its folder, sealed under its keyring. */
export function sealedStore(
  folder: string,
  dataset: string,
  keyring: Keyring,
  engine: "fast" | "libsodium",
  vault?: (index: number) => VaultRecord | undefined,
): Store {
  return {
    async put(index, batches, notes) {
      const rows = rowIndexBuilder();
      const content = createHmac("sha256", keyring.subkey("plaintext-digest"));
      const plain = (async function* () {
        for await (const chunk of encodeRows(batches, rows)) {
          content.update(chunk);
          yield chunk;
        }
      })();
      const file = shardName(index);
      const written = await writeAtomically(
        join(folder, file),
        sealShard(keyring, { dataset, index }, plain, { engine, recycle: true }),
      );
      const rowIndex = rows.build();
      const record: ShardRecord = {
        file,
        ...written,
        content: content.digest("hex"),
        rows: rowIndex.rows,
        index: rowIndex,
        notes: notes(),
        root: keyring.current,
      };
      const kept = vault?.(index);
      await writeShardRecord(
        folder,
        keyring,
        index,
        kept === undefined ? record : { ...record, vault: kept },
      );
    },
    async finished(index) {
      const record = await readShardRecord(folder, index, keyring);
      for (const { file, digest } of record === undefined ? [] : filesOf(record))
        if ((await digestOfFile(join(folder, file))) !== digest) return undefined;
      if (record === undefined) return undefined;
      return { rows: record.rows, notes: record.notes };
    },
  };
}

/** The sealed files of one shard: its rows, and its vault where it has one. */
export function filesOf(
  record: ShardRecord,
): readonly { readonly file: string; readonly digest: Digest }[] {
  return record.vault === undefined ? [record] : [record, record.vault];
}

/** Writes the record of one shard, authenticated under the root that it names. */
export async function writeShardRecord(
  folder: string,
  keyring: Keyring,
  index: number,
  record: ShardRecord,
): Promise<void> {
  await writeFileAtomically(join(folder, recordName(index)), withMac(keyring, unsigned(record)));
}

/** The records of shards 0, 1, … as far as they are on disk. */
export async function shardRecords(folder: string, keyring: Keyring): Promise<ShardRecord[]> {
  const records: ShardRecord[] = [];
  for (;;) {
    const record = await readShardRecord(folder, records.length, keyring);
    if (record === undefined) return records;
    records.push(record);
  }
}

/** What dataset.json says of a dataset. */
export type ManifestContent = Omit<DatasetManifest, "mac" | "form" | "root">;

/** Writes dataset.json, which makes the dataset whole. */
export async function writeManifest(
  folder: string,
  keyring: Keyring,
  manifest: ManifestContent,
): Promise<Digest> {
  const text = manifestText(keyring, manifest);
  return (await writeFileAtomically(join(folder, "dataset.json"), text)).digest;
}

/** The text of dataset.json, authenticated under the keyring's current root. */
export function manifestText(keyring: Keyring, manifest: ManifestContent): string {
  return withMac(keyring, {
    ...unsigned(manifest),
    form: "probity-dataset 1",
    root: keyring.current,
  });
}

/** Reads and checks dataset.json; undefined when the dataset is absent or not whole yet. */
export async function readManifest(
  folder: string,
  keyring: Keyring,
): Promise<DatasetManifest | undefined> {
  const bytes = await readIfPresent(join(folder, "dataset.json"));
  return bytes === undefined
    ? undefined
    : (checkMac(keyring, bytes, join(folder, "dataset.json")) as DatasetManifest);
}

/** The rows of the catalog for a dataset's shards, as its manifest has them. */
export function catalogRows(
  dataset: string,
  shards: readonly ShardRecord[],
): readonly {
  readonly dataset: string;
  readonly index: number;
  readonly file: string;
  readonly digest: Digest;
  readonly rows: number;
  readonly bytes: number;
}[] {
  return shards.map(({ file, digest, rows, bytes }, index) => ({
    dataset,
    index,
    file,
    digest,
    rows,
    bytes,
  }));
}

/** That a dataset was encrypted, and for whom. */
export function sealedEvidence(
  subject: Digest,
  keyring: Keyring,
  shards: DatasetManifest["shards"],
): Evidence {
  return {
    kind: "sealed",
    subject,
    key: keyring.current,
    recipients: keyring.slots.map((slot) => slot.kind),
    shards: shards.map(({ file, digest, rows, bytes }) => ({ file, digest, rows, bytes })),
  };
}

/** A sealed dataset whose shards decrypt in memory as they are read, whole or a range of rows. */
export function sealedDataset(
  folder: string,
  manifest: DatasetManifest,
  keyring: Keyring,
): Dataset {
  return {
    digest: manifest.digest,
    roles: manifest.roles,
    shards: manifest.shards.map((record, index): Shard => ({
      digest: record.digest,
      rows: record.rows,
      open: (range) =>
        readShard(
          join(folder, record.file),
          { dataset: manifest.id, index },
          record,
          keyring,
          range,
        ),
    })),
  };
}

async function* readShard(
  path: string,
  place: { readonly dataset: string; readonly index: number },
  record: ShardRecord,
  keyring: Keyring,
  range: { readonly from: number; readonly to: number } = { from: 0, to: record.rows },
): AsyncIterable<Batch> {
  const file = await openFile(path);
  try {
    const shard = await openShard(keyring, place, file);
    const { start, end, skip, take } = byteRange(record.index, range.from, range.to);
    yield* decodeRange(shard.read({ start, end }), skip, take);
  } finally {
    await file.close();
  }
}

async function readShardRecord(
  folder: string,
  index: number,
  keyring: Keyring,
): Promise<ShardRecord | undefined> {
  const path = join(folder, recordName(index));
  const bytes = await readIfPresent(path);
  return bytes === undefined ? undefined : (checkMac(keyring, bytes, path) as ShardRecord);
}

function shardName(index: number): string {
  return `shards/${String(index).padStart(5, "0")}.age`;
}

function recordName(index: number): string {
  return `shards/${String(index).padStart(5, "0")}.json`;
}

// What was read has its old MAC, which the new one is not to cover.
function unsigned<T extends object>(value: T): T {
  const body = { ...value } as T & { mac?: string };
  delete body.mac;
  return body;
}

function withMac(keyring: Keyring, value: ShardRecord | Omit<DatasetManifest, "mac">): string {
  const body = JSON.parse(JSON.stringify(value)) as { readonly root: string };
  return `${JSON.stringify({ ...body, mac: macOf(keyring, body).toString("hex") })}\n`;
}

function checkMac(keyring: Keyring, bytes: Uint8Array, path: string): unknown {
  try {
    const { mac, ...body } = JSON.parse(Buffer.from(bytes).toString()) as {
      mac: string;
      root: string;
    };
    if (equalBytes(macOf(keyring, body), Buffer.from(mac, "hex"))) return { ...body, mac };
  } catch {
    // Damaged beyond parsing is damaged.
  }
  throw new PipelineError("integrity", `${path} was changed since it was written`, {
    hint: "restore it from a backup, or remove its folder and run again",
  });
}

/** Under the root that the body names: records outlive a rotation. */
function macOf(keyring: Keyring, body: { readonly root: string }): Buffer {
  return Buffer.from(hmacSha256(keyring.subkey("manifest", 32, body.root), canonicalJson(body)));
}
