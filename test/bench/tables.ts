import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encryptedSpill } from "../../pipeline/crypto/spill.ts";
import { anonymise } from "../../pipeline/deid/anonymity/anonymise.ts";
import { checkParts } from "../../pipeline/deid/anonymity/check.ts";
import { lossMetric } from "../../pipeline/deid/anonymity/metrics/loss.ts";
import { kAnonymity } from "../../pipeline/deid/anonymity/models/k-anonymity.ts";
import { search } from "../../pipeline/deid/anonymity/search.ts";
import { SpilledCounter } from "../../pipeline/deid/anonymity/spilled.ts";
import { absent, adultTuples, coded, columns } from "../pipeline/deid/anonymity/arx-expected.ts";
import { arxLine } from "./tables-arx.ts";
import {
  batchesOf,
  codedHalves,
  columnNames,
  halves,
  narrow,
  tuplesOf,
  wide,
  writeCsv,
} from "./tables-rows.ts";

// Speed and memory of checking and searching tables, on one thread. Each line is a process of its
// own, so that its peak of memory is its own. Usage:
//   node dist/test/bench/tables.js [adult | arx | search COLUMNS | check MILLIONS | csv MILLIONS | few MILLIONS]
// Without a word: all of them, with 10 and 30 million rows. `check 100` needs 4 GB of scratch space.

const parts: Readonly<Record<string, (n: number) => string | Promise<string>>> = {
  adult: searchAdult,
  arx: () => arxLine(columns, 5, 0.04),
  search: searchMany,
  check: checkMany,
  csv: checkFile,
  few: searchFew,
};
const all = "adult,arx,search 12,search 20,check 10,check 30,few 10,few 30,csv 10".split(",");

const [word, ...rest] = process.argv.slice(2);
if (word === undefined) {
  for (const line of all) {
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...line.split(" ")], {
      stdio: "inherit",
    });
  }
} else {
  const part = parts[word];
  if (part === undefined) throw new Error(`one of ${Object.keys(parts).join(", ")}`);
  process.stdout.write(`${await part(Number(rest[0] ?? "1"))}\n`);
}

function searchAdult(): string {
  if (absent !== undefined) return absent;
  const tuples = adultTuples();
  const hierarchies = coded(tuples, columns);
  return measured("Adult, 9 columns, k = 5, 4 % suppression, loss", () => {
    const settings = { models: [kAnonymity(5)], utility: lossMetric(), suppression: 0.04 };
    const { nodes, optimal, optimum } = search(tuples, hierarchies, settings);
    return `levels ${optimum?.levels.join() ?? "none"}, loss ${optimum?.loss[0] ?? "none"}, ${nodes.checked} of ${nodes.total} nodes, optimal ${optimal}`;
  });
}

function searchMany(width: number): string {
  const values = Array.from({ length: width }, () => 8);
  const tuples = tuplesOf(values, 30_000);
  const hierarchies = codedHalves(tuples, values);
  return measured(`30,000 rows, ${width} columns of 3 levels, k = 5, 5 % suppression, loss`, () => {
    const settings = { models: [kAnonymity(5)], utility: lossMetric(), suppression: 0.05 };
    const { optimum, bound, nodes, optimal } = search(tuples, hierarchies, settings);
    const loss = optimum?.loss[0]?.toFixed(4) ?? "none";
    return `loss ${loss}, bound ${bound?.[0]?.toFixed(4) ?? "met"}, ${nodes.checked} of ${nodes.total} nodes, optimal ${optimal}`;
  });
}

/** Rows made up in memory, more classes than memory holds: those go to encrypted scratch space. */
function checkMany(millions: number): string {
  const names = columnNames(wide.length);
  const spill = encryptedSpill(tmpdir());
  const counter = new SpilledCounter(names, [], spill);
  let counting = 0;
  const line = measured(`check of ${millions} million rows, 8 columns`, () => {
    for (const batch of batchesOf(wide, millions * 1e6)) {
      const start = process.cpuUsage();
      counter.add(batch);
      counting += cpuSince(start);
    }
    const start = process.cpuUsage();
    const { classes, k } = checkParts(counter.parts(), counter.distributions(), { quasi: names });
    counting += cpuSince(start);
    const disk = (spill.bytes / 2 ** 20).toFixed(0);
    return `${classes} classes, k ${k}, ${disk} MiB on disk; without making the rows up ${counting.toFixed(1)} s of CPU`;
  });
  spill.close();
  return line;
}

/** From a file to the JSON of the command. */
async function checkFile(millions: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "probity-tables-"));
  try {
    const path = join(folder, "table.csv");
    await writeCsv(path, wide, millions * 1e6);
    const main = fileURLToPath(new URL("../../pipeline/cli/main.js", import.meta.url));
    // The command says what it used when it ends.
    const told = `data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();console.error("used "+(u.userCPUTime+u.systemCPUTime)/1e6+" "+u.maxRSS/2**20)})`;
    const words = [main, "anonymity", "check", path, "--json"];
    const start = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", told, ...words, "--quasi", columnNames(wide.length).join()],
      { encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    const [, cpu, peak] = /used ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
    if (status !== 0) return `check of a CSV failed: ${stderr.slice(0, 200)}`;
    const size = (statSync(path).size / 1e6).toFixed(0);
    return `probity anonymity check of a CSV of ${millions} million rows, ${size} MB: ${seconds(start)} s (${Number(cpu).toFixed(1)} s of CPU), peak ${Number(peak).toFixed(2)} GiB`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Many rows, few classes: memory follows the classes. */
function searchFew(millions: number): string {
  return measured(`count and search of ${millions} million rows, 8 columns`, () => {
    const quasi = columnNames(narrow.length);
    const tuples = tuplesOf(narrow, millions * 1e6);
    const found = anonymise(tuples, halves(narrow), {
      models: [kAnonymity(50)],
      utility: lossMetric(),
      suppression: 0.01,
      quasi,
    });
    return `${tuples.size} classes, loss ${found.loss[0]?.toFixed(4) ?? "none"}, optimal ${found.result.optimal}`;
  });
}

function measured(what: string, run: () => string): string {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const result = run();
  const used = cpuSince(cpu).toFixed(2);
  const peak = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2);
  return `${what}: ${seconds(start)} s (${used} s of CPU), ${result}, peak ${peak} GiB`;
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(2);
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
