import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import Database from "better-sqlite3";
import { openForReading } from "../../../audit/ledger/database.ts";
import { openLedger, originOf } from "../../../audit/ledger/log.ts";
import { ledgerSchema } from "../../../audit/ledger/tree-store.ts";
import { newFolder, newSigner, origin, pathsIn, withLedger } from "./fixture.ts";

describe("a ledger that was killed while it was made", () => {
  it("is none yet where its first write lies in a journal, and is made then", () => {
    const paths = pathsIn(newFolder());
    halfWritten(paths.database);
    const raw = new Database(paths.database, { readonly: true });
    assert.throws(() => raw.pragma("user_version"), { code: "SQLITE_READONLY_ROLLBACK" });
    raw.close();
    assert.equal(originOf(paths.database), undefined);
    withLedger(paths, newSigner(), (ledger) => ledger.append([1]));
    assert.equal(originOf(paths.database), origin);
  });

  it("is none yet where it is empty; who asks for its content is told so", () => {
    const { database, checkpoints } = pathsIn(newFolder());
    writeFileSync(database, "");
    assert.equal(originOf(database), undefined);
    assert.throws(() => openForReading(database, ledgerSchema), {
      code: "workspace",
      message: /it was not set up/,
    });
    openLedger({ database, checkpoints, origin }).close();
    assert.equal(originOf(database), origin);
  });
});

/** A database as a kill leaves it in the middle of its first transaction: pages, and their journal. */
function halfWritten(path: string): void {
  const folder = newFolder();
  const from = join(folder, "from.db");
  const db = new Database(from);
  db.pragma("journal_mode = DELETE");
  db.exec("CREATE TABLE first (content BLOB)");
  db.pragma("cache_size = 1");
  db.exec("BEGIN; DROP TABLE first; CREATE TABLE second (content BLOB)");
  for (let i = 0; i < 50; i++) db.exec("INSERT INTO second VALUES (randomblob(4000))");
  copyFileSync(from, path);
  copyFileSync(`${from}-journal`, `${path}-journal`);
  db.close();
}
