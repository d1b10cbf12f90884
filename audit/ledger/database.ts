import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { PipelineError } from "../../pipeline/core/error.ts";

export type { Database } from "better-sqlite3";

const BUSY_MS = 60_000;
const ATTEMPTS = 8;

/** What kind of file it is and how it came to its form; a file's version is the scripts it has seen. */
export interface Schema {
  /** Says in messages what the file is. */
  readonly title: string;
  /** Written into the header of the file, so that one kind is never opened as another. */
  readonly applicationId: number;
  /** SQL scripts, oldest first. A released script is never edited. */
  readonly migrations: readonly string[];
}

/**
 * Opens a database for reading and writing, makes it if it is absent, and brings it to the newest
 * version. Commits are on the disk when they return, and deleted content is overwritten: better-sqlite3
 * is compiled for neither.
 */
export function openDatabase(path: string, schema: Schema): Database.Database {
  return withSqliteErrors(`open ${schema.title} ${path}`, () => {
    mkdirSync(dirname(path), { recursive: true });
    const db = new Database(path, { timeout: BUSY_MS });
    try {
      // A commit of one small row is bound by the bytes it flushes: half of the usual page.
      db.pragma("page_size = 2048");
      patiently(() => db.pragma("journal_mode = WAL"));
      db.pragma("synchronous = FULL");
      db.pragma("secure_delete = ON");
      db.pragma("foreign_keys = ON");
      patiently(() => {
        migrate(db, path, schema);
      });
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens an existing database without the right to change it. */
export function openForReading(path: string, schema: Schema): Database.Database {
  if (!existsSync(path)) {
    throw new PipelineError(
      "workspace",
      `cannot open ${schema.title} ${path}: there is no such file`,
    );
  }
  const db = openIfSetUp(path, schema);
  if (db === undefined) {
    throw new PipelineError("workspace", `cannot read ${schema.title} ${path}: it was not set up`);
  }
  return db;
}

/**
 * As `openForReading`; undefined where there is no file, or one that a program killed while it made it
 * left without content.
 */
export function openIfSetUp(path: string, schema: Schema): Database.Database | undefined {
  if (!existsSync(path)) return undefined;
  return withSqliteErrors(`open ${schema.title} ${path}`, () => {
    const db = openRecovered(path);
    try {
      checkVersion(db, path, schema);
      if (versionOf(db) === schema.migrations.length) return db;
      db.close();
      return undefined;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

// A kill during the very first write leaves a journal that only a writer may roll back.
function openRecovered(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS, readonly: true });
  try {
    versionOf(db);
    return db;
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError) || error.code !== "SQLITE_READONLY_ROLLBACK")
      throw error;
    const writer = new Database(path, { timeout: BUSY_MS });
    try {
      patiently(() => versionOf(writer));
    } finally {
      writer.close();
    }
    return new Database(path, { timeout: BUSY_MS, readonly: true });
  }
}

/**
 * Runs `work` in one transaction that holds the write lock from its start, so that it cannot fail
 * half way for another writer. Other processes wait. A full disk and the like are `workspace` errors.
 */
export function inTransaction<T>(db: Database.Database, work: () => T): T {
  return withSqliteErrors(`write to ${db.name}`, () =>
    patiently(() => db.transaction(work).immediate()),
  );
}

/** Runs `work` and turns what SQLite throws into `integrity` (a damaged file) or `workspace`. */
export function withSqliteErrors<T>(attempt: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const isDamaged = /NOTADB|CORRUPT/.test(error.code);
    throw new PipelineError(
      isDamaged ? "integrity" : "workspace",
      `cannot ${attempt}: ${error.message}`,
      { cause: error },
    );
  }
}

function migrate(db: Database.Database, path: string, schema: Schema): void {
  checkVersion(db, path, schema);
  if (versionOf(db) === schema.migrations.length) return;
  inTransaction(db, () => {
    // Another process may have been first while this one waited for the lock.
    const version = versionOf(db);
    for (const script of schema.migrations.slice(version)) db.exec(script);
    db.pragma(`application_id = ${schema.applicationId}`);
    db.pragma(`user_version = ${schema.migrations.length}`);
  });
}

function checkVersion(db: Database.Database, path: string, schema: Schema): void {
  const id = Number(db.pragma("application_id", { simple: true }));
  const version = versionOf(db);
  if (id !== schema.applicationId && (id !== 0 || version !== 0)) {
    throw new PipelineError(
      "format",
      `cannot open ${path}: it is a database, but not ${schema.title}`,
    );
  }
  if (version > schema.migrations.length) {
    throw new PipelineError(
      "workspace",
      `cannot open ${path}: a newer version of Probity wrote it`,
      {
        hint: "install the version that wrote it, or a later one",
      },
    );
  }
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma("user_version", { simple: true }));
}

// SQLite waits for locks by itself but for a few, such as the change to WAL and crash recovery.
function patiently<T>(work: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
      if (!isBusy || attempt === ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 ** attempt);
    }
  }
}
