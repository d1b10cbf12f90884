import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { topics as keysTopics } from "../../pipeline/cli/keys/help.ts";
import { topics as ledgerTopics } from "../../pipeline/cli/ledger/help.ts";
import { writeProvider } from "../pipeline/crypto/provider.ts";
import { writePeople } from "./keys-run.ts";
import { filesBelow, Sandbox } from "./program.ts";

interface Slot {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly owner: string;
  readonly version?: string;
}
interface Listed {
  readonly keyrings: readonly {
    readonly keyring: string;
    readonly roots: readonly string[];
    readonly two_owners: boolean;
    readonly destroyed_on?: string;
    readonly slots: readonly Slot[];
  }[];
}

const has = (program: string): boolean => spawnSync("which", [program]).status === 0;
const age = has("age") && has("age-keygen") ? false : "age is not installed";

/** A finished run with a dataset under keys per person. */
async function prepared(seal?: string): Promise<{ sandbox: Sandbox; dataset: string }> {
  const sandbox = new Sandbox();
  const policy = writePeople(sandbox, seal === undefined ? {} : { seal });
  const { code, stderr } = await sandbox.run(["run", policy]);
  assert.equal(code, 0, stderr);
  const [dataset = ""] = readdirSync(sandbox.path(".probity/datasets"));
  return { sandbox, dataset };
}

