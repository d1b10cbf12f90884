import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import { createKeyring, openKeyring, type Keyring } from "../../../pipeline/crypto/keyring.ts";
import { eraseSubject, eventsOf, type ErasureReport } from "../../../pipeline/run/erase.ts";
import { erasureReach } from "../../../pipeline/run/erasure-class.ts";
import { openProject, saveKeyring, type ProjectKeys } from "../../../pipeline/run/keys.ts";
import { recordEvents } from "../../../pipeline/run/ledger.ts";
import { subjectKeys } from "../../../pipeline/run/subjects.ts";
import { createWorkspace, type Workspace } from "../../../pipeline/run/workspace.ts";
import { fails } from "../crypto/fails.ts";
import { writeProvider } from "../crypto/provider.ts";

// Transit as the vault program shows it: a key for each version, bound to the associated data.
const vault = `#!${process.execPath}
const { createCipheriv, createDecipheriv, createHash } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");
const file = __filename + ".json";
const state = JSON.parse(readFileSync(file, "utf8"));
const [verb, , path, ...pairs] = process.argv.slice(2);
const given = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
for (const [name, value] of Object.entries(given)) if (value === "-") given[name] = readFileSync(0, "utf8");
const key = (version) => createHash("sha256").update("transit " + version).digest();
const nonce = Buffer.alloc(12);
const aad = Buffer.from(given.associated_data ?? "", "base64");
const [, engine, name] = path.split("/");
let data = {};
if (verb === "read") data = { latest_version: state.latest };
else if (engine === "encrypt") {
  const cipher = createCipheriv("aes-256-gcm", key(state.latest), nonce).setAAD(aad);
  const sealed = Buffer.concat([cipher.update(given.plaintext, "base64"), cipher.final(), cipher.getAuthTag()]);
  data = { ciphertext: "vault:v" + state.latest + ":" + sealed.toString("base64") };
} else if (engine === "decrypt") {
  const [, version, text] = /^vault:v(\\d+):(.*)$/.exec(given.ciphertext);
  if (Number(version) < state.oldest) process.exit(2);
  const sealed = Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key(version), nonce).setAAD(aad).setAuthTag(sealed.subarray(-16));
  data = { plaintext: Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString("base64") };
} else if (path.endsWith("/trim")) state.oldest = Number(given.min_available_version);
writeFileSync(file, JSON.stringify(state));
process.stdout.write(JSON.stringify({ data }));
`;

