import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { openSubjects } from "../../audit/ledger/subjects.ts";
import { erased, marks, writePeople } from "./keys-run.ts";
import { filesBelow, filesHolding, Sandbox } from "./program.ts";

interface Report {
  readonly erased: boolean;
  readonly subject: string;
  readonly class: string;
  readonly event?: number;
  readonly shards: number;
  readonly models: readonly { readonly kind: string }[];
  readonly exports: readonly { readonly what: string; readonly reason: string }[];
  readonly backups: readonly { readonly path: string }[];
}
interface Row {
  readonly row: Record<string, unknown>;
  readonly original: Record<string, unknown> | null;
}

async function ok(sandbox: Sandbox, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox.run(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}

function lines(text: string): readonly Row[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

// Each suite has a folder of its own, so two go on at once.
describe("people and owners", { concurrency: 2 }, () => {
  describe("erasing a person", { concurrency: 1 }, () => {
    const sandbox = new Sandbox();
    const workspace = sandbox.path(".probity");
    let dataset = "";
    const sealedFiles = (): ReadonlyMap<string, string> =>
      new Map(
        filesBelow(sandbox.path(".probity/datasets")).map((path) => [
          path,
          createHash("sha256").update(readFileSync(path)).digest("hex"),
        ]),
      );
    const vault = async (): Promise<readonly Row[]> =>
      lines(await ok(sandbox, "open", dataset, "--vault", "--reason", "test"));
    before(async () => {
      await ok(sandbox, "run", writePeople(sandbox, { train: true }));
      dataset = readdirSync(sandbox.path(".probity/datasets"))[0] ?? "";
    });
    after(() => {
      sandbox.remove();
    });

    it("the vault has what identified people, and the disk shows none of it", async () => {
      const rows = await vault();
      assert.equal(rows.length, 700);
      const theirs = rows.filter(({ original }) => original?.person === erased);
      assert.equal(theirs.length, 3);
      assert.ok(theirs.every(({ original }) => original?.name === marks[0]));
      assert.ok(theirs.every(({ original }) => String(original?.notes).includes(marks[1])));
      for (const mark of [...marks, erased]) assert.deepEqual(filesHolding(workspace, mark), []);
    });

    it("asks why, where the policy says so, and the ledger keeps the answer", async () => {
      const refused = await sandbox.run(["open", dataset, "--vault"]);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /the policy of .* asks why its vault is opened/);
      assert.equal(refused.stdout, "");
      await ok(
        sandbox,
        "open",
        dataset,
        "--rows",
        "0:5",
        "--reason",
        "ticket 7",
        "--output",
        "x.jsonl",
      );
      const { events } = JSON.parse(
        await ok(sandbox, "ledger", "events", "--kind", "opened", "--json"),
      ) as { events: { event: Record<string, unknown> }[] };
      const { at, ...last } = events.at(-1)?.event ?? {};
      assert.ok(typeof at === "string");
      assert.deepEqual(last, {
        kind: "opened",
        dataset,
        what: "rows",
        slots: ["slot_1"],
        reason: "ticket 7",
        exported: true,
      });
      assert.deepEqual(
        events.map(({ event }) => event.what),
        ["run", "vault", "rows"],
      );
    });

    it("leaves its key in no file, rewrites no shard, and names what it cannot reach", async () => {
      await ok(sandbox, "catalog", "backup", "/mnt/backup/monday.tar");
      const database = sandbox.path(`.probity/keys/${dataset}.subjects.db`);
      const files = sealedFiles();
      // The person's row, before: all rows of the database that are gone afterwards hold old key bytes.
      const store = openSubjects(database);
      const rowsBefore = Array.from({ length: 4096 }, (_, b) => store.subjectsOf(b)).flat();
      const bucketsBefore = Array.from({ length: 4096 }, (_, b) => store.bucketKey(b));
      store.close();
      const [report] = (
        JSON.parse(
          await ok(sandbox, "keys", "erase", "--subject", erased, "--dataset", dataset, "--json"),
        ) as { erasures: Report[] }
      ).erasures;
      assert.equal(report?.erased, true);
      assert.equal(report.class, "file");
      assert.equal(report.shards, 3);
      assert.deepEqual(
        report.models.map(({ kind }) => kind),
        ["logistic"],
      );
      assert.deepEqual(
        report.exports.map(({ what, reason }) => [what, reason]),
        [["rows", "ticket 7"]],
      );
      assert.deepEqual(
        report.backups.map(({ path }) => path),
        ["/mnt/backup/monday.tar"],
      );
      assert.deepEqual(sealedFiles(), files, "no file of the dataset was rewritten");
      const now = openSubjects(database);
      const id = Buffer.from(report.subject, "hex");
      assert.equal(now.lookup(id), undefined);
      const bucket = (id[0] ?? 0) * 16 + ((id[1] ?? 0) >> 4);
      const gone = [
        ...rowsBefore.filter((row) => Buffer.compare(row.id, id) === 0).map(({ sealed }) => sealed),
        bucketsBefore[bucket] ?? Buffer.alloc(0),
      ];
      now.close();
      assert.equal(gone.length, 2);
      for (const bytes of gone) {
        assert.ok(bytes.length > 32);
        for (const path of filesBelow(sandbox.folder))
          assert.equal(
            readFileSync(path).includes(Buffer.from(bytes)),
            false,
            `${path} still has the key`,
          );
      }
      const left = await vault();
      assert.equal(left.filter(({ original }) => original === null).length, 3);
      assert.equal(left.filter(({ original }) => original?.person === erased).length, 0);
    });

    it("is a signed tombstone in a ledger that verifies, and happens once", async () => {
      const { events } = JSON.parse(
        await ok(sandbox, "ledger", "events", "--kind", "erased", "--json"),
      ) as { events: { event: Record<string, unknown> }[] };
      assert.equal(events.length, 1);
      assert.deepEqual(Object.keys(events[0]?.event ?? {}).sort(), [
        "at",
        "by",
        "class",
        "dataset",
        "kind",
        "origin",
        "signature",
        "subject",
      ]);
      assert.match(await ok(sandbox, "ledger", "verify"), /the ledger is whole/);
      const again = await ok(sandbox, "keys", "erase", "--subject", erased, "--dataset", "all");
      assert.match(again, /nothing to erase/);
    });

    it("is physical after the next compaction, for the signed reports as well", async () => {
      const done = JSON.parse(await ok(sandbox, "keys", "compact", dataset, "--json")) as {
        rows: number;
      };
      assert.equal(done.rows, 3);
      const left = await vault();
      assert.equal(left.length, 697);
      assert.ok(left.every(({ original }) => original !== null));
      assert.match(
        await ok(sandbox, "verify", "latest"),
        /was removed, says the signer: compacted/,
      );
      assert.match(await ok(sandbox, "keys", "compact", dataset), /0 rows removed, 0 shards/);
      await ok(sandbox, "run", "people.yaml", "--set", "audit.resamples=150");
      assert.equal(readdirSync(sandbox.path(".probity/datasets")).length, 1);
    });

    it("the catalog can be made again from the ledger and the manifests", async () => {
      for (const tail of ["", "-wal", "-shm"])
        rmSync(sandbox.path(`.probity/catalog.db${tail}`), { force: true });
      const rebuilt = JSON.parse(await ok(sandbox, "catalog", "rebuild", "--json")) as {
        runs: number;
        datasets: number;
        left_out: unknown[];
      };
      assert.deepEqual([rebuilt.runs, rebuilt.datasets, rebuilt.left_out], [2, 1, []]);
    });
  });

  describe("two owners", { concurrency: 1 }, () => {
    const missing =
      spawnSync("which", ["age-keygen"]).status === 0 ? false : "age is not installed";

    it("open the vault together, and neither alone", { skip: missing }, async () => {
      const sandbox = new Sandbox();
      try {
        execFileSync("age-keygen", ["-o", sandbox.path("audit.txt")], { stdio: "ignore" });
        const recipient = execFileSync("age-keygen", ["-y", sandbox.path("audit.txt")])
          .toString()
          .trim();
        const policy = writePeople(sandbox, {
          rows: 300,
          seal: `{ shard_rows: 256, subject_keys: true, two_owners: true, recipients: [keyfile, "${recipient}"], owners: { keyfile: data, "${recipient}": audit } }`,
        });
        await ok(sandbox, "run", policy);
        const dataset = readdirSync(sandbox.path(".probity/datasets"))[0] ?? "";
        const open = ["open", dataset, "--rows", "17:18", "--vault", "--reason", "test"];
        const together = await ok(sandbox, ...open, "--identity", "audit.txt");
        assert.equal(lines(together)[0]?.original?.name, marks[0]);
        const alone = await sandbox.run(open);
        assert.equal(alone.code, 3);
        assert.match(alone.stderr, /the vault of .* needs slots of two owners/);
        assert.equal(alone.stdout, "");
        const env = { PROBITY_KEY_FILE: sandbox.path("none") };
        const other = await sandbox.run([...open, "--identity", "audit.txt"], { env });
        assert.equal(other.code, 3);
        assert.equal(other.stdout, "");
        assert.match(await ok(sandbox, "open", dataset, "--rows", "0:1"), /"age":20/);
      } finally {
        sandbox.remove();
      }
    });

    it("must be two", async () => {
      const sandbox = new Sandbox();
      writePeople(sandbox, { seal: "{ subject_keys: true, two_owners: true }" });
      const { code, stderr } = await sandbox.run(["policy", "check", "people.yaml"]);
      sandbox.remove();
      assert.equal(code, 2);
      assert.match(stderr, /the recipients have one owner among them/);
    });
  });
});
