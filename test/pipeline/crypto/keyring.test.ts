import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PipelineError, type ErrorCode } from "../../../pipeline/core/error.ts";
import { equalBytes } from "../../../pipeline/core/digest.ts";
import { generateHybrid } from "../../../pipeline/crypto/age/hybrid.ts";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import {
  createKeyring,
  openKeyring,
  slotsOf,
  type Keyring,
  type SlotRequest,
  type Unlock,
} from "../../../pipeline/crypto/keyring.ts";
import { openBytes, sealBytes } from "../../../pipeline/crypto/shard.ts";
import { fails } from "./fails.ts";

const weak = { passphraseCost: "weak" } as const;
const passphrase = Buffer.from("correct horse 电池");
const key = Buffer.alloc(32, 7);
const classic = await generateX25519();
const hybrid = await generateHybrid();

const everyKind: readonly SlotRequest[] = [
  { kind: "passphrase", passphrase, label: "me", owner: "ada" },
  { kind: "keyfile", key, label: "machine", owner: "ada" },
  { kind: "recipient", recipient: classic.recipient, label: "backup", owner: "bob" },
  { kind: "recipient", recipient: hybrid.recipient, owner: "eve" },
];
const unlocks: readonly Unlock[] = [
  { kind: "passphrase", passphrase },
  { kind: "keyfile", key },
  { kind: "identity", identity: classic.identity },
  { kind: "identity", identity: hybrid.identity },
];

