import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../pipeline/core/package-root.ts";
import type { RunRecord } from "../../pipeline/core/types.ts";
import { filesHolding, Sandbox } from "./program.ts";
import { canaries, writeSmallRun } from "./small-run.ts";

const sandbox = new Sandbox();
after(() => {
  sandbox.remove();
});
writeSmallRun(sandbox, { rows: 400 });
const base = readFileSync(sandbox.path("policy.yaml"), "utf8").split("train:\n")[0] ?? "";
const trainer = (name: string): string =>
  fileURLToPath(new URL(`docs/trainers/${name}`, packageRoot));

function policy(command: readonly string[], model = ""): string {
  writeFileSync(
    sandbox.path("external.yaml"),
    `${base}train:\n  command: ${JSON.stringify(command)}\n${model}`,
  );
  return "external.yaml";
}

function recordOf(workspace: string): RunRecord {
  const run = readdirSync(sandbox.path(workspace, "runs")).sort().at(-1) ?? "";
  return JSON.parse(
    readFileSync(sandbox.path(workspace, "runs", run, "report.json"), "utf8"),
  ) as RunRecord;
}

const python = process.env.PROBITY_PYTHON ?? "python3";
const torch = spawnSync(python, ["-c", "import torch"]).status === 0;
const trainers = [
  ["node", [process.execPath, trainer("node-trainer.mjs")], false],
  [
    "pytorch",
    [python, trainer("pytorch_trainer.py")],
    torch ? false : `PyTorch is absent: ${python} cannot import torch (set PROBITY_PYTHON)`,
  ],
] as const;

describe("an external trainer", () => {
  for (const [name, command, skip] of trainers) {
    it(`${name} classifies under the same gates, and the record says so`, { skip }, async () => {
      const { code, stderr } = await sandbox.run(["run", policy(command), "--workspace", name]);
      assert.equal(code, 0, stderr);
      const record = recordOf(name);
      const evidence = record.stages.flatMap((stage) => stage.evidence);
      const trained = evidence.find((item) => item.kind === "trained");
      assert.equal(trained?.backend, "external");
      assert.match(trained.why, /^train\.command hands the rows to /);
      assert.deepEqual((trained.settings.model as { command: string[] }).command, command);
      assert.ok(trained.history.length > 1 && trained.parameters > 1000);
      const values = Object.fromEntries(
        evidence.flatMap((e) =>
          e.kind === "measured" && e.group === undefined ? [[e.metric, e.estimate.value]] : [],
        ),
      );
      assert.ok((values.accuracy ?? 0) > 0.6, String(values.accuracy));
      assert.equal(typeof values.demographic_parity_difference, "number");
      assert.equal(typeof values.reported_validation_loss, "number");
      for (const canary of canaries) assert.deepEqual(filesHolding(sandbox.path(name), canary), []);
    });
  }

  it("models text, and is held to a rule about its loss", async () => {
    const model = "  model: { kind: external, task: text, settings: { epochs: 1 } }\n";
    const file = policy([process.execPath, trainer("node-trainer.mjs")], model);
    const { code, stderr } = await sandbox.run(["run", file, "--workspace", "text"]);
    // The rule about groups has nothing to rest on.
    assert.equal(code, 1, stderr);
    const evidence = recordOf("text").stages.flatMap((stage) => stage.evidence);
    const loss = evidence.find((e) => e.kind === "measured" && e.metric === "validation_loss");
    assert.ok(loss?.kind === "measured" && loss.estimate.value! > 0 && loss.estimate.value! < 5.6);
  });

  it("and a model together are refused", async () => {
    const file = policy(["true"], "  model: { kind: logistic }\n");
    const { code, stderr } = await sandbox.run(["run", file, "--workspace", "both"]);
    assert.equal(code, 2);
    assert.match(stderr, /a command trains in the place of logistic/);
  });
});
