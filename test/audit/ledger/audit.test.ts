import assert from "node:assert/strict";
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { verifyLedger } from "../../../audit/ledger/audit.ts";
import { writeCheckpoint } from "../../../audit/ledger/checkpoint.ts";
import { openDatabase } from "../../../audit/ledger/database.ts";
import { leafHash } from "../../../audit/ledger/merkle.ts";
import { signNote } from "../../../audit/ledger/note.ts";
import { ledgerSchema } from "../../../audit/ledger/tree-store.ts";
import { PipelineError } from "../../../pipeline/core/error.ts";
import {
  newFolder,
  newSigner,
  origin,
  pathsIn,
  someEvents,
  withLedger,
  type Paths,
} from "./fixture.ts";

const signer = newSigner();
const publicKey = signer.verifierKey;

// 60 events, with checkpoints over 20, 40 and 50.
function grown(): Paths & { readonly folder: string } {
  const folder = newFolder();
  const paths = pathsIn(folder);
  withLedger(paths, signer, (ledger) => {
    for (const size of [20, 40, 50]) {
      ledger.append(someEvents(size - ledger.size, ledger.size));
      ledger.checkpoint();
    }
    ledger.append(someEvents(10, 50));
  });
  return { ...paths, folder };
}

function edit(paths: Paths, sql: string): void {
  const db = openDatabase(paths.database, ledgerSchema);
  db.exec(sql);
  db.close();
}

function problems(paths: Paths, key = publicKey): string[] {
  const verdict = verifyLedger({ ...paths, publicKey: key });
  assert.equal(verdict.ok, verdict.problems.length === 0);
  return verdict.problems.map(({ fault, message }) => `${fault}: ${message}`);
}

// Builds the tree anew over other events, as someone would who has the program but not the key.
function rewritten(paths: Paths, from: number, count: number): void {
  const other = pathsIn(newFolder());
  withLedger(other, signer, (ledger) => {
    ledger.append([...someEvents(from), ...someEvents(count - from, 1000)]);
  });
  for (const tail of ["", "-wal", "-shm"]) rmSync(paths.database + tail, { force: true });
  copyFileSync(other.database, paths.database);
}

