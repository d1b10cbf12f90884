import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import { createKeyring, openKeyring, type Unlock } from "../../../pipeline/crypto/keyring.ts";
import { keyringFile } from "../../../pipeline/run/destruction.ts";
import { saveKeyring } from "../../../pipeline/run/keys.ts";
import { requireTwoOwners, subjectKeys } from "../../../pipeline/run/subjects.ts";
import { createWorkspace, type Workspace } from "../../../pipeline/run/workspace.ts";
import { fails } from "../crypto/fails.ts";

describe("the two-owner rule on a vault that is there already", () => {
  const folder = mkdtempSync(join(tmpdir(), "probity-owners-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const key = randomBytes(32);
  const data: Unlock = { kind: "keyfile", key };
  let audit: Unlock;
  let workspace: Workspace;
  let sealed: Uint8Array;
  const keyrings = (): string => keyringFile(workspace, "d");
  const secrets = (): string => join(workspace.keys, "d.subjects.age");

  before(async () => {
    workspace = await createWorkspace(folder);
    const { recipient, identity } = await generateX25519();
    audit = { kind: "identity", identity };
    const keyring = await createKeyring("d", [
      { kind: "keyfile", key, owner: "data" },
      { kind: "recipient", recipient, owner: "audit" },
    ]);
    await saveKeyring(workspace, keyring);
    const people = await subjectKeys(workspace, keyring);
    people.keys.ensure(["ada"]);
    sealed = people.keys.sealCell("ada", "name,0", "Ada Lovelace");
    people.close();
    keyring.close();
  });

  const read = async (...unlocks: readonly Unlock[]): Promise<string | undefined> => {
    const keyring = await openKeyring(readFileSync(keyrings()), unlocks);
    try {
      const people = await subjectKeys(workspace, keyring);
      const text = people.keys.openCell("ada", "name,0", sealed);
      people.close();
      return text;
    } finally {
      keyring.close();
    }
  };
  const convert = async (...unlocks: readonly Unlock[]): Promise<void> => {
    const keyring = await openKeyring(readFileSync(keyrings()), unlocks);
    await requireTwoOwners(workspace, keyring).finally(() => {
      keyring.close();
    });
  };

  it("opens with either before, with both after, and with neither alone", async () => {
    assert.equal(await read(data), "Ada Lovelace");
    assert.equal(await read(audit), "Ada Lovelace");
    const before = readFileSync(secrets());
    await convert(data);
    assert.equal(await read(data, audit), "Ada Lovelace");
    await fails("key", async () => read(data));
    await fails("key", async () => read(audit));
    const after = readFileSync(secrets());

    // As a kill between the two files leaves it: the rule holds, and both together end it.
    writeFileSync(secrets(), before);
    await fails("key", async () => read(data));
    await fails("key", async () => read(audit));
    assert.equal(await read(data, audit), "Ada Lovelace");
    await fails("key", async () => convert(data));
    assert.deepEqual(readFileSync(secrets()), before);
    await convert(data, audit);
    assert.notDeepEqual(readFileSync(secrets()), before);
    assert.equal(await read(data, audit), "Ada Lovelace");
    await fails("key", async () => read(data));

    // The first conversion's file is still good: the vault key did not change.
    writeFileSync(secrets(), after);
    assert.equal(await read(data, audit), "Ada Lovelace");
  });

  it("is refused to slots of one owner, and changes nothing", async () => {
    const keyring = await createKeyring("d", [
      { kind: "keyfile", key, owner: "data" },
      { kind: "keyfile", key: randomBytes(32), owner: "data" },
    ]);
    await saveKeyring(workspace, keyring);
    rmSync(secrets());
    rmSync(join(workspace.keys, "d.subjects.db"));
    (await subjectKeys(workspace, keyring)).close();
    const before = [readFileSync(keyrings()), readFileSync(secrets())];
    await fails("usage", async () => convert(data));
    assert.deepEqual([readFileSync(keyrings()), readFileSync(secrets())], before);
  });
});
