import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTable } from "./table-source.ts";

/**
 * Rows and bytes a second of each stage of a whole run, its peak memory, and how both grow with the
 * rows: 10,000, 100,000 and 1,000,000 unless sizes are given as arguments. The table has numbers,
 * categories, an identifier that is pseudonymised and a short note that is searched for personal data.
 */
const main = fileURLToPath(new URL("../../pipeline/cli/main.js", import.meta.url));
const sizes =
  process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000, 1_000_000];
const folder = mkdtempSync(join(tmpdir(), "probity-bench-"));

interface StageTime {
  readonly stage: string;
  readonly started: string;
  readonly ended: string;
}

function out(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs the pipeline on a table of `rows` rows and prints a line per stage. */
async function measure(rows: number): Promise<void> {
  const home = join(folder, String(rows));
  mkdirSync(home);
  await writeTable(home, rows);
  const bytes = statSync(join(home, "table.csv")).size;
  const result = spawnSync(
    "/usr/bin/time",
    ["-f", "%M", process.execPath, main, "run", "policy.yaml"],
    {
      cwd: home,
      encoding: "utf8",
      env: { ...process.env, PROBITY_KEY_FILE: join(home, "key") },
    },
  );
  const peak = Number(result.stderr.trim().split("\n").at(-1)) / 1024;
  const id = readdirSync(join(home, ".probity/runs"))[0] ?? "";
  const { stages } = JSON.parse(
    readFileSync(join(home, ".probity/runs", id, "report.json"), "utf8"),
  ) as {
    stages: StageTime[];
  };
  let total = 0;
  for (const { stage, started, ended } of stages) {
    const seconds = (Date.parse(ended) - Date.parse(started)) / 1000;
    total += seconds;
    line(rows, stage, seconds, bytes);
  }
  line(rows, "all", total, bytes, peak);
}

function line(rows: number, stage: string, seconds: number, bytes: number, peak?: number): void {
  const rate = (n: number, digits: number): string =>
    (n / Math.max(seconds, 0.001)).toFixed(digits);
  out(
    `| ${String(rows).padStart(9)} | ${stage.padEnd(11)} | ${seconds.toFixed(2).padStart(8)} | ${rate(rows, 0).padStart(9)} | ${rate(bytes / 1e6, 1).padStart(6)} | ${(peak === undefined ? "" : peak.toFixed(0)).padStart(8)} |`,
  );
}

try {
  out(
    `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, node ${process.version}\n`,
  );
  out("|      rows | stage       |  seconds |    rows/s |   MB/s | peak MiB |");
  out("| --------: | ----------- | -------: | --------: | -----: | -------: |");
  for (const rows of sizes) await measure(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
