import assert from "node:assert/strict";
import { readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { generateX25519 } from "../../pipeline/crypto/age/x25519.ts";
import { sealedPlace } from "../../pipeline/crypto/shard.ts";
import { openFile } from "../../pipeline/run/files.ts";
import { marks, writePeople } from "./keys-run.ts";
import { filesBelow, Sandbox } from "./program.ts";

/** Kills the program once the n-th file that matches has been renamed into its place. */
const moments: readonly (readonly [action: string, folder: string, file: RegExp, n: number])[] = [
  ["rewrap", "keys", /keyring\.json/, 1],
  ["rotate", "keys", /keyring\.json/, 1],
  ["rotate", "datasets/D/shards", /^0000\d\.age$/, 1],
  ["rotate", "datasets/D/vault", /^0000\d\.age$/, 2],
  ["rotate", "datasets/D", /dataset\.json/, 1],
  ["reencrypt", "keys", /reseal\.json/, 1],
  ["reencrypt", "datasets/D/shards", /^0000\d\.age$/, 2],
  ["reencrypt", "datasets/D", /resealed\.dsse\.json/, 1],
  ["two-owners", "keys", /keyring\.json/, 1],
  ["two-owners", "keys", /subjects\.age/, 1],
];

/** The secrets of both owners: the key file, which is there always, and the auditor's identity. */
const both = ["--identity", "audit.txt"];

describe("a kill while keys change", () => {
  const sandbox = new Sandbox();
  let dataset = "";
  let rows = "";
  before(async () => {
    const { code, stderr } = await sandbox.run(["run", writePeople(sandbox)]);
    assert.equal(code, 0, stderr);
    dataset = readdirSync(sandbox.path(".probity/datasets"))[0] ?? "";
    rows = (await sandbox.run(["open", dataset])).stdout;
    assert.equal(rows.trim().split("\n").length, 700);
    const { recipient, identity } = await generateX25519();
    writeFileSync(sandbox.path("audit.txt"), `${identity}\n`, { mode: 0o600 });
    const added = await sandbox.run(["keys", "add", dataset, "--recipient", `audit=${recipient}`]);
    assert.equal(added.code, 0, added.stderr);
  });
  after(() => {
    sandbox.remove();
  });

  /** The root that each file is under, all of which the keyring must still have. */
  const roots = async (): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    for (const path of filesBelow(sandbox.path(".probity/datasets", dataset))) {
      if (!path.endsWith(".age")) continue;
      const file = await openFile(path);
      found.add((await sealedPlace(file))?.root ?? path);
      await file.close();
    }
    return found;
  };

  for (const [action, folder, pattern, n] of moments) {
    it(`${action}, killed after ${n} of ${String(pattern)}, leaves every row readable`, async () => {
      const { child, ended } = sandbox.start(["keys", action, dataset, ...both]);
      let seen = 0;
      const watcher = watch(
        sandbox.path(".probity", folder.replace("D", dataset)),
        (event, name) => {
          const isPlaced = event === "rename" && name !== null && !name.includes("partial");
          if (isPlaced && pattern.test(name) && ++seen === n) child.kill("SIGKILL");
        },
      );
      const { signal, stderr } = await ended;
      watcher.close();
      assert.ok(seen >= n, `nothing was written: ${stderr}`);
      const { roots: has } = JSON.parse(
        readFileSync(sandbox.path(`.probity/keys/${dataset}.keyring.json`), "utf8"),
      ) as { roots: { id: string }[] };
      for (const root of await roots()) assert.ok(has.some(({ id }) => id === root));
      const opened = await sandbox.run(["open", dataset]);
      assert.equal(opened.stdout, rows, `${String(signal)} ${opened.stderr}`);
    });
  }

  it("leaves a vault that two owners open together, and neither alone", async () => {
    const open = ["open", dataset, "--rows", "17:18", "--vault", "--reason", "test"];
    const together = await sandbox.run([...open, ...both]);
    assert.equal(together.code, 0, together.stderr);
    assert.ok(together.stdout.includes(marks[0]));
    const none = { env: { PROBITY_KEY_FILE: sandbox.path("none") } };
    for (const alone of [await sandbox.run(open), await sandbox.run([...open, ...both], none)]) {
      assert.equal(alone.code, 3);
      assert.match(alone.stderr, /the vault of .* needs slots of two owners/);
      assert.equal(alone.stdout, "");
    }
  });

  it("is made good by the next call, and nothing is left of it", async () => {
    const { code, stderr } = await sandbox.run(["keys", "rotate", dataset, ...both]);
    assert.equal(code, 0, stderr);
    assert.equal((await roots()).size, 1);
    assert.equal((await sandbox.run(["open", dataset])).stdout, rows);
    assert.equal((await sandbox.run(["verify", "latest"])).code, 0);
    assert.equal((await sandbox.run(["ledger", "verify"])).code, 0);
    assert.deepEqual(
      readdirSync(sandbox.path(".probity/keys")).filter((name) => name.endsWith("reseal.json")),
      [],
    );
  });
});
