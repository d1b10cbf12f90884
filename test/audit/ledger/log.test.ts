import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseCheckpoint } from "../../../audit/ledger/checkpoint.ts";
import { openDatabase } from "../../../audit/ledger/database.ts";
import { openLedger } from "../../../audit/ledger/log.ts";
import {
  leafHash,
  treeRoot,
  verifyInclusion,
  nodeHash,
  type NodeReader,
} from "../../../audit/ledger/merkle.ts";
import { openNote, parseVerifierKey } from "../../../audit/ledger/note.ts";
import { parseProof } from "../../../audit/ledger/proof.ts";
import { completedNodes, ledgerSchema, nodeId } from "../../../audit/ledger/tree-store.ts";
import { newFolder, newSigner, origin, pathsIn, someEvents, withLedger } from "./fixture.ts";

const signer = newSigner();

describe("the ledger", () => {
  it("keeps canonical JSON, in order, over closing and opening", () => {
    const paths = pathsIn(newFolder());
    const [entry] = withLedger(paths, signer, (ledger) => ledger.append([{ b: 1, a: "ü" }]));
    assert.deepEqual(entry, { index: 0, leaf: Buffer.from('{"a":"ü","b":1}') });
    withLedger(paths, signer, (ledger) => {
      assert.deepEqual(
        ledger.append([[], "x"]).map(({ index }) => index),
        [1, 2],
      );
      assert.equal(ledger.size, 3);
      assert.deepEqual(
        [...ledger.events(1)].map(({ leaf }) => Buffer.from(leaf).toString()),
        ["[]", '"x"'],
      );
      assert.deepEqual(ledger.event(0), { index: 0, leaf: Buffer.from('{"a":"ü","b":1}') });
      assert.throws(() => ledger.event(3), { code: "usage" });
    });
  });

  it("has the root of RFC 6962 at every size, in whatever portions it grew", () => {
    const leaves = someEvents(70).map((event) => Buffer.from(JSON.stringify(event)));
    const read: NodeReader = (level, index) =>
      level === 0
        ? leafHash(leaves[index]!)
        : nodeHash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
    withLedger(pathsIn(newFolder()), signer, (ledger) => {
      for (let size = 0, step = 0; size <= 70; size += step, step = (step * 3 + 1) % 8) {
        ledger.append(someEvents(size - ledger.size, ledger.size));
        assert.deepEqual(ledger.root(), treeRoot(read, size));
      }
    });
  });

  it("appends all events or none", () => {
    withLedger(pathsIn(newFolder()), signer, (ledger) => {
      ledger.append(someEvents(3));
      const root = ledger.root();
      assert.throws(() => ledger.append([{ a: 1 }, { a: NaN }]), { code: "internal" });
      assert.throws(() => ledger.append([{ a: 1 }, "x".repeat(65_534)]), { code: "internal" });
      assert.equal(ledger.size, 3);
      assert.deepEqual(ledger.root(), root);
      assert.deepEqual(ledger.append([]), []);
    });
  });

  it("finds the newest event that equals another", () => {
    withLedger(pathsIn(newFolder()), signer, (ledger) => {
      ledger.append([{ a: 1, b: 2 }, "x", { b: 2, a: 1 }, "y"]);
      assert.equal(ledger.indexOf({ b: 2, a: 1 }), 2);
      assert.equal(ledger.indexOf("x"), 1);
      assert.equal(ledger.indexOf("z"), undefined);
    });
  });

  it("may be open twice, and each sees what the other appends", () => {
    const paths = pathsIn(newFolder());
    withLedger(paths, signer, (one) => {
      withLedger(paths, signer, (other) => {
        for (let i = 0; i < 20; i++) {
          one.append(someEvents(1 + (i % 3)));
          other.append(someEvents(1));
        }
        assert.equal(one.size, other.size);
        assert.deepEqual(one.root(), other.root());
      });
    });
  });

  it("numbers the stored nodes in the order in which they are completed", () => {
    for (let size = 1, id = 0; size < 300; size++) {
      for (let level = 1; size % 2 ** level === 0; level++)
        assert.equal(nodeId(level, size / 2 ** level - 1), ++id);
      assert.equal(completedNodes(size), id);
    }
  });

  it("is of one origin", () => {
    const { database, checkpoints } = pathsIn(newFolder());
    withLedger({ database, checkpoints }, signer, (ledger) => ledger.append([1]));
    assert.throws(() => openLedger({ database, checkpoints, origin: "other.example" }), {
      code: "workspace",
      message: "this is the ledger of example.com/ledger, not of other.example",
    });
  });

  it("is not opened when it is another kind of file, or of a later version", () => {
    const { database, checkpoints } = pathsIn(newFolder());
    openDatabase(database, { ...ledgerSchema, applicationId: 1 }).close();
    assert.throws(() => openLedger({ database, checkpoints, origin }), { code: "format" });
    writeFileSync(database, "text that is surely not a database".repeat(9));
    assert.throws(() => openLedger({ database, checkpoints, origin }), { code: "integrity" });
    const later = pathsIn(newFolder());
    withLedger(later, signer, (ledger) => ledger.append([1]));
    const db = openDatabase(later.database, ledgerSchema);
    db.pragma("user_version = 99");
    db.close();
    assert.throws(() => openLedger({ ...later, origin }), { code: "workspace" });
  });
});

