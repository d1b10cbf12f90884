import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { canaries, writeSmallRun } from "./small-run.ts";
import { filesBelow, filesHolding, Sandbox, type Ended } from "./program.ts";

describe("probity run", () => {
  const sandbox = new Sandbox();
  let ended: Ended;
  let run = "";
  before(async () => {
    writeSmallRun(sandbox);
    ended = await sandbox.run(["run", "policy.yaml", "--json"]);
    run = readdirSync(sandbox.path(".probity/runs"))[0] ?? "";
  });
  after(() => {
    sandbox.remove();
  });

  it("passes, with the result on stdout and nothing on stderr", () => {
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stderr, "");
    const result = JSON.parse(ended.stdout) as { verdict: string; stages: { stage: string }[] };
    assert.equal(result.verdict, "pass");
    assert.deepEqual(
      result.stages.map((s) => s.stage),
      ["ingest", "deidentify", "audit-data", "train", "audit-model"],
    );
  });

  it("leaves no canary in any file of the workspace or the temporary folder", () => {
    assert.ok(filesBelow(sandbox.path(".probity")).length > 10);
    for (const canary of canaries) {
      assert.deepEqual(filesHolding(sandbox.path(".probity"), canary), []);
      assert.deepEqual(filesHolding(sandbox.path("tmp"), canary), []);
      assert.ok(
        filesHolding(sandbox.folder, canary).length > 0,
        "the search itself finds it in the source",
      );
    }
  });

  it("leaves no canary in the de-identified rows either", async () => {
    const dataset = readdirSync(sandbox.path(".probity/datasets"))[0] ?? "";
    const { stdout, code } = await sandbox.run(["open", dataset]);
    assert.equal(code, 0);
    assert.equal(stdout.trim().split("\n").length, 2000);
    for (const canary of canaries) assert.ok(!stdout.includes(canary), canary);
  });

  it("opens just the rows that are asked for", async () => {
    const dataset = readdirSync(sandbox.path(".probity/datasets"))[0] ?? "";
    const all = (await sandbox.run(["open", dataset])).stdout.trim().split("\n");
    const some = (await sandbox.run(["open", dataset, "--rows", "250:262"])).stdout
      .trim()
      .split("\n");
    assert.deepEqual(some, all.slice(250, 262));
  });

  it("keeps every file to its owner", async () => {
    const { statSync } = await import("node:fs");
    const open = filesBelow(sandbox.path(".probity")).filter(
      (path) => (statSync(path).mode & 0o077) !== 0,
    );
    assert.deepEqual(open, []);
  });

  it("reuses the sealed dataset in a second run", async () => {
    const again = await sandbox.run([
      "run",
      "policy.yaml",
      "--set",
      "audit.resamples=300",
      "--json",
    ]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(readdirSync(sandbox.path(".probity/datasets")).length, 1);
    const verify = await sandbox.run(["verify", run]);
    assert.equal(verify.code, 0, verify.stdout);
  });

  it("verifies from the bundle alone, anywhere", async () => {
    cpSync(sandbox.path(".probity/runs", run), sandbox.path("bundle"), { recursive: true });
    const { code, stdout } = await sandbox.run([
      "verify",
      "bundle",
      "--key",
      ".probity/keys/signing.pub",
      "--json",
    ]);
    assert.equal(code, 0, stdout);
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; ok: boolean; detail: string }[];
    };
    assert.ok(ok && checks.length > 8);
  });

  it("is blocked by a rule, with exit code 1 and a report all the same", async () => {
    const { code, stdout } = await sandbox.run([
      "run",
      "policy.yaml",
      "--workspace",
      "blocked",
      "--set",
      "audit.model=[{metric: demographic_parity_difference, by: sex, max: 0.0001}]",
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /blocked/i);
    const id = readdirSync(sandbox.path("blocked/runs"))[0] ?? "";
    assert.ok(readFileSync(sandbox.path("blocked/runs", id, "report.html"), "utf8").length > 1000);
    assert.equal((await sandbox.run(["verify", id, "--workspace", "blocked"])).code, 0);
  });

  it("names every file of a run in which a byte was changed", async () => {
    const workspace = sandbox.path(".probity");
    const files = [
      ...filesBelow(sandbox.path(".probity/runs", run)).filter((f) => !f.endsWith("journal.json")),
      ...filesBelow(sandbox.path(".probity/datasets")).filter(
        (f) => f.endsWith(".age") || f.endsWith("dataset.json"),
      ),
      ...filesBelow(sandbox.path(".probity/models")),
    ];
    assert.ok(files.length > 12);
    for (const file of files) {
      const bytes = readFileSync(file);
      const changed = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      changed[at] = changed[at]! ^ 1;
      writeFileSync(file, changed);
      const { code, stdout } = await sandbox.run(["verify", run, "--json"]);
      writeFileSync(file, bytes);
      assert.equal(code, 3, `${file} was changed at byte ${at} and nobody noticed`);
      const failed = (
        JSON.parse(stdout) as { checks: { ok: boolean; name: string; detail: string }[] }
      ).checks.filter((c) => !c.ok);
      const name = file.slice(workspace.length + 1).replace(`runs/${run}/`, "");
      assert.ok(
        failed.some((c) => `${c.name} ${c.detail}`.includes(name)),
        `${name} is not named in ${JSON.stringify(failed)}`,
      );
    }
    assert.equal((await sandbox.run(["verify", run])).code, 0);
  });

  it("notices a shard that is gone, and a changed ledger", async () => {
    const shard =
      filesBelow(sandbox.path(".probity/datasets")).find((f) => f.endsWith(".age")) ?? "";
    const bytes = readFileSync(shard);
    rmSync(shard);
    const { code, stdout } = await sandbox.run(["verify", run]);
    assert.equal(code, 3);
    assert.match(stdout, /✗ .*shards\/\d+\.age/);
    writeFileSync(shard, bytes);
    const ledger = sandbox.path(".probity/ledger.db");
    const text = readFileSync(ledger);
    const at = text.indexOf(run);
    assert.ok(at > 0);
    text[at + 1] = text[at + 1]! ^ 1;
    writeFileSync(ledger, text);
    assert.equal((await sandbox.run(["ledger", "verify"])).code, 3);
  });
});
