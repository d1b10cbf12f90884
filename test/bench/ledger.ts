import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyLedger } from "../../audit/ledger/audit.ts";
import { openLedger } from "../../audit/ledger/log.ts";

/*
 * Prints events per second of the ledger: one by one, in batches, and verified; by the clock, and by
 * the time of the processor, which a busy machine does not lengthen. The first argument is
 * the number of events that are batched and verified (default 200,000).
 */
const total = Number(process.argv[2] ?? 200_000);
const single = 5_000;
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "probity-bench-ledger-"));
const paths = { database: join(folder, "ledger.db"), checkpoints: join(folder, "checkpoints") };
const ledger = openLedger({ ...paths, origin: "bench.example/ledger" });

function event(number: number): { kind: string; run: string; report: string; verdict: string } {
  const run = `20260101T000000Z-${number.toString(16).padStart(8, "0")}`;
  return { kind: "run", run, report: "0123456789abcdef".repeat(4), verdict: "pass" };
}

function measure(what: string, events: number, work: () => void): void {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  const cpu = Math.round((events * 1e6) / (user + system)).toLocaleString("en");
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const rate = Math.round(events / seconds).toLocaleString("en");
  process.stdout.write(
    `${what.padEnd(34)} ${rate.padStart(9)} events/s  ${cpu.padStart(9)} by CPU second  ${megabytes} MB\n`,
  );
}

try {
  measure("append one by one", single, () => {
    for (let i = 0; i < single; i++) ledger.append([event(i)]);
  });
  measure("append in batches of 1,000", total, () => {
    for (let i = 0; i < total; i += 1000) {
      ledger.append(Array.from({ length: 1000 }, (_, k) => event(single + i + k)));
    }
  });
  ledger.close();
  measure("verify", total + single, () => {
    const verdict = verifyLedger(paths);
    if (!verdict.ok || verdict.size !== total + single)
      throw new Error("the ledger does not verify");
  });
} finally {
  rmSync(folder, { recursive: true });
}
