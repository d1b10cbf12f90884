import { PipelineError } from "../../pipeline/core/error.ts";
import { equalBytes } from "../../pipeline/core/digest.ts";
import { inTransaction, openDatabase, type Database, type Schema } from "./database.ts";

/** Number of buckets: an erasure seals anew every key of a bucket, so they are many and small. */
export const BUCKETS = 4096;
const CACHE_KILOBYTES = 8192;

/**
 * One person's key, sealed under the key of its bucket. `id` is the blind index of the person, 16 to 64
 * bytes that look random; its first 12 bits are the number of the bucket.
 */
export interface SubjectKey {
  readonly id: Uint8Array;
  readonly sealed: Uint8Array;
}

/** A bucket under a new key: its sealed key, and all keys of the bucket sealed anew. */
export interface NewBucket {
  readonly key: Uint8Array;
  readonly subjects: readonly SubjectKey[];
}

/** Sealed keys of people, of which any one can be destroyed. It sees only what is sealed. */
export interface SubjectStore {
  /** Number of people with a key. */
  readonly size: number;
  /** Adds keys in one transaction, and returns how many were new: a person's first key stays. */
  insert(subjects: readonly SubjectKey[]): number;
  /** The sealed key of a person, or undefined. */
  lookup(id: Uint8Array): Uint8Array | undefined;
  /** Everything in a bucket (0 to `BUCKETS` − 1), by id. */
  subjectsOf(bucket: number): readonly SubjectKey[];
  /** The sealed key of a bucket, or undefined when it has none yet. */
  bucketKey(bucket: number): Uint8Array | undefined;
  /** Gives a bucket its first key; false when another process was faster, whose key then counts. */
  addBucketKey(bucket: number, key: Uint8Array): boolean;
  /** The same for many buckets in one transaction; keys that are there stay. */
  addBucketKeys(keys: readonly { readonly bucket: number; readonly key: Uint8Array }[]): void;
  /**
   * Puts the bucket of a person under a new key, without that person. When it returns, neither the
   * database nor its log holds the old sealed keys. Throws `usage` when the person has no key.
   */
  erase(id: Uint8Array, rest: NewBucket): void;
  /** Cuts off the write-ahead log, for an erasure that was cut short before it did. */
  settle(): void;
  /** Puts a bucket under a new key; the people in it must be the same. */
  rekey(bucket: number, next: NewBucket): void;
  close(): void;
}

const subjectSchema: Schema = {
  title: "the store of subject keys",
  applicationId: 0x5042534b, // "PBSK"
  // Ordered by id, and so by bucket: a bucket lies on neighbouring pages, which an erasure rewrites.
  migrations: [
    `CREATE TABLE bucket (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
     CREATE TABLE subject (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;`,
  ],
};

/** Opens a store, and makes it when it is absent. */
export function openSubjects(path: string): SubjectStore {
  const db = openDatabase(path, subjectSchema);
  // Blind indexes fall anywhere: without room for the pages, each would be read again for every row.
  db.pragma(`cache_size = -${CACHE_KILOBYTES}`);
  const sql = {
    count: db.prepare("SELECT count(*) FROM subject").pluck(),
    insert: db.prepare("INSERT INTO subject (id, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    update: db.prepare("UPDATE subject SET sealed = ? WHERE id = ?"),
    remove: db.prepare("DELETE FROM subject WHERE id = ?"),
    find: db.prepare<[Uint8Array], Buffer>("SELECT sealed FROM subject WHERE id = ?").pluck(),
    range: db.prepare<[Uint8Array, Uint8Array], SubjectKey>(
      "SELECT id, sealed FROM subject WHERE id >= ? AND id < ? ORDER BY id",
    ),
    tail: db.prepare<[Uint8Array], SubjectKey>(
      "SELECT id, sealed FROM subject WHERE id >= ? ORDER BY id",
    ),
    key: db.prepare<[number], Buffer>("SELECT key FROM bucket WHERE number = ?").pluck(),
    addKey: db.prepare("INSERT INTO bucket (number, key) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    setKey: db.prepare("UPDATE bucket SET key = ? WHERE number = ?"),
  };
  const subjectsOf = (bucket: number) =>
    bucket === BUCKETS - 1
      ? sql.tail.all(startOf(bucket))
      : sql.range.all(startOf(bucket), startOf(bucket + 1));
  const replace = (bucket: number, { key, subjects }: NewBucket, without?: Uint8Array) => {
    inTransaction(db, () => {
      if (without !== undefined && sql.remove.run(without).changes !== 1) {
        throw new PipelineError(
          "usage",
          "cannot erase a person: there is no key for the blind index",
        );
      }
      requireSame(subjectsOf(bucket), subjects);
      for (const { id, sealed } of subjects) sql.update.run(sealed, id);
      sql.setKey.run(key, bucket);
    });
    forget(db);
  };
  return {
    get size() {
      return Number(sql.count.get());
    },
    insert: (subjects) => {
      for (const { id } of subjects) bucketOf(id);
      // In the order of the tree, so that each of its pages is changed once.
      const ordered = subjects.toSorted((a, b) => Buffer.compare(a.id, b.id));
      return inTransaction(db, () => {
        let added = 0;
        for (const { id, sealed } of ordered) added += sql.insert.run(id, sealed).changes;
        return added;
      });
    },
    lookup: (id) => sql.find.get(id),
    subjectsOf,
    bucketKey: (bucket) => sql.key.get(bucket),
    addBucketKey: (bucket, key) => sql.addKey.run(bucket, key).changes === 1,
    addBucketKeys: (keys) => {
      inTransaction(db, () => {
        for (const { bucket, key } of keys) sql.addKey.run(bucket, key);
      });
    },
    erase: (id, rest) => {
      replace(bucketOf(id), rest, id);
    },
    settle: () => {
      forget(db);
    },
    rekey: (bucket, next) => {
      replace(bucket, next);
    },
    close: () => db.close(),
  };
}

/** The bucket of a blind index. Throws `internal` for one that is too short to be blind. */
export function bucketOf(id: Uint8Array): number {
  if (id.length < 16 || id.length > 64) {
    throw new PipelineError("internal", `a blind index has 16 to 64 bytes, not ${id.length}`);
  }
  return id[0]! * 16 + (id[1]! >> 4);
}

// The least id of a bucket.
function startOf(bucket: number): Buffer {
  return Buffer.of(bucket >> 4, (bucket & 15) << 4);
}

// A key left under the old bucket key would be lost, and one left out would not be.
function requireSame(stored: readonly SubjectKey[], given: readonly SubjectKey[]): void {
  const isSame =
    stored.length === given.length && stored.every(({ id }, i) => equalBytes(id, given[i]!.id));
  if (isSame) return;
  throw new PipelineError("incomplete", "the bucket changed while its keys were sealed anew", {
    hint: "run the same command again",
  });
}

// What was overwritten still stands in the write-ahead log until that is cut off.
function forget(db: Database): void {
  const [result] = db.pragma("wal_checkpoint(TRUNCATE)") as readonly { readonly busy: number }[];
  if (result?.busy === 0) return;
  throw new PipelineError("incomplete", "the old keys are still in the log of the database", {
    hint: "another process is reading it: end it and run the same command again",
  });
}
