import assert from "node:assert/strict";
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { verifyLedger } from "../../../audit/ledger/audit.ts";
import { openLedger } from "../../../audit/ledger/log.ts";
import { recall, remember } from "../../../audit/ledger/memory.ts";
import { newFolder, newSigner, origin, pathsIn, someEvents, withLedger } from "./fixture.ts";

const signer = newSigner();

describe("the memory of the largest tree", () => {
  it("gives back the last tree of each log", () => {
    const folder = join(newFolder(), "new");
    assert.equal(recall(folder, origin), undefined);
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    remember(folder, { origin, size: 5, root: one });
    remember(folder, { origin: "other", size: 9, root: two });
    remember(folder, { origin, size: 6, root: two });
    assert.deepEqual(recall(folder, origin), { origin, size: 6, root: two });
    assert.deepEqual(recall(folder, "other"), { origin: "other", size: 9, root: two });
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "{}");
    assert.throws(() => recall(folder, origin), { code: "integrity" });
  });

  it("shows that database and checkpoints were both put back", () => {
    const folder = newFolder();
    const [live, copy, memory] = [
      join(folder, "live"),
      join(folder, "copy"),
      join(folder, "memory"),
    ];
    const paths = pathsIn(live);
    const audit = { ...paths, publicKey: signer.verifierKey, memory };
    withLedger(paths, signer, (ledger) => {
      ledger.append(someEvents(10));
      ledger.checkpoint();
    });
    cpSync(live, copy, { recursive: true });
    withLedger(paths, signer, (ledger) => {
      ledger.append(someEvents(5));
      ledger.checkpoint();
      ledger.append(someEvents(2));
    });
    assert.deepEqual(verifyLedger(audit).problems, []);
    rmSync(live, { recursive: true });
    cpSync(copy, live, { recursive: true });
    assert.equal(verifyLedger({ ...audit, memory: join(folder, "none") }).ok, true);
    assert.deepEqual(verifyLedger(audit).problems, [
      { fault: "older-copy", message: "the ledger has 10 events, but 17 were seen before" },
    ]);
    const ledger = openLedger({ ...paths, origin, signer, memory });
    ledger.append(someEvents(9, 50));
    assert.throws(() => ledger.checkpoint(), {
      code: "integrity",
      message: "the first 17 events of the ledger are not those seen before",
    });
    ledger.close();
    assert.deepEqual(verifyLedger(audit).problems, [
      {
        fault: "rewritten",
        message: "history was rewritten: the first 17 events are not those seen before",
      },
    ]);
  });

  it("is kept by whoever signs, too", () => {
    const folder = newFolder();
    const memory = join(folder, "memory");
    const first = openLedger({ ...pathsIn(join(folder, "a")), origin, signer, memory });
    first.append(someEvents(3));
    first.checkpoint();
    first.close();
    const second = openLedger({ ...pathsIn(join(folder, "b")), origin, signer, memory });
    second.append(someEvents(1));
    assert.throws(() => second.checkpoint(), {
      code: "integrity",
      message: "the ledger has 1 events, but 3 were seen before",
    });
    second.close();
  });
});