describe("keyring", () => {
  it("opens with each of its slots, to the same keys", async () => {
    const made = await createKeyring("adult", everyKind, weak);
    const subkey = made.subkey("test");
    assert.equal(made.current, "drk_1");
    assert.deepEqual(made.recipients, [classic.recipient, hybrid.recipient]);
    for (const [i, unlock] of unlocks.entries()) {
      const opened = await openKeyring(made.serialize(), [unlock]);
      assert.deepEqual(opened.openedBy, [`slot_${i + 1}`]);
      assert.ok(equalBytes(opened.subkey("test"), subkey));
      assert.deepEqual(opened.serialize(), made.serialize(), "written again, it is the same");
    }
  });

  it("derives different keys for different purposes and lengths", async () => {
    const keyring = await createKeyring("a", [{ kind: "keyfile", key }]);
    assert.equal(keyring.subkey("a", 64).length, 64);
    assert.ok(!equalBytes(keyring.subkey("a"), keyring.subkey("b")));
  });

  it("says which slots there are when no secret fits", async () => {
    const bytes = (await createKeyring("adult", everyKind, weak)).serialize();
    const other = await generateX25519();
    const wrong: readonly (readonly Unlock[])[] = [
      [],
      [{ kind: "passphrase", passphrase: Buffer.from("wrong") }],
      [{ kind: "keyfile", key: Buffer.alloc(32, 8) }],
      [{ kind: "identity", identity: other.identity }],
      [{ kind: "command", argv: ["true"] }],
    ];
    for (const unlock of wrong) {
      await assert.rejects(openKeyring(bytes, unlock), (error: PipelineError) => {
        assert.equal(error.code, "key");
        assert.match(error.hint ?? "", /slot_1 \(passphrase, me\), slot_2 \(keyfile, machine\)/);
        return true;
      });
    }
    assert.deepEqual(
      slotsOf(bytes).map((s) => s.kind),
      ["passphrase", "keyfile", "recipient", "recipient"],
    );
  });

  it("is refused when any field was changed", async () => {
    const keyring = await createKeyring("adult", everyKind.slice(1, 3));
    const text = Buffer.from(keyring.serialize()).toString();
    const changes: readonly (readonly [RegExp, string, ErrorCode])[] = [
      [/"id":"adult"/, '"id":"other"', "key"],
      [/"revision":2/, '"revision":3', "integrity"],
      [/"label":"backup"/, '"label":"bakcup"', "integrity"],
      [/"owner":"bob"/, '"owner":"ada"', "integrity"],
      [/"slots_made":2/, '"slots_made":9', "integrity"],
      [/"current":"drk_1"/, '"current":"drk_2"', "format"],
      [/"form":"probity-keyring 1"/, '"form":"probity-keyring 2"', "format"],
      [/"form"/, '"extra":0,"form"', "integrity"],
      [/^\{/, "{ ", "format"],
      [/\n$/, "", "format"],
      [/"mac":"./, '"mac":"_', "format"],
    ];
    for (const [pattern, replacement, code] of changes) {
      assert.match(text, pattern);
      await fails(code, async () =>
        openKeyring(Buffer.from(text.replace(pattern, replacement)), [{ kind: "keyfile", key }]),
      );
    }
  });

  it("is refused when a bit of any base64 field was flipped", async () => {
    const keyring = await createKeyring("adult", [{ kind: "keyfile", key }]);
    const text = Buffer.from(keyring.serialize()).toString();
    for (const field of ["commitment", "sealed", "share", "salt", "public_key", "mac"]) {
      const whole = new RegExp(`"${field}":"([^"]+)"`);
      const value = whole.exec(text)?.[1] ?? "";
      const bytes = Buffer.from(value, "base64");
      bytes[5]! ^= 4;
      const changed = text.replace(value, bytes.toString("base64").replace(/=+$/, ""));
      assert.notEqual(changed, text);
      await assert.rejects(
        openKeyring(Buffer.from(changed), [{ kind: "keyfile", key }]),
        (error: PipelineError) => ["key", "integrity"].includes(error.code),
        field,
      );
    }
  });

  it("bounds the work that a file can ask for", async () => {
    const keyring = await createKeyring("a", everyKind.slice(0, 1), weak);
    const text = Buffer.from(keyring.serialize()).toString();
    for (const change of ['"memory_kib":2000000', '"memory_kib":-8', '"memory_kib":8.5']) {
      const bytes = Buffer.from(text.replace(/"memory_kib":8/, change));
      await fails("format", async () => openKeyring(bytes, unlocks));
    }
    const bytes = Buffer.from(text.replace(/"passes":1/, '"passes":17'));
    await fails("format", async () => openKeyring(bytes, unlocks));
  });

  it("has between 1 and 16 slots", async () => {
    await fails("usage", async () => createKeyring("a", []));
    const keyring = await createKeyring("a", [{ kind: "keyfile", key }]);
    await fails("usage", async () => {
      keyring.removeSlot("slot_1");
      return Promise.resolve();
    });
    for (let i = 1; i < 16; i++) await keyring.addSlot({ kind: "keyfile", key });
    await fails("usage", async () => keyring.addSlot({ kind: "keyfile", key }));
    assert.ok((await openKeyring(keyring.serialize(), [{ kind: "keyfile", key }])).has("drk_1"));
  });

  it("has as many post-quantum recipients as a header has room for", async () => {
    const recipients: SlotRequest[] = Array.from({ length: 8 }, () => ({
      kind: "recipient",
      recipient: hybrid.recipient,
    }));
    for (let i = 0; i < 8; i++) {
      recipients.push({ kind: "recipient", recipient: classic.recipient });
    }
    const keyring = await createKeyring("a", recipients);
    const sealed = await sealBytes(keyring, "x".repeat(512), Buffer.from("plain"));
    assert.equal((await openBytes(keyring, "x".repeat(512), sealed)).length, 5);
    await fails("usage", async () =>
      createKeyring("a", [...recipients.slice(0, 8), recipients[0]!]),
    );
  });

  it("refuses what cannot open it again", async () => {
    const requests: readonly SlotRequest[] = [
      { kind: "passphrase", passphrase: Buffer.alloc(0) },
      { kind: "keyfile", key: Buffer.alloc(31) },
      { kind: "recipient", recipient: "age1notakey" },
      { kind: "recipient", recipient: classic.identity },
      { kind: "recipient", recipient: classic.recipient.toUpperCase() },
    ];
    for (const request of requests) await fails("key", async () => createKeyring("a", [request]));
    await fails("usage", async () => createKeyring("a b", [{ kind: "keyfile", key }]));
  });

  it("locks out a removed slot, and keeps the others, whoever removes it", async () => {
    const keyring = await createKeyring("a", everyKind, weak);
    const before = keyring.subkey("x");
    keyring.removeSlot("slot_2");
    const bytes = keyring.serialize();
    await fails("key", async () => openKeyring(bytes, [{ kind: "keyfile", key }]));
    for (const unlock of [unlocks[0]!, unlocks[2]!, unlocks[3]!]) {
      assert.ok(equalBytes((await openKeyring(bytes, [unlock])).subkey("x"), before));
    }
    assert.equal(await keyring.addSlot({ kind: "keyfile", key }), "slot_5", "ids are not reused");
  });

  it("rewraps: same roots, every slot still opens, nothing sealed is the same", async () => {
    const keyring = await createKeyring("a", everyKind, weak);
    const [before, root] = [Buffer.from(keyring.serialize()).toString(), keyring.subkey("x")];
    await keyring.rewrap();
    const after = keyring.serialize();
    for (const unlock of unlocks) {
      assert.ok(equalBytes((await openKeyring(after, [unlock])).subkey("x"), root));
    }
    const sealed = [...before.matchAll(/"sealed":"([^"]+)"/g)].map((m) => m[1]!);
    for (const value of sealed) assert.ok(!Buffer.from(after).includes(value));
  });

  it("rotates: a new root is current, the old one is kept until forgotten", async () => {
    const keyring = await createKeyring("a", everyKind, weak);
    const [first, old] = [keyring.subkey("x"), keyring.revision];
    assert.equal(keyring.rotate(), "drk_2");
    assert.ok(keyring.revision > old);
    const reopened = await openKeyring(keyring.serialize(), [unlocks[2]!]);
    assert.deepEqual(reopened.roots, ["drk_1", "drk_2"]);
    assert.ok(!equalBytes(reopened.subkey("x"), first));
    assert.ok(equalBytes(reopened.subkey("x", 32, "drk_1"), first));
    reopened.forget("drk_1");
    const last: Keyring = await openKeyring(reopened.serialize(), [unlocks[1]!]);
    assert.deepEqual(last.roots, ["drk_2"]);
    await fails("key", async () => Promise.resolve(last.subkey("x", 32, "drk_1")));
    await fails("usage", async () => {
      last.forget("drk_2");
      return Promise.resolve();
    });
    assert.equal(last.rotate(), "drk_3");
  });

  it("gives nothing once closed", async () => {
    const keyring = await createKeyring("a", [{ kind: "keyfile", key }]);
    keyring.close();
    await fails("internal", async () => Promise.resolve(keyring.subkey("x")));
    await fails("internal", async () => Promise.resolve(keyring.serialize()));
  });
});

describe("two owners", () => {
  const options = { ...weak, twoOwners: true };

  it("opens the vault for slots of two owners, not for two slots of one", async () => {
    const made = await createKeyring("v", everyKind, options);
    const [bytes, vault] = [made.serialize(), made.vaultKey("names")];
    for (const pair of [
      [0, 2],
      [1, 3],
      [3, 2],
    ]) {
      const opened = await openKeyring(
        bytes,
        pair.map((i) => unlocks[i]!),
      );
      assert.ok(equalBytes(opened.vaultKey("names"), vault));
    }
    for (const alone of [[0], [2], [0, 1], [3, 3]]) {
      const opened = await openKeyring(
        bytes,
        alone.map((i) => unlocks[i]!),
      );
      assert.equal(opened.subkey("x").length, 32, "the rest opens");
      await fails("key", async () => Promise.resolve(opened.vaultKey("names")));
      await fails("key", async () => opened.addSlot({ kind: "keyfile", key }));
    }
  });

  it("keeps the vault through rotation, removal and addition", async () => {
    const made = await createKeyring("v", everyKind, options);
    const vault = made.vaultKey("names");
    const opened = await openKeyring(made.serialize(), [unlocks[0]!, unlocks[2]!]);
    opened.rotate();
    opened.removeSlot("slot_4");
    const other = Buffer.alloc(40, 9);
    await opened.addSlot({ kind: "keyfile", key: other, owner: "dan" });
    const again = await openKeyring(opened.serialize(), [
      { kind: "keyfile", key: other },
      unlocks[0]!,
    ]);
    assert.ok(equalBytes(again.vaultKey("names"), vault));
  });

  it("needs two owners to begin with, and to remain", async () => {
    await fails("usage", async () => createKeyring("v", everyKind.slice(0, 2), options));
    const keyring = await createKeyring("v", everyKind.slice(1, 3), options);
    await fails("usage", async () => {
      keyring.removeSlot("slot_1");
      return Promise.resolve();
    });
  });
});
