import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUCKETS, bucketOf, openSubjects, type SubjectKey } from "../../audit/ledger/subjects.ts";

/*
 * Prints what the store of subject keys costs without its cryptography: inserts, lookups and erasures
 * among a number of people (default 1,000,000).
 */
const people = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "probity-bench-subjects-"));
const store = openSubjects(join(folder, "subjects.db"));
const sealed = randomBytes(48);

function subject(number: number): SubjectKey {
  return { id: createHash("sha256").update(String(number)).digest(), sealed };
}

function measure(what: string, work: () => number, unit: "per second" | "ms each"): void {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  const count = work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / count).toFixed(1);
  const value =
    unit === "per second"
      ? Math.round(count / seconds).toLocaleString("en")
      : ((seconds * 1000) / count).toFixed(2);
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  process.stdout.write(
    `${what.padEnd(26)} ${value.padStart(9)} ${unit.padEnd(11)} ${seconds.toFixed(1)} s  ${cpu} µs CPU each  ${megabytes} MB\n`,
  );
}

try {
  for (let bucket = 0; bucket < BUCKETS; bucket++) store.addBucketKey(bucket, sealed);
  measure(
    "insert, 10,000 at a time",
    () => {
      for (let from = 0; from < people; from += 10_000) {
        store.insert(
          Array.from({ length: Math.min(10_000, people - from) }, (_, i) => subject(from + i)),
        );
      }
      return people;
    },
    "per second",
  );
  measure(
    "look up",
    () => {
      for (let i = 0; i < 200_000; i++) {
        if (store.lookup(subject((i * 7919) % people).id) === undefined)
          throw new Error("a key is missing");
      }
      return 200_000;
    },
    "per second",
  );
  measure(
    "erase",
    () => {
      for (let i = 0; i < 100; i++) {
        const { id } = subject(i);
        const subjects = store
          .subjectsOf(bucketOf(id))
          .filter((one) => Buffer.compare(one.id, id) !== 0);
        store.erase(id, {
          key: randomBytes(48),
          subjects: subjects.map((one) => ({ id: one.id, sealed })),
        });
      }
      return 100;
    },
    "ms each",
  );
} finally {
  store.close();
  rmSync(folder, { recursive: true });
}