describe("checkpoints of the ledger", () => {
  it("are signed notes over the size and root, in files of their own", () => {
    const paths = pathsIn(newFolder());
    withLedger(paths, signer, (ledger) => {
      ledger.append(someEvents(5));
      const note = ledger.checkpoint();
      const { text } = openNote(note, [parseVerifierKey(signer.verifierKey)]);
      assert.deepEqual(parseCheckpoint(text), { origin, size: 5, root: ledger.root() });
      assert.equal(readFileSync(join(paths.checkpoints, "5.note"), "utf8"), note);
      assert.equal(readFileSync(join(paths.checkpoints, "latest.note"), "utf8"), note);
      assert.equal(ledger.checkpoint(), note);
      ledger.append([1]);
      ledger.checkpoint();
      assert.deepEqual(readdirSync(paths.checkpoints).sort(), ["5.note", "6.note", "latest.note"]);
    });
  });

  it("prove every event under them, and none after", () => {
    withLedger(pathsIn(newFolder()), signer, (ledger) => {
      ledger.append(someEvents(11));
      assert.throws(() => ledger.prove(0), { code: "usage" });
      const note = ledger.checkpoint();
      const root = ledger.root();
      ledger.append(someEvents(3));
      for (const { index, leaf } of ledger.events()) {
        if (index >= 11) {
          assert.throws(() => ledger.prove(index), { code: "usage" });
          continue;
        }
        const proof = parseProof(ledger.prove(index));
        assert.equal(proof.checkpoint, note);
        assert.ok(verifyInclusion(proof.index, 11, leafHash(leaf), proof.hashes, root));
      }
    });
  });

  it("need the key", () => {
    const ledger = openLedger({ ...pathsIn(newFolder()), origin });
    assert.throws(() => ledger.checkpoint(), { code: "key" });
    ledger.close();
  });

  it("are refused over a tree that is smaller than the latest one", () => {
    const [old, live] = [pathsIn(newFolder()), pathsIn(newFolder())];
    withLedger(live, signer, (ledger) => {
      ledger.append(someEvents(9));
      ledger.checkpoint();
    });
    withLedger({ ...live, database: old.database }, signer, (ledger) => {
      ledger.append(someEvents(5));
      const message = "the ledger has 5 events, but a checkpoint was signed over 9";
      assert.throws(() => ledger.checkpoint(), { code: "integrity", message });
      assert.throws(() => ledger.prove(1), { code: "integrity", message });
    });
    assert.ok(!existsSync(join(live.checkpoints, "5.note")));
  });

  it("are refused over another history than that of the latest one", () => {
    const [other, live] = [pathsIn(newFolder()), pathsIn(newFolder())];
    withLedger(live, signer, (ledger) => {
      ledger.append(someEvents(9));
      ledger.checkpoint();
    });
    withLedger({ ...live, database: other.database }, signer, (ledger) => {
      ledger.append(someEvents(12, 1));
      assert.throws(() => ledger.checkpoint(), {
        code: "integrity",
        message: "the first 9 events of the ledger are not those of the latest checkpoint",
      });
    });
  });
});
