import { seededRandom, below } from "../../pipeline/core/random.ts";
import type { Batch } from "../../pipeline/core/types.ts";
import { anonymityCounts } from "../../pipeline/deid/anonymity/anonymise.ts";
import { checkTable } from "../../pipeline/deid/anonymity/check.ts";
import { codeHierarchy, hierarchyOf } from "../../pipeline/deid/anonymity/hierarchy.ts";
import { lossMetric } from "../../pipeline/deid/anonymity/metrics/loss.ts";
import { kAnonymity } from "../../pipeline/deid/anonymity/models/k-anonymity.ts";
import { search } from "../../pipeline/deid/anonymity/search.ts";
import { absent, adultTuples, coded, columns } from "../pipeline/deid/anonymity/arx-expected.ts";

// Speed of checking and searching tables, on one thread. Usage:
//   node dist/test/bench/tables.js [ROWS_IN_MILLIONS]
const millions = Number(process.argv[2] ?? "10");

if (absent === undefined) {
  const tuples = adultTuples();
  const hierarchies = coded(tuples, columns);
  measure("Adult, 9 columns, k = 5, 4 % suppression, loss", () => {
    const settings = { models: [kAnonymity(5)], utility: lossMetric(), suppression: 0.04 };
    const { nodes, optimal } = search(tuples, hierarchies, settings);
    return `${nodes.checked} of ${nodes.total} nodes, optimal ${optimal}`;
  });
} else {
  print(absent);
}

for (const width of [12, 20]) {
  const names = Array.from({ length: width }, (_, c) => `q${c}`);
  const tuples = counted(names, 30_000, () => 8);
  const hierarchies = tuples.columns.map(({ name, values }) => {
    const rows = values.map((v) => [v, Number(v) < 4 ? "low" : "high", "*"]);
    return codeHierarchy(hierarchyOf(name, rows), values, () => 1);
  });
  measure(`30,000 rows, ${width} columns of 3 levels, k = 5, 5 % suppression, loss`, () => {
    const settings = { models: [kAnonymity(5)], utility: lossMetric(), suppression: 0.05 };
    const { optimum, bound, nodes, optimal } = search(tuples, hierarchies, settings);
    const loss = optimum?.loss[0]?.toFixed(4) ?? "none";
    return `loss ${loss}, bound ${bound?.[0]?.toFixed(4) ?? "met"}, ${nodes.checked} of ${nodes.total} nodes, optimal ${optimal}`;
  });
}

const names = Array.from({ length: 8 }, (_, c) => `q${c}`);
measure(`check of ${millions} million rows, 8 columns, from batches in memory`, () => {
  const tuples = counted(names, millions * 1e6, (c) => [2, 90, 5, 7, 16, 40, 8, 1000][c]!);
  const { classes, k } = checkTable(tuples, { quasi: names });
  return `${classes} classes, k ${k}`;
});

function counted(
  columnNames: readonly string[],
  rows: number,
  values: (column: number) => number,
): ReturnType<ReturnType<ReturnType<typeof anonymityCounts>["empty"]>["tuples"]> {
  const random = seededRandom("tables");
  const partial = anonymityCounts(columnNames);
  const state = partial.empty();
  for (let done = 0; done < rows;) {
    const size = Math.min(4096, rows - done);
    const cells = columnNames.map((name, c) => [
      name,
      // The smaller of two draws: some values are common, most are rare.
      Array.from({ length: size }, () =>
        String(Math.min(below(random, values(c)), below(random, values(c)))),
      ),
    ]);
    const batch: Batch = { rows: size, columns: Object.fromEntries(cells) as Batch["columns"] };
    partial.observe(state, batch);
    done += size;
  }
  return state.tuples();
}

function measure(what: string, run: () => string): void {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const result = run();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu).user / 1e6;
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  print(
    `${what}: ${seconds.toFixed(2)} s (${used.toFixed(2)} s of CPU), ${result}, peak ${peak.toFixed(2)} GiB`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
