#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../core/package-root.ts";
import { writeSample } from "../data/sample/write.ts";

/**
 * The product in one go: a made-up loan dataset, a run that the policy blocks because the model
 * treats women worse, a second run with reweighing that passes, and what changed between the two.
 */
const root = fileURLToPath(packageRoot);
const folder = join(root, ".demo");
const program = fileURLToPath(new URL("main.js", import.meta.url));
const rows = 6000;

function say(text: string): void {
  process.stdout.write(`\n\x1b[1m${text}\x1b[0m\n`);
}

/** Runs a command of the program as a person would; ends the demo when it exits unexpectedly. */
function probity(words: readonly string[], expected: number): void {
  process.stdout.write(`$ probity ${words.map((word) => word.replace(root, "")).join(" ")}\n`);
  const { status } = spawnSync(process.execPath, [program, ...words], {
    stdio: "inherit",
    env: { ...process.env, PROBITY_KEY_FILE: join(folder, "key") },
  });
  if (status === expected) return;
  process.stderr.write(`the demo expected exit code ${expected}, got ${status ?? "a signal"}\n`);
  process.exit(3);
}

rmSync(folder, { recursive: true, force: true });
say(
  `1. A sample of ${rows.toLocaleString("en")} loan applications, with every planted personal value known`,
);
const sample = await writeSample(join(folder, "data"), { rows, seed: "demo" });
process.stdout.write(`${join(".demo", "data", "loans.csv")}: ${sample.rows} rows\n`);

const workspace = ["--workspace", join(folder, "workspace")];
const source = [
  ...["--set", `dataset.source=${join(folder, "data", "loans.csv")}`],
  ...["--set", `dataset.truth=${join(folder, "data", "loans.truth.jsonl")}`],
];
say("2. The policy as written: the model is audited, and the fairness gate blocks it");
probity(["run", join(root, "policies/examples/loans.yaml"), ...workspace, ...source], 1);
say("3. The second policy extends the first and turns on reweighing: it passes");
probity(["run", join(root, "policies/examples/loans-reweighed.yaml"), ...workspace, ...source], 0);
say("4. A stranger checks the second report");
probity(["verify", "latest", ...workspace], 0);
say("5. What changed between the two runs");
probity(["report", "diff", "latest~1", "latest", ...workspace], 0);