describe("ledger verification", () => {
  it("passes an untouched ledger and names its ranges", () => {
    const paths = grown();
    const verdict = verifyLedger({ ...paths, publicKey });
    assert.deepEqual(verdict.problems, []);
    assert.equal(verdict.ok, true);
    assert.deepEqual([verdict.origin, verdict.size, verdict.checkpoints], [origin, 60, 3]);
    assert.deepEqual(verdict.anchored, { from: 0, to: 0 });
    assert.deepEqual(verdict.signed, { from: 0, to: 50 });
    assert.deepEqual(verdict.unsigned, { from: 50, to: 60 });
    assert.equal(
      verdict.root,
      withLedger(paths, signer, (ledger) => Buffer.from(ledger.root()).toString("hex")),
    );
    assert.equal(verdict.authenticated, true);
    assert.equal(verifyLedger(paths).authenticated, false);
  });

  it("passes an empty ledger, and one without checkpoints", () => {
    const paths = pathsIn(newFolder());
    withLedger(paths, signer, () => undefined);
    assert.deepEqual(problems(paths), []);
    withLedger(paths, signer, (ledger) => ledger.append(someEvents(3)));
    assert.deepEqual(problems(paths), []);
  });

  it("says that a ledger is absent", () => {
    const paths = pathsIn(newFolder());
    assert.throws(() => verifyLedger(paths), { code: "workspace" });
  });

  it("names an event of which a byte was changed", () => {
    for (const position of [0, 17, 49, 59]) {
      const paths = grown();
      edit(
        paths,
        `UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'test', 'tesu') AS BLOB) WHERE position = ${position}`,
      );
      assert.deepEqual(problems(paths), [
        `changed: event ${position} was changed: its bytes do not give the hash stored for it`,
      ]);
      assert.equal(verifyLedger({ ...paths, publicKey }).signed.to, Math.min(position, 50));
    }
  });

  it("names the events of which the stored hash was changed too", () => {
    const paths = grown();
    const leaf = Buffer.from('{"kind":"none"}');
    edit(
      paths,
      `UPDATE event SET leaf = X'${leaf.toString("hex")}', hash = X'${Buffer.from(leafHash(leaf)).toString("hex")}' WHERE position = 17`,
    );
    assert.deepEqual(problems(paths).slice(0, 2), [
      "tree: the stored tree over events 16 to 17 is not theirs",
      "tree: the stored tree over events 16 to 19 is not theirs",
    ]);
    assert.ok(
      problems(paths).includes(
        "rewritten: history was rewritten: the first 20 events are not those that checkpoint 20 was signed over",
      ),
    );
    assert.equal(verifyLedger({ ...paths, publicKey }).signed.to, 0);
  });

  it("names a stored tree node that was changed", () => {
    const paths = grown();
    edit(paths, "UPDATE node SET hash = zeroblob(32) WHERE id = 1");
    assert.deepEqual(problems(paths), ["tree: the stored tree over events 0 to 1 is not theirs"]);
  });

  it("names deleted events in the middle", () => {
    const paths = grown();
    edit(paths, "DELETE FROM event WHERE position = 17");
    assert.deepEqual(problems(paths), ["missing: event 17 is missing from the ledger"]);
    edit(paths, "DELETE FROM event WHERE position IN (18, 19)");
    assert.deepEqual(problems(paths), ["missing: events 17 to 19 are missing from the ledger"]);
  });

  it("names a truncation below a checkpoint", () => {
    const paths = grown();
    edit(paths, "DELETE FROM event WHERE position >= 45");
    assert.deepEqual(problems(paths), [
      "truncated: the ledger has 45 events, but a checkpoint was signed over 50: the events from 45 on were cut off",
    ]);
  });

  it("names a truncation of events that are not signed, from the nodes they left", () => {
    const paths = grown();
    edit(paths, "DELETE FROM event WHERE position >= 55");
    assert.deepEqual(problems(paths), [
      "truncated: events after 54 were cut off: the stored tree goes on",
    ]);
  });

  it("names a rewritten history with a new valid tree", () => {
    const paths = grown();
    rewritten(paths, 30, 60);
    assert.deepEqual(problems(paths), [
      "rewritten: history was rewritten: the first 40 events are not those that checkpoint 40 was signed over",
    ]);
    assert.deepEqual(verifyLedger({ ...paths, publicKey }).signed, { from: 0, to: 20 });
  });

  it("names an older copy of the database that was put back", () => {
    const folder = newFolder();
    const paths = pathsIn(folder);
    withLedger(paths, signer, (ledger) => {
      ledger.append(someEvents(20));
      ledger.checkpoint();
    });
    copyFileSync(paths.database, join(folder, "old.db"));
    withLedger(paths, signer, (ledger) => {
      ledger.append(someEvents(20, 20));
      ledger.checkpoint();
    });
    copyFileSync(join(folder, "old.db"), paths.database);
    assert.deepEqual(problems(paths), [
      "older-copy: the ledger has 20 events, but a checkpoint was signed over 40: an older copy of the database was put back",
    ]);
  });

  it("names two forks signed with one key, over one size", () => {
    const paths = grown();
    const root = Buffer.alloc(32, 1);
    writeFileSync(
      join(paths.checkpoints, "other.note"),
      signNote(writeCheckpoint({ origin, size: 40, root }), [signer]),
    );
    assert.deepEqual(problems(paths), [
      "fork: the ledger was forked: two checkpoints over 40 events have different roots",
    ]);
  });

  it("names two forks signed with one key, over two sizes", () => {
    const paths = grown();
    const root = Buffer.alloc(32, 1);
    writeFileSync(
      join(paths.checkpoints, "30.note"),
      signNote(writeCheckpoint({ origin, size: 30, root }), [signer]),
    );
    assert.deepEqual(problems(paths), [
      "fork: the ledger was forked: no one history holds the checkpoints over 30 and 50 events",
    ]);
  });

  it("does not trust checkpoints of another key or with a bit flipped", () => {
    const paths = grown();
    const path = join(paths.checkpoints, "40.note");
    const note = readFileSync(path, "utf8");
    writeFileSync(path, note.replace("\n\n", "\nextension\n\n"));
    assert.deepEqual(problems(paths), [
      `checkpoint: checkpoint 40.note cannot be trusted: the signature of ${origin} does not match the note`,
    ]);
    const key = newSigner().verifierKey;
    assert.equal(
      problems(paths, key).filter((line) => line.includes("is not signed by")).length,
      7,
    );
    assert.deepEqual(verifyLedger({ ...paths, publicKey: key }).signed, { from: 0, to: 0 });
  });

  it("names an older checkpoint in place of a newer one", () => {
    const paths = grown();
    const swap = (from: string, to: string) => {
      cpSync(join(paths.checkpoints, from), join(paths.checkpoints, to));
    };
    swap("20.note", "latest.note");
    assert.deepEqual(problems(paths), [
      "checkpoint: latest.note is over 20 events, but a checkpoint was signed over 50: an older one was put back",
    ]);
    swap("50.note", "latest.note");
    swap("20.note", "40.note");
    assert.deepEqual(problems(paths), [
      "checkpoint: checkpoint 40.note cannot be trusted: it is over 20 events, put in place of another",
    ]);
    rmSync(paths.checkpoints, { recursive: true });
    assert.deepEqual(problems(paths), ["checkpoint: latest.note is missing from the checkpoints"]);
  });

  it("names checkpoints of another log signed with the same key", () => {
    const paths = grown();
    const text = writeCheckpoint({ origin: "other.example", size: 20, root: Buffer.alloc(32, 1) });
    writeFileSync(join(paths.checkpoints, "20.note"), signNote(text, [signer]));
    assert.ok(
      problems(paths).includes(
        "checkpoint: checkpoint 20.note is of the log other.example, not of example.com/ledger",
      ),
    );
  });

  it("names a database of another log than the one that is expected", () => {
    const paths = pathsIn(newFolder());
    withLedger(paths, signer, (ledger) => ledger.append(someEvents(3)));
    assert.equal(verifyLedger({ ...paths, publicKey, origin }).ok, true);
    edit(paths, "UPDATE setting SET value = 'other.example' WHERE name = 'origin'");
    assert.equal(verifyLedger({ ...paths, publicKey }).ok, true);
    assert.deepEqual(verifyLedger({ ...paths, publicKey, origin }).problems, [
      {
        fault: "origin",
        message: "the database is of the log other.example, not of example.com/ledger",
      },
    ]);
  });

  it("names a database that SQLite cannot read", () => {
    const paths = grown();
    edit(paths, "PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = readFileSync(paths.database);
    // The second page is the root of the events, the first the schema.
    writeFileSync(paths.database, Buffer.from(bytes).fill(0xff, 2048, 4096));
    const [first] = problems(paths);
    assert.equal(
      first,
      "damaged: the ledger cannot be read from event 0 on: database disk image is malformed",
    );
    writeFileSync(paths.database, Buffer.from(bytes).fill(0xff, 100, 2048));
    assert.throws(() => problems(paths), { code: "integrity" });
  });

  it("misses no byte of the database that belongs to an event, and survives any", () => {
    const paths = grown();
    edit(paths, "PRAGMA wal_checkpoint(TRUNCATE)");
    const whole = readFileSync(paths.database);
    const { root } = verifyLedger({ ...paths, publicKey });
    let noticed = 0;
    for (let at = 0; at < whole.length; at += 101) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      writeFileSync(paths.database, bytes);
      try {
        const verdict = verifyLedger({ ...paths, publicKey });
        // What passes was a change of unused bytes: the events are what they were.
        if (verdict.ok) assert.equal(verdict.root, root);
        else noticed++;
      } catch (error) {
        assert.ok(error instanceof PipelineError, `byte ${at}: ${String(error)}`);
        noticed++;
      }
    }
    assert.ok(noticed > 50);
  });
});
