import { canonicalJson, type Json } from "../../pipeline/core/canonical-json.ts";
import { PipelineError } from "../../pipeline/core/error.ts";
import type { Digest, Verdict } from "../../pipeline/core/types.ts";
import {
  inTransaction,
  openDatabase,
  withSqliteErrors,
  type Database,
  type Schema,
} from "./database.ts";

/** Dates are ISO 8601. A missing optional member is null in the database and absent here. */
export interface DatasetRow {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the source's bytes. */
  readonly source_digest: Digest;
  readonly manifest: Json;
  readonly created: string;
}
export interface ShardRow {
  readonly dataset: string;
  readonly index: number;
  /** Relative to the dataset's folder. */
  readonly file: string;
  readonly digest: Digest;
  readonly rows: number;
  readonly bytes: number;
}
export interface ModelRow {
  readonly digest: Digest;
  readonly kind: string;
  readonly manifest: Json;
  readonly run: string;
}
export type RunState = "running" | "finished" | "interrupted";
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly verdict?: Verdict;
  readonly started: string;
  readonly ended?: string;
  /** Digest of the resolved policy. */
  readonly policy: Digest;
}
/** `from` was used to make `to`; both are ids or digests. `kind` says how, such as "sealed-from". */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

/** An index over the files of a workspace. Each row is written once what it names is on the disk. */
export interface Catalog {
  addDataset(row: DatasetRow): void;
  addShard(row: ShardRow): void;
  addModel(row: ModelRow): void;
  addRun(row: RunRow): void;
  /** Throws `internal` when the run was never added. */
  finishRun(id: string, end: { state: RunState; verdict?: Verdict; ended: string }): void;
  addEdge(edge: Edge): void;
  /** Everything in one transaction: all of `work`'s rows are written, or none. */
  together(work: () => void): void;
  /** Oldest first, as are the other lists. */
  listDatasets(): readonly DatasetRow[];
  shardsOf(dataset: string): readonly ShardRow[];
  listModels(): readonly ModelRow[];
  listRuns(): readonly RunRow[];
  edges(): readonly Edge[];
  close(): void;
}

const catalogSchema: Schema = {
  title: "the catalog",
  applicationId: 0x50424354, // "PBCT"
  migrations: [
    `CREATE TABLE dataset (id TEXT PRIMARY KEY, name TEXT NOT NULL, source_digest TEXT NOT NULL,
       manifest TEXT NOT NULL, created TEXT NOT NULL) STRICT;
     CREATE TABLE shard (dataset TEXT NOT NULL REFERENCES dataset (id), "index" INTEGER NOT NULL,
       file TEXT NOT NULL, digest TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
       PRIMARY KEY (dataset, "index")) STRICT, WITHOUT ROWID;
     CREATE TABLE run (id TEXT PRIMARY KEY, name TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
       verdict TEXT CHECK (verdict IN ('pass', 'warn', 'block')), started TEXT NOT NULL, ended TEXT,
       policy TEXT NOT NULL) STRICT;
     CREATE TABLE model (digest TEXT PRIMARY KEY, kind TEXT NOT NULL, manifest TEXT NOT NULL,
       run TEXT NOT NULL) STRICT;
     CREATE TABLE edge ("from" TEXT NOT NULL, "to" TEXT NOT NULL, kind TEXT NOT NULL,
       PRIMARY KEY ("from", "to", kind)) STRICT;`,
  ],
};

/** Opens a catalog, and makes it when it is absent. Adding the same key again replaces its row. */
export function openCatalog(path: string): Catalog {
  const db = openDatabase(path, catalogSchema);
  return {
    addDataset: (row) => {
      put(db, "dataset", { ...row, manifest: canonicalJson(row.manifest) });
    },
    addShard: (row) => {
      put(db, "shard", row);
    },
    addModel: (row) => {
      put(db, "model", { ...row, manifest: canonicalJson(row.manifest) });
    },
    addRun: (row) => {
      put(db, "run", { verdict: null, ended: null, ...row });
    },
    finishRun: (id, { state, verdict, ended }) => {
      const { changes } = db
        .prepare("UPDATE run SET state = ?, verdict = ?, ended = ? WHERE id = ?")
        .run(state, verdict ?? null, ended, id);
      if (changes !== 1)
        throw new PipelineError("internal", `cannot finish run ${id}: it is unknown`);
    },
    addEdge: (edge) => {
      put(db, "edge", edge);
    },
    together: (work) => {
      inTransaction(db, work);
    },
    listDatasets: () => parsed(rows(db, "SELECT * FROM dataset ORDER BY created, id")),
    shardsOf: (dataset) =>
      rows(db, `SELECT * FROM shard WHERE dataset = ? ORDER BY "index"`, dataset),
    listModels: () => parsed(rows(db, "SELECT * FROM model ORDER BY run, digest")),
    listRuns: () => rows(db, "SELECT * FROM run ORDER BY started, id"),
    edges: () => rows(db, "SELECT * FROM edge ORDER BY rowid"),
    close: () => db.close(),
  };
}

function put(db: Database, table: string, row: object): void {
  const names = Object.keys(row);
  const columns = names.map((name) => `"${name}"`).join(", ");
  const key = { dataset: "id", shard: `dataset, "index"`, model: "digest", run: "id" }[table];
  // An upsert, not REPLACE: that would delete the row that others refer to.
  const settings = names.map((name) => `"${name}" = excluded."${name}"`).join(", ");
  const conflict = key === undefined ? "DO NOTHING" : `(${key}) DO UPDATE SET ${settings}`;
  const insert = db.prepare(
    `INSERT INTO ${table} (${columns}) VALUES (${names.map((name) => `@${name}`).join(", ")})
     ON CONFLICT ${conflict}`,
  );
  withSqliteErrors(`write to ${db.name}`, () => insert.run(row));
}

// Rows have the members of T, for the columns are named after them; SQL null is an absent member.
function rows<T>(db: Database, sql: string, ...values: readonly string[]): T[] {
  return db
    .prepare<string[], Record<string, unknown>>(sql)
    .all(...values)
    .map(
      (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T,
    );
}

function parsed<T extends { readonly manifest: Json }>(list: readonly T[]): T[] {
  return list.map((row) => ({ ...row, manifest: JSON.parse(row.manifest as string) as Json }));
}
