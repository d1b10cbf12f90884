import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  BUCKETS,
  bucketOf,
  openSubjects,
  type SubjectKey,
} from "../../../audit/ledger/subjects.ts";
import { newFolder } from "./fixture.ts";

const subject = (number: number): SubjectKey => ({
  id: createHash("sha256").update(`person ${number}`).digest(),
  sealed: randomBytes(48),
});
const anew = (subjects: readonly SubjectKey[]) =>
  subjects.map(({ id }) => ({ id, sealed: randomBytes(48) }));

describe("the store of subject keys", () => {
  it("finds what was inserted, and keeps a person's first key", () => {
    const path = join(newFolder(), "subjects.db");
    const subjects = Array.from({ length: 2000 }, (_, i) => subject(i));
    const store = openSubjects(path);
    assert.equal(store.insert(subjects), 2000);
    assert.equal(store.insert([{ ...subjects[0]!, sealed: randomBytes(48) }, subject(2000)]), 1);
    assert.equal(store.size, 2001);
    store.close();
    const again = openSubjects(path);
    for (const { id, sealed } of subjects) assert.deepEqual(again.lookup(id), sealed);
    assert.equal(again.lookup(randomBytes(32)), undefined);
    again.close();
  });

  it("has buckets by the first bits, which hold everyone once", () => {
    const store = openSubjects(join(newFolder(), "subjects.db"));
    const subjects = Array.from({ length: 3000 }, (_, i) => subject(i));
    store.insert(subjects);
    const all = Array.from({ length: BUCKETS }, (_, bucket) => store.subjectsOf(bucket)).flat();
    assert.equal(all.length, 3000);
    assert.ok(all.every(({ id }, i) => i === 0 || Buffer.compare(all[i - 1]!.id, id) < 0));
    for (const bucket of [0, 15, 16, 255, BUCKETS - 1]) {
      assert.ok(store.subjectsOf(bucket).every(({ id }) => bucketOf(id) === bucket));
    }
    assert.equal(bucketOf(Buffer.alloc(32, 0xff)), BUCKETS - 1);
    assert.equal(store.bucketKey(7), undefined);
    assert.equal(store.addBucketKey(7, Buffer.of(1)), true);
    assert.equal(store.addBucketKey(7, Buffer.of(2)), false);
    assert.deepEqual(store.bucketKey(7), Buffer.of(1));
    assert.throws(() => store.insert([{ id: randomBytes(8), sealed: randomBytes(48) }]), {
      code: "internal",
    });
    store.close();
  });

  it("leaves no byte of an erased key, or of the old bucket key, in any file", () => {
    const folder = newFolder();
    const store = openSubjects(join(folder, "subjects.db"));
    const reader = openSubjects(join(folder, "subjects.db"));
    const subjects = Array.from({ length: 5000 }, (_, i) => subject(i));
    const oldKey = randomBytes(48);
    const newKey = randomBytes(48);
    store.addBucketKey(bucketOf(subjects[17]!.id), oldKey);
    store.insert(subjects);
    const { id, sealed } = subjects[17]!;
    const bucket = bucketOf(id);
    const others = store
      .subjectsOf(bucket)
      .filter((one) => !one.id.every((byte, i) => byte === id[i]));
    const rest = anew(others);
    assert.ok(filesHold(folder, sealed) && filesHold(folder, oldKey));
    store.erase(id, { key: newKey, subjects: rest });
    for (const gone of [sealed, oldKey, id, ...others.map((one) => one.sealed)])
      assert.ok(!filesHold(folder, gone));
    assert.equal(reader.lookup(id), undefined);
    for (const one of rest) assert.deepEqual(reader.lookup(one.id), one.sealed);
    assert.deepEqual(reader.bucketKey(bucket), newKey);
    assert.equal(reader.size, 4999);
    assert.throws(
      () => {
        store.erase(id, { key: newKey, subjects: rest });
      },
      { code: "usage" },
    );
    store.close();
    reader.close();
  });

  it("does not replace a bucket that has changed", () => {
    const store = openSubjects(join(newFolder(), "subjects.db"));
    store.insert(Array.from({ length: 1000 }, (_, i) => subject(i)));
    const bucket = bucketOf(subject(0).id);
    const before = store.subjectsOf(bucket);
    store.addBucketKey(bucket, Buffer.of(1));
    assert.throws(
      () => {
        store.rekey(bucket, { key: Buffer.of(2), subjects: anew(before.slice(1)) });
      },
      { code: "incomplete" },
    );
    assert.deepEqual(store.subjectsOf(bucket), before);
    assert.deepEqual(store.bucketKey(bucket), Buffer.of(1));
    const next = anew(before);
    store.rekey(bucket, { key: Buffer.of(2), subjects: next });
    assert.deepEqual(store.subjectsOf(bucket), next);
    assert.deepEqual(store.bucketKey(bucket), Buffer.of(2));
    store.close();
  });
});

function filesHold(folder: string, bytes: Uint8Array): boolean {
  return readdirSync(folder).some((name) =>
    readFileSync(join(folder, name)).includes(Buffer.from(bytes)),
  );
}
