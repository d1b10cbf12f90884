import { confusionPartial } from "../../audit/fairness/confusion.ts";
import { auditFairness } from "../../audit/fairness/report.ts";
import { below, seededRandom, uniform } from "../../pipeline/core/random.ts";

// Measures the audit of many rows with two attributes (2 × 6 groups) beside a plain loop that only
// counts, in milliseconds of processor time: `node dist/test/bench/fairness.js [ROWS]`, ten million unless said.

const rows = Number(process.argv[2] ?? 10_000_000);
const sexes = ["Female", "Male"];
const races = ["Asian", "Black", "Hispanic", "Native", "Other", "White"];
const random = seededRandom("bench");
const period = 1 << 16;
// One random block, repeated: making rows is not what is measured.
const sex = Uint8Array.from({ length: period }, () => below(random, 2));
const race = Uint8Array.from({ length: period }, () => below(random, 6));
const label = Uint8Array.from({ length: period }, () => (uniform(random) < 0.4 ? 1 : 0));
const predicted = label.map((y) => (uniform(random) < 0.8 ? y : 1 - y));
const repeated = (block: Uint8Array) =>
  Uint8Array.from({ length: rows }, (_, i) => block[i % period]!);
const columns = {
  sex: repeated(sex),
  race: repeated(race),
  label: repeated(label),
  predicted: repeated(predicted),
};

const plain = timed(() => {
  const counts = new Float64Array(48);
  for (let i = 0; i < rows; i++) {
    counts[
      (columns.race[i]! * 2 + columns.sex[i]!) * 4 + columns.label[i]! * 2 + columns.predicted[i]!
    ]! += 1;
  }
  return counts;
});

const partial = confusionPartial(["sex", "race"]);
const chunk = 65_536;
const counted = timed(() => {
  const state = partial.empty();
  for (let from = 0; from < rows; from += chunk) {
    const to = Math.min(rows, from + chunk);
    partial.observe(state, {
      rows: to - from,
      groups: {
        sex: { names: sexes, codes: columns.sex.subarray(from, to) },
        race: { names: races, codes: columns.race.subarray(from, to) },
      },
      label: columns.label.subarray(from, to),
      predicted: columns.predicted.subarray(from, to),
    });
  }
  return state;
});
const audited = timed(() =>
  auditFairness(counted.result, {
    by: [["sex"], ["race"], ["sex", "race"]],
    random: seededRandom("bench"),
  }),
);
const named = {
  sex: Array.from({ length: chunk }, (_, i) => sexes[sex[i % period]!]!),
  race: Array.from({ length: chunk }, (_, i) => races[race[i % period]!]!),
};
const byName = timed(() => {
  const state = partial.empty();
  for (let from = 0; from < rows; from += chunk) {
    const to = Math.min(rows, from + chunk);
    partial.observe(state, {
      rows: to - from,
      groups: named,
      label: columns.label.subarray(from, to),
      predicted: columns.predicted.subarray(from, to),
    });
  }
  return state;
});

const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
const { groups, metrics } = audited.result;
const lines = [
  `rows                         ${rows.toLocaleString("en")}`,
  `plain counting loop          ${plain.ms} ms`,
  `count cells, coded columns   ${counted.ms} ms`,
  `count cells, names as text   ${byName.ms} ms`,
  `rates, comparisons, 2,000 resamples   ${audited.ms} ms (${groups.length} groups, ${metrics.length} comparisons)`,
  `coded columns to result      ${counted.ms + audited.ms} ms`,
  `memory                       ${memory} MiB`,
];
process.stdout.write(`${lines.join("\n")}\n`);

function timed<T>(work: () => T): { readonly ms: number; readonly result: T } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { ms: Math.round((user + system) / 1000), result };
}