async function ok(sandbox: Sandbox, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox.run(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}

async function json<T>(sandbox: Sandbox, ...args: readonly string[]): Promise<T> {
  return JSON.parse(await ok(sandbox, ...args, "--json")) as T;
}

/** Digest of every file below a folder, by its path. */
function digests(folder: string): ReadonlyMap<string, string> {
  return new Map(
    filesBelow(folder).map((path) => [
      path.slice(folder.length + 1),
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    ]),
  );
}

/** The bytes behind an age header. */
function payload(path: string): Buffer {
  const bytes = readFileSync(path);
  const line = bytes.indexOf("\n--- ") + 1;
  return bytes.subarray(bytes.indexOf("\n", line) + 1);
}

// Each suite has a folder of its own, so two go on at once.
describe("keys", { concurrency: 2 }, () => {
  describe("slots", { concurrency: 1 }, () => {
    let sandbox: Sandbox;
    let dataset: string;
    after(() => {
      sandbox.remove();
    });

    it("are listed without a key, and more can be added", async () => {
      ({ sandbox, dataset } = await prepared("{ shard_rows: 256 }"));
      const passphrase = sandbox.path("passphrase");
      writeFileSync(passphrase, "correct horse battery staple\n");
      const before = digests(sandbox.path(".probity/datasets"));
      // The shell opens the descriptor, as a person's would.
      const program = process.argv[1]?.replace(/test\/cli\/.*$/, "pipeline/cli/main.js") ?? "";
      const added = spawnSync(
        "sh",
        [
          "-c",
          `"${process.execPath}" "${program}" keys add ${dataset} --recipient passphrase --label "in my head" --passphrase-fd 3 --json 3<passphrase`,
        ],
        {
          cwd: sandbox.folder,
          env: {
            ...process.env,
            PROBITY_KEY_FILE: sandbox.path("key"),
            PROBITY_MEMORY: sandbox.path("memory"),
          },
        },
      );
      assert.equal(added.status, 0, added.stderr.toString());
      const { keyrings } = await json<Listed>(sandbox, "keys", "list", dataset);
      assert.deepEqual(
        keyrings[0]?.slots.map(({ kind, label }) => [kind, label]),
        [
          ["keyfile", ""],
          ["passphrase", "in my head"],
        ],
      );
      assert.deepEqual(digests(sandbox.path(".probity/datasets")), before);
    });

    it("open each by itself: the passphrase without the key file", () => {
      const rows = spawnSync(
        "sh",
        [
          "-c",
          `"${process.execPath}" "${process.argv[1]?.replace(/test\/cli\/.*$/, "pipeline/cli/main.js") ?? ""}" open ${dataset} --rows 0:2 --passphrase-fd 3 3<passphrase`,
        ],
        {
          cwd: sandbox.folder,
          env: {
            ...process.env,
            PROBITY_KEY_FILE: sandbox.path("no-such-key"),
            PROBITY_MEMORY: sandbox.path("memory"),
          },
        },
      );
      assert.equal(rows.status, 0, rows.stderr.toString());
      assert.equal(rows.stdout.toString().trim().split("\n").length, 2);
    });

    it("are taken away, the last one never", async () => {
      const out = await sandbox.run(["keys", "remove", dataset, "--slot", "slot_2", "--json"]);
      assert.equal(out.code, 0, out.stderr);
      assert.match(out.stderr, /can still open that copy: probity keys reencrypt/);
      const last = await sandbox.run(["keys", "remove", dataset, "--slot", "slot_1"]);
      assert.equal(last.code, 2);
      assert.match(last.stderr, /slot_1 is the last slot of the keyring/);
      const none = await sandbox.run(["keys", "remove", dataset, "--slot", "slot_9"]);
      assert.match(none.stderr, /has no slot slot_9/);
    });

    it("of a key management service follow its versions, and only as the person names the command", async () => {
      const kms = writeProvider(sandbox.folder);
      const argv = JSON.stringify(kms.argv);
      await ok(sandbox, "keys", "add", dataset, "--recipient", `command:${argv}`, "--label", "kms");
      const version = async (): Promise<string | undefined> =>
        (await json<Listed>(sandbox, "keys", "list", dataset)).keyrings[0]?.slots.at(-1)?.version;
      assert.equal(await version(), "1");
      const open = ["open", dataset, "--rows", "0:1"];
      const env = { PROBITY_KEY_FILE: sandbox.path("no-such-key") };
      assert.equal((await sandbox.run([...open, "--key-command", argv], { env })).code, 0);
      const unnamed = await sandbox.run(open, { env });
      assert.equal(unnamed.code, 3);
      assert.match(unnamed.stderr, /cannot open the keyring .* with no secret/);
      kms.rotate();
      const before = digests(sandbox.path(".probity/datasets"));
      await ok(sandbox, "keys", "rewrap", dataset);
      assert.equal(await version(), "2");
      assert.deepEqual(digests(sandbox.path(".probity/datasets")), before);
      const { class: later } = await json<{ class: string }>(
        sandbox,
        ...["keys", "destroy", dataset, "--slot", "slot_3", "--after", "30d"],
      );
      assert.equal(later, "kms-scheduled");
      const { class: now } = await json<{ class: string }>(
        sandbox,
        ...["keys", "destroy", dataset, "--slot", "slot_3"],
      );
      assert.equal(now, "kms-destroyed");
      const gone = await sandbox.run([...open, "--key-command", argv], { env });
      assert.equal(gone.code, 3);
      assert.match(gone.stderr, /the key command .* failed: it exited with 1/);
    });

    it("cannot be made of nonsense", async () => {
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [["keys", "frob"], /expected create, list, add/],
        [["keys", "add", dataset], /--recipient SLOT is missing/],
        [["keys", "add", "--recipient", "keyfile"], /name one KEYRING/],
        [["keys", "add", "nowhere", "--recipient", "keyfile"], /there is no keyring nowhere/],
        [["keys", "remove", dataset], /--slot ID is missing/],
        [["keys", "add", dataset, "--recipient", "command:[1]"], /a JSON list of words/],
        [["keys", "destroy", dataset], /could ever be opened again/],
        [["keys", "destroy", dataset, "--after", "soon"], /a time such as 30d/],
        [["keys", "destroy", dataset, "--cancel"], /no destruction of the keyring/],
        [["keys", "erase", "--subject", "x"], /--subject ID and --dataset D/],
        [["keys", "erase", "--subject", "x", "--dataset", dataset], /has no keys per person/],
        [["keys", "sign-revoke"], /--key KEY, --from SIZE and --reason/],
        [["keys", "two-owners", "project"], /all slots of the keyring .* have one owner/],
      ];
      for (const [args, want] of cases) {
        const { code, stderr } = await sandbox.run(args);
        assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
        assert.match(stderr, want);
      }
    });
  });

  describe("help of every action", { concurrency: 1 }, () => {
    for (const [command, topics] of [
      ["keys", keysTopics],
      ["ledger", ledgerTopics],
    ] as const) {
      for (const [action, text] of Object.entries(topics)) {
        it(`${command} ${action} fits a screen and has an example`, () => {
          assert.ok(text.startsWith(`Usage:  probity ${command} ${action}`));
          assert.match(text, new RegExp(`^Example: {2}probity ${command} ${action}`, "m"));
          const lines = text.split("\n");
          assert.ok(lines.length <= 32 && lines.every((line) => line.length <= 110));
        });
      }
    }

    it("is printed by --help", async () => {
      const sandbox = new Sandbox();
      const { code, stdout } = await sandbox.run(["keys", "erase", "--help"]);
      sandbox.remove();
      assert.equal(code, 0);
      assert.equal(stdout, `${keysTopics.erase ?? ""}\n`);
    });
  });

  describe("rotate, reencrypt", { concurrency: 1 }, () => {
    let sandbox: Sandbox;
    let dataset: string;
    after(() => {
      sandbox.remove();
    });
    const shards = (): string[] =>
      filesBelow(sandbox.path(".probity/datasets")).filter((path) => path.endsWith(".age"));

    it("rotate keeps every payload byte, and the report stays verified", async () => {
      ({ sandbox, dataset } = await prepared());
      const before = shards().map((path) => [path, payload(path), readFileSync(path)] as const);
      const rows = await ok(sandbox, "open", dataset);
      const done = await json<{ root: string; files: number }>(sandbox, "keys", "rotate", dataset);
      assert.equal(done.root, "drk_2");
      const others = 2; // the subject secrets, and the key of the identifiers' hashes
      assert.equal(done.files, before.length + others);
      for (const [path, kept, whole] of before) {
        assert.deepEqual(payload(path), kept);
        assert.notDeepEqual(readFileSync(path), whole);
      }
      const { keyrings } = await json<Listed>(sandbox, "keys", "list", dataset);
      assert.deepEqual(keyrings[0]?.roots, ["drk_2"]);
      assert.equal(await ok(sandbox, "open", dataset), rows);
      assert.match(
        await ok(sandbox, "verify", "latest"),
        /was sealed anew, and the signer vouches/,
      );
    });

    it("reencrypt keeps none", async () => {
      const before = shards().map(payload);
      const rows = await ok(sandbox, "open", dataset);
      await ok(sandbox, "keys", "reencrypt", dataset);
      for (const [i, path] of shards().entries()) assert.notDeepEqual(payload(path), before[i]);
      assert.equal(await ok(sandbox, "open", dataset), rows);
      assert.equal((await sandbox.run(["verify", "latest"])).code, 0);
    });

    it("of the project keep the signing key and the pseudonyms", async () => {
      const key = readFileSync(sandbox.path(".probity/keys/signing.pub"), "utf8");
      await ok(sandbox, "keys", "rotate", "project");
      await ok(sandbox, "keys", "reencrypt", "project");
      const rows = await ok(sandbox, "open", dataset);
      await ok(sandbox, "run", "people.yaml", "--set", "seal.shard_rows=300");
      const again =
        readdirSync(sandbox.path(".probity/datasets")).find((id) => id !== dataset) ?? "";
      assert.equal(await ok(sandbox, "open", again), rows);
      assert.equal(readFileSync(sandbox.path(".probity/keys/signing.pub"), "utf8"), key);
    });

    it("does not vouch for a byte that somebody else changed", async () => {
      const [path = ""] = shards().filter((name) => name.includes(join(dataset, "shards")));
      const bytes = readFileSync(path);
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bytes.length - 30) ^ 1, bytes.length - 30);
      writeFileSync(path, changed);
      const { code, stderr } = await sandbox.run(["keys", "rotate", dataset]);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /chunk 0 of the encrypted file was changed/);
      const held = readFileSync(path);
      held.writeUInt8(held.readUInt8(held.length - 30) ^ 1, held.length - 30);
      writeFileSync(path, held);
      const went = await json<{ resumed: boolean }>(sandbox, "keys", "rotate", dataset);
      assert.equal(went.resumed, true);
    });

    it(
      "an age recipient added before a rotation opens the shards with stock age",
      { skip: age },
      async () => {
        execFileSync("age-keygen", ["-o", sandbox.path("id.txt")], { stdio: "ignore" });
        const recipient = execFileSync("age-keygen", ["-y", sandbox.path("id.txt")])
          .toString()
          .trim();
        await ok(sandbox, "keys", "add", dataset, "--recipient", `audit=${recipient}`);
        await ok(sandbox, "keys", "rotate", dataset);
        const [path = ""] = shards().filter((name) => name.includes(join(dataset, "shards")));
        const plain = execFileSync("age", [
          "--decrypt",
          "--identity",
          sandbox.path("id.txt"),
          path,
        ]);
        const [first = ""] = (await ok(sandbox, "open", dataset, "--rows", "0:1")).split("\n");
        assert.equal(plain.toString().split("\n")[0], first);
        const found = await json<{ stanzas: { type: string; args: string[] }[] }>(
          sandbox,
          ...["open", path, "--inspect"],
        );
        assert.deepEqual(
          found.stanzas.map(({ type }) => type),
          ["probity/shard-v1", "X25519"],
        );
        assert.deepEqual(found.stanzas[0]?.args.slice(0, 2), [dataset, "0"]);
      },
    );
  });

  describe("destroy", { concurrency: 1 }, () => {
    let sandbox: Sandbox;
    let dataset: string;
    after(() => {
      sandbox.remove();
    });

    it("is scheduled and cancelled, and opens until then", async () => {
      ({ sandbox, dataset } = await prepared());
      const { due } = await json<{ due: string }>(
        sandbox,
        ...["keys", "destroy", dataset, "--after", "30d"],
      );
      assert.ok(Math.abs(Date.parse(due) - Date.now() - 30 * 864e5) < 60_000);
      const { keyrings } = await json<Listed>(sandbox, "keys", "list", dataset);
      assert.equal(keyrings[0]?.destroyed_on, due);
      await ok(sandbox, "open", dataset, "--rows", "0:1");
      await ok(sandbox, "keys", "destroy", dataset, "--cancel");
      assert.equal(existsSync(sandbox.path(`.probity/keys/${dataset}.destroy.json`)), false);
    });

    it("happens by itself once its time has come", async () => {
      await ok(sandbox, "keys", "destroy", dataset, "--after", "30d");
      const file = sandbox.path(`.probity/keys/${dataset}.destroy.json`);
      const schedule = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
      writeFileSync(file, JSON.stringify({ ...schedule, due: "2020-01-01T00:00:00.000Z" }));
      for (const args of [
        ["open", dataset],
        ["keys", "destroy", dataset, "--cancel"],
        ["run", "people.yaml"],
      ]) {
        const { code, stderr } = await sandbox.run(args);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /the keyring .* was destroyed on/);
      }
      assert.deepEqual(
        readdirSync(sandbox.path(".probity/keys")).filter((name) => name.startsWith(dataset)),
        [`${dataset}.destroyed.json`],
      );
      const { events } = await json<{ events: { event: { change: string } }[] }>(
        sandbox,
        ...["ledger", "events", "--kind", "keys"],
      );
      assert.deepEqual(
        events.map(({ event }) => event.change),
        ["destruction-scheduled", "destruction-cancelled", "destruction-scheduled", "destroyed"],
      );
      await ok(sandbox, "gc");
      assert.equal((await sandbox.run(["run", "people.yaml"])).code, 0);
    });
  });
});
