import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { equalBytes } from "../../../pipeline/core/digest.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import { generateX25519 } from "../../../pipeline/crypto/age/x25519.ts";
import { runKeyCommand } from "../../../pipeline/crypto/key-command.ts";
import { createKeyring, openKeyring } from "../../../pipeline/crypto/keyring.ts";
import { fails } from "./fails.ts";
import { writeProvider } from "./provider.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-kms-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const kms = writeProvider(folder);
const { argv } = kms;
const command = { kind: "command", argv } as const;

describe("command slot", () => {
  it("wraps once, unwraps to open, and follows the provider's key version", async () => {
    const keyring = await createKeyring("adult", [{ ...command, label: "kms" }]);
    const secret = keyring.subkey("x");
    assert.equal(keyring.slots[0]?.version, "1");
    const opened = await openKeyring(keyring.serialize(), [command]);
    assert.ok(equalBytes(opened.subkey("x"), secret));
    opened.rotate();
    await opened.addSlot({ kind: "keyfile", key: Buffer.alloc(32, 3) });
    assert.deepEqual(kms.state().log, ["wrap", "unwrap"], "changing the keyring needs no provider");

    kms.rotate();
    assert.equal(await opened.providerVersion("slot_1"), "2");
    await opened.rewrap();
    assert.equal(opened.slots[0]?.version, "2");
    const again = await openKeyring(opened.serialize(), [command]);
    assert.ok(equalBytes(again.subkey("x", 32, "drk_1"), secret));

    const days = (Date.parse(await again.destroyAtProvider("slot_1", 30)) - Date.now()) / 864e5;
    assert.ok(days > 29.9 && days <= 30);
    await openKeyring(again.serialize(), [command]);
    assert.ok(Date.parse(await again.destroyAtProvider("slot_1")) <= Date.now());
    await fails("key", async () => openKeyring(again.serialize(), [command]));
    await fails("usage", async () => again.providerVersion("slot_2"));
  });

  it("runs no program that the caller did not name", async () => {
    const keyring = await createKeyring("adult", [command]);
    const before = kms.state().log.length;
    for (const named of [undefined, [], argv.slice(0, 2), [...argv, "more"]]) {
      const unlock = { kind: "command", ...(named === undefined ? {} : { argv: named }) } as const;
      await fails("key", async () => openKeyring(keyring.serialize(), [unlock]));
    }
    assert.equal(kms.state().log.length, before);
  });

  it("says what went wrong with a command", async () => {
    const context = { keyring: "k", slot: "s" };
    const node = (code: string): string[] => [process.execPath, "-e", code];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["/nonexistent/kms"], /cannot be started/],
      [node("process.exit(7)"), /exited with 7/],
      [node("process.stdin.resume(); console.log('hello')"), /not JSON/],
      [node("console.log('3')"), /no object/],
      [node("process.stdout.write('x'.repeat(100000))"), /too long/],
    ];
    for (const [words, pattern] of cases) {
      await assert.rejects(async () => runKeyCommand(words, context, { operation: "version" }), {
        code: "key",
        message: pattern,
      });
    }
    await fails("key", async () =>
      createKeyring("k", [{ kind: "command", argv: node("console.log('{}')") }]),
    );
  });
});

const age = spawnSync("age", ["--version"]).status === 0;

describe("reference command for age", { skip: age ? false : "age is not installed" }, () => {
  it("opens a keyring, bound to its slot", async () => {
    const mine = await generateX25519();
    const identity = join(folder, "identity");
    writeFileSync(identity, `${mine.identity}\n`, { mode: 0o600 });
    const script = fileURLToPath(new URL("docs/key-commands/age-plugin.mjs", packageRoot));
    const words = [process.execPath, script, mine.recipient, identity];
    const slot = { kind: "command", argv: words } as const;
    const keyring = await createKeyring("adult", [slot]);
    const opened = await openKeyring(keyring.serialize(), [slot]);
    assert.ok(equalBytes(opened.subkey("x"), keyring.subkey("x")));
    const plaintext = Buffer.alloc(32).toString("base64");
    const one = { keyring: "k", slot: "slot_1" };
    const { wrapped, version } = await runKeyCommand(words, one, { operation: "wrap", plaintext });
    const unwrap = { operation: "unwrap", wrapped: wrapped!, version: version! } as const;
    assert.equal((await runKeyCommand(words, one, unwrap)).plaintext, plaintext);
    const other = { ...one, slot: "slot_2" };
    await fails("key", async () => runKeyCommand(words, other, unwrap));
  });
});
