import { absent, expected } from "../pipeline/deid/anonymity/arx-expected.ts";
import { mismatch } from "../pipeline/deid/anonymity/arx-check.ts";

// Holds every expected result of ARX's own tests against ours and prints a table. Usage:
//   node dist/test/eval/anonymity.js [FAMILY]
if (absent !== undefined) {
  process.stderr.write(`${absent}\n`);
  process.exit(2);
}
const [, , only] = process.argv;
const all = expected().filter(({ family }) => only === undefined || family.includes(only));
const tally = new Map<string, { matched: number; wrong: number; skipped: number }>();
let matched = 0;
const start = performance.now();
for (const item of all) {
  const before = performance.now();
  const wrong = item.skip === undefined ? mismatch(item) : undefined;
  const took = performance.now() - before;
  if (item.skip === undefined && wrong === undefined) matched++;
  if (wrong !== undefined)
    process.stdout.write(
      `${item.name} ${item.model} ${item.metric} s=${item.suppression}${item.practical ? " practical" : ""}: ${wrong}\n`,
    );
  if (took > 5000) process.stdout.write(`${item.name} took ${Math.round(took)} ms\n`);
  for (const key of [
    `model ${item.model}`,
    `metric ${item.metric}`,
    item.family,
    ...(item.skip === undefined ? [] : [`skipped: ${item.skip}`]),
  ]) {
    const cell = tally.get(key) ?? { matched: 0, wrong: 0, skipped: 0 };
    tally.set(key, cell);
    cell[item.skip !== undefined ? "skipped" : wrong === undefined ? "matched" : "wrong"]++;
  }
}
for (const [key, { matched: ok, wrong, skipped }] of [...tally].sort()) {
  process.stdout.write(
    `${String(ok).padStart(4)} matched ${String(wrong).padStart(3)} differ ${String(skipped).padStart(3)} skipped  ${key}\n`,
  );
}
const seconds = (performance.now() - start) / 1000;
process.stdout.write(`${matched} of ${all.length} match, in ${seconds.toFixed(1)} s\n`);
