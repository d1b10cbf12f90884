import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUCKETS, bucketOf, openSubjects } from "../../audit/ledger/subjects.ts";
import { createKeyring } from "../../pipeline/crypto/keyring.ts";
import {
  createSubjectSecrets,
  openSubjectKeys,
} from "../../pipeline/crypto/subjects/subject-keys.ts";

/*
 * Prints what keys per person cost, cryptography included: making, finding, opening and erasing them
 * among a number of people (default 1,000,000), and that no file holds a sealed key that was erased.
 */
const people = Number(process.argv[2] ?? 1_000_000);
const LOOKUPS = 200_000;
const ERASED = 100;
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "probity-bench-subjects-"));
const store = openSubjects(join(folder, "subjects.db"));
const keyring = await createKeyring("bench", [{ kind: "keyfile", key: Buffer.alloc(32, 1) }]);
const secrets = await createSubjectSecrets(keyring, "bench");
const keys = await openSubjectKeys(keyring, "bench", secrets, store);
const name = (number: number): string => `person ${number}`;

function measure(what: string, count: number, work: () => void): void {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  const rate = Math.round(count / seconds).toLocaleString("en");
  const each = ((seconds * 1000) / count).toFixed(3);
  const cpu = ((user + system) / count).toFixed(1);
  const megabytes = Math.round(process.memoryUsage.rss() / 1e6);
  process.stdout.write(
    `${what.padEnd(26)} ${seconds.toFixed(1).padStart(5)} s ${rate.padStart(9)} per second ${each.padStart(7)} ms each ${cpu.padStart(7)} µs CPU each ${megabytes} MB\n`,
  );
}

/** Rows of the database that hold old key bytes once a person of their bucket is erased. */
function sealedOf(numbers: readonly number[]): readonly Buffer[] {
  const buckets = new Set(numbers.map((number) => bucketOf(keys.blindIndex(name(number)))));
  return [...buckets].flatMap((bucket) => [
    Buffer.from(store.bucketKey(bucket)!),
    ...store.subjectsOf(bucket).map(({ sealed }) => Buffer.from(sealed)),
  ]);
}

function requireGone(sealed: readonly Buffer[]): void {
  const files = readdirSync(folder);
  for (const file of files) {
    const bytes = readFileSync(join(folder, file));
    const found = sealed.filter((one) => bytes.includes(one)).length;
    if (found > 0) throw new Error(`${file} still holds ${found} sealed keys`);
  }
  process.stdout.write(
    `none of ${sealed.length} old sealed keys of those buckets is in ${files.join(", ")}\n`,
  );
}

try {
  measure("make, 4,096 at a time", people, () => {
    for (let from = 0; from < people; from += 4096) {
      const count = Math.min(4096, people - from);
      keys.ensure(Array.from({ length: count }, (_, i) => name(from + i)));
    }
  });
  measure("look up", LOOKUPS, () => {
    for (let i = 0; i < LOOKUPS; i++) {
      if (!keys.has(name((i * 7919) % people))) throw new Error("a key is missing");
    }
  });
  measure("open", LOOKUPS / 4, () => {
    for (let i = 0; i < LOOKUPS / 4; i++) keys.valueKey(name((i * 7919) % people)).key.fill(0);
  });
  const old = sealedOf([0, 1, 2]);
  measure("erase", ERASED, () => {
    for (let i = 0; i < ERASED; i++) keys.erase(name(i));
  });
  requireGone(old);
  process.stdout.write(`${people} people in ${BUCKETS} buckets\n`);
} finally {
  keys.close();
  store.close();
  rmSync(folder, { recursive: true });
}