describe("the class of an erasure", () => {
  const folder = mkdtempSync(join(tmpdir(), "probity-class-"));
  const path = process.env.PATH;
  const memory = process.env.PROBITY_MEMORY;
  let workspace: Workspace;
  let project: ProjectKeys;
  before(async () => {
    process.env.PROBITY_MEMORY = join(folder, "memory");
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/vault"), vault, { mode: 0o700 });
    process.env.PATH = `${join(folder, "bin")}${delimiter}${path ?? ""}`;
    workspace = await createWorkspace(join(folder, "workspace"));
    const key = randomBytes(32);
    project = await openProject(workspace, ["keyfile"], {
      keyFile: () => Promise.resolve(key),
      passphrase: () => Promise.resolve(undefined),
      identities: () => Promise.resolve([]),
      commands: () => [],
    });
  });
  after(() => {
    project.keyring.close();
    process.env.PATH = path;
    if (memory === undefined) delete process.env.PROBITY_MEMORY;
    else process.env.PROBITY_MEMORY = memory;
    rmSync(folder, { recursive: true });
  });

  const withPeople = async (keyring: Keyring): Promise<void> => {
    await saveKeyring(workspace, keyring);
    const people = await subjectKeys(workspace, keyring);
    people.keys.ensure(["a", "b", "c", "d", "e"]);
    people.close();
  };
  const erase = async (keyring: Keyring, subject: string): Promise<ErasureReport> => {
    const report = await eraseSubject(workspace, keyring, project.signer, subject);
    assert.equal(report.erased, true);
    const tombstone = eventsOf(workspace, "erased").at(-1);
    assert.deepEqual([tombstone?.class, tombstone?.due], [report.class, report.due]);
    return report;
  };
  const record = (keyring: Keyring, change: Readonly<Record<string, string | string[]>>): void => {
    recordEvents(workspace, project.signer, [{ kind: "keys", keyring: keyring.id, ...change }]);
  };
  const destroy = async (keyring: Keyring, slot: string, days?: number): Promise<string> => {
    const due = await keyring.destroyAtProvider(slot, days);
    record(keyring, { change: "provider-destroyed", slots: [slot], due });
    return due;
  };

  it("follows the providers of a keyring's slots", async () => {
    const { argv } = writeProvider(folder);
    const keyring = await createKeyring("d", [
      { kind: "command", argv },
      { kind: "keyfile", key: randomBytes(32) },
    ]);
    await withPeople(keyring);
    assert.equal((await erase(keyring, "a")).class, "file");
    const due = await destroy(keyring, "slot_1", 30);
    assert.equal((await erase(keyring, "b")).class, "file", "the key file opens every copy");
    keyring.removeSlot("slot_2");
    const { class: scheduled, due: told } = await erase(keyring, "c");
    assert.deepEqual([scheduled, told], ["kms-scheduled", due]);
    await keyring.rewrap();
    record(keyring, { change: "rewrapped" });
    assert.equal((await erase(keyring, "d")).class, "file", "the slot is under another key now");
    const now = await destroy(keyring, "slot_1");
    const last = await erase(keyring, "e");
    assert.deepEqual([last.class, last.due], ["kms-destroyed", now]);
    await fails("key", async () => openKeyring(keyring.serialize(), [{ kind: "command", argv }]));
  });

  it("is that of Vault's transit engine, by its reference command", async () => {
    const state = join(folder, "bin/vault.json");
    writeFileSync(state, JSON.stringify({ latest: 1, oldest: 1 }));
    const script = fileURLToPath(new URL("docs/key-commands/vault-transit.mjs", packageRoot));
    const slot = { kind: "command", argv: [process.execPath, script, "probity"] } as const;
    const keyring = await createKeyring("v", [slot]);
    await withPeople(keyring);
    assert.equal(keyring.slots[0]?.version, "1");
    await openKeyring(keyring.serialize(), [slot]);
    // The newest version wraps other keyrings as well, and Vault schedules nothing.
    await fails("key", async () => destroy(keyring, "slot_1"));
    writeFileSync(state, JSON.stringify({ latest: 2, oldest: 1 }));
    await fails("key", async () => destroy(keyring, "slot_1", 30));
    await destroy(keyring, "slot_1");
    assert.equal((await erase(keyring, "a")).class, "kms-destroyed");
    await fails("key", async () => openKeyring(keyring.serialize(), [slot]));
  });

  it("is file for a keyring of which nothing was destroyed, or that has no command", () => {
    const slot = { id: "slot_1", label: "", owner: "" };
    const event = { kind: "keys", change: "provider-destroyed", slots: ["slot_1"] };
    const due = "2026-01-01T00:00:00.000Z";
    const now = new Date("2027-01-01");
    const keyring = { id: "d", slots: [{ ...slot, kind: "command" as const }] };
    assert.deepEqual(erasureReach(keyring, [], now), { class: "file" });
    assert.deepEqual(erasureReach(keyring, [{ ...event, keyring: "other", due }], now), {
      class: "file",
    });
    const of = { ...event, keyring: "d", due };
    assert.deepEqual(erasureReach(keyring, [of], now), { class: "kms-destroyed", due });
    const file = { id: "d", slots: [{ ...slot, kind: "keyfile" as const }] };
    assert.deepEqual(erasureReach(file, [of], now), { class: "file" });
  });
});
