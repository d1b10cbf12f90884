import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { commandLineSecrets } from "../../pipeline/cli/secrets.ts";
import { seededRandom, uniform } from "../../pipeline/core/random.ts";
import { encodeRows } from "../../pipeline/data/rows.ts";
import { openExisting } from "../../pipeline/run/keys.ts";
import { readManifest, sealedDataset } from "../../pipeline/run/store.ts";
import { workspaceAt } from "../../pipeline/run/workspace.ts";
import { filesHolding, Sandbox, type Ended } from "./program.ts";
import { canaries, writeSmallRun } from "./small-run.ts";

const KILLS = 30;
// Printed so that a failure can be looked at again; moments differ by machine all the same.
const seed = process.env.PROBITY_TEST_SEED ?? String(Date.now());

/** What must come out alike: how the dataset was made, what its shards hold, and the model. */
interface Outcome {
  readonly outputs: unknown;
  readonly rows: readonly number[];
  readonly content: string; // SHA-256 of the decrypted rows
}

// Each kill has a workspace of its own, so two go on at once.
describe(`a run that is killed (seed ${seed})`, { concurrency: 2 }, () => {
  const sandbox = new Sandbox();
  const secrets = commandLineSecrets({
    "key-file": sandbox.path("key"),
    "passphrase-fd": undefined,
    identity: [],
  });
  let undisturbed: Outcome;
  let durationMs = 0;

  /** Copies of one workspace have histories of their own, so each is remembered on its own. */
  const inMemoryOf = (workspace: string): { env: Record<string, string> } => ({
    env: { PROBITY_MEMORY: sandbox.path(`memory-${workspace}`) },
  });
  const run = (workspace: string, ...args: readonly string[]): Promise<Ended> =>
    sandbox.run([...args, "--workspace", workspace], inMemoryOf(workspace));

  /** Runs that began: a kill before the journal leaves an empty folder, which gc removes. */
  const runsOf = (workspace: string): string[] => {
    const folder = sandbox.path(workspace, "runs");
    const ids = existsSync(folder) ? readdirSync(folder) : [];
    return ids.filter((id) => existsSync(sandbox.path(workspace, "runs", id, "journal.json")));
  };

  /** Whether a run was through when the kill came: the last thing it does is to say so. */
  const isFinished = (workspace: string): boolean =>
    runsOf(workspace).some((id) => {
      const journal = readFileSync(sandbox.path(workspace, "runs", id, "journal.json"), "utf8");
      return (JSON.parse(journal) as { state: string }).state === "finished";
    });

  /** SHA-256 of the rows of a dataset, decrypted here. */
  const contentOf = async (workspace: string, dataset: string): Promise<string> => {
    const at = workspaceAt(sandbox.path(workspace));
    const keyring = await openExisting(at, dataset, secrets);
    try {
      const manifest = await readManifest(at.dataset(dataset), keyring);
      assert.ok(manifest !== undefined);
      const hash = createHash("sha256");
      for (const shard of sealedDataset(at.dataset(dataset), manifest, keyring).shards)
        for await (const lines of encodeRows(shard.open())) hash.update(lines);
      return hash.digest("hex");
    } finally {
      keyring.close();
    }
  };

  const outcome = async (workspace: string): Promise<Outcome> => {
    const runs = runsOf(workspace);
    assert.equal(runs.length, 1, "the killed run was resumed, not started again");
    const report = JSON.parse(
      readFileSync(sandbox.path(workspace, "runs", runs[0] ?? "", "report.json"), "utf8"),
    ) as {
      stages: { stage: string; outputs: string[] }[];
    };
    const dataset = readdirSync(sandbox.path(workspace, "datasets"))[0] ?? "";
    const manifest = JSON.parse(
      readFileSync(sandbox.path(workspace, "datasets", dataset, "dataset.json"), "utf8"),
    ) as {
      shards: { rows: number }[];
    };
    return {
      outputs: report.stages.map(({ stage, outputs }) => [stage, outputs]),
      rows: manifest.shards.map((s) => s.rows),
      content: await contentOf(workspace, dataset),
    };
  };

  before(async () => {
    writeSmallRun(sandbox, { rows: 900, notesEvery: 15 });
    // One project keyring for all, so that pseudonyms are the same in every copy.
    assert.equal((await run("template", "keys", "create")).code, 0);
    cpSync(sandbox.path("template"), sandbox.path("calm"), { recursive: true });
    const started = Date.now();
    const { code, stderr } = await run("calm", "run", "policy.yaml");
    durationMs = Date.now() - started;
    assert.equal(code, 0, stderr);
    undisturbed = await outcome("calm");
  });
  after(() => {
    sandbox.remove();
  });

  const random = seededRandom(seed);
  for (let kill = 0; kill < KILLS; kill++) {
    it(`ends alike after kill ${kill + 1} of ${KILLS}`, async () => {
      const workspace = `killed-${kill}`;
      cpSync(sandbox.path("template"), sandbox.path(workspace), { recursive: true });
      const moment = 50 + uniform(random) * durationMs;
      const { child, ended } = sandbox.start(
        ["run", "policy.yaml", "--workspace", workspace],
        inMemoryOf(workspace),
      );
      await Promise.race([wait(moment), ended]);
      child.kill("SIGKILL");
      await ended;
      for (const canary of canaries) {
        assert.deepEqual(
          filesHolding(sandbox.path(workspace), canary),
          [],
          "plaintext after the kill",
        );
        assert.deepEqual(
          filesHolding(sandbox.path("tmp"), canary),
          [],
          "plaintext in the temporary folder",
        );
      }
      if (!isFinished(workspace)) {
        const { code, stderr } = await run(workspace, "run", "policy.yaml", "--resume");
        assert.equal(code, 0, `killed after ${Math.round(moment)} ms: ${stderr}`);
      }
      assert.deepEqual(
        await outcome(workspace),
        undisturbed,
        `killed after ${Math.round(moment)} ms`,
      );
      const verify = await run(workspace, "verify", "latest");
      assert.equal(verify.code, 0, verify.stdout);
      rmSync(sandbox.path(workspace), { recursive: true });
    });
  }
});
