import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import {
  BUCKETS,
  bucketOf as bucketOfStore,
  openSubjects,
} from "../../../../audit/ledger/subjects.ts";
import { createKeyring, openKeyring, type Keyring } from "../../../../pipeline/crypto/keyring.ts";
import type { SubjectStore } from "../../../../pipeline/crypto/subjects/store.ts";
import {
  bucketOf,
  createSubjectSecrets,
  openSubjectKeys,
  type SubjectKeys,
} from "../../../../pipeline/crypto/subjects/subject-keys.ts";
import { flipped } from "../bytes.ts";
import { fails } from "../fails.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-subjects-"));
after(() => {
  rmSync(folder, { recursive: true });
});
let stores = 0;
const newStore = (): { readonly path: string; readonly store: ReturnType<typeof openSubjects> } => {
  const path = join(folder, `${++stores}.db`);
  return { path, store: openSubjects(path) };
};

const keyring = await createKeyring("d", [{ kind: "keyfile", key: Buffer.alloc(32, 5) }]);
const secrets = await createSubjectSecrets(keyring, "adult");
const open = async (store: SubjectStore, ring: Keyring = keyring): Promise<SubjectKeys> =>
  openSubjectKeys(ring, "adult", secrets, store);
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `person ${i}`);

describe("subject keys", () => {
  it("open what they sealed, in that place and for that subject alone", async () => {
    const { store } = newStore();
    const keys = await open(store);
    assert.equal(keys.ensure(names(100)), 100);
    const sealed = keys.sealCell("person 7", "name,7", "阿达 Lovelace");
    const again = await open(store);
    assert.equal(again.ensure([...names(100), "person 200", "person 200"]), 1);
    const cell = (subject: string, place: string, bytes = sealed): string | undefined =>
      again.openCell(subject, place, bytes);
    assert.equal(cell("person 7", "name,7"), "阿达 Lovelace");
    assert.throws(() => cell("person 7", "name,8"), { code: "integrity" });
    assert.throws(() => cell("person 8", "name,7"), { code: "integrity" });
    for (let at = 0; at < sealed.length; at++) {
      assert.throws(() => cell("person 7", "name,7", flipped(sealed, at)), { code: "integrity" });
    }
    assert.equal(cell("nobody", "name,7"), undefined);
    assert.throws(() => again.sealCell("nobody", "name,7", "x"), { code: "key" });
    store.close();
  });

  it("spread over the store's own buckets", async () => {
    const { store } = newStore();
    const keys = await open(store);
    for (const name of names(500)) {
      const id = keys.blindIndex(name);
      assert.equal(bucketOf(id), bucketOfStore(id));
      assert.ok(bucketOf(id) < BUCKETS);
    }
    const other = await openSubjectKeys(
      keyring,
      "german",
      await createSubjectSecrets(keyring, "german"),
      store,
    );
    assert.notDeepEqual(other.blindIndex("a"), keys.blindIndex("a"));
    store.close();
  });

  it("keep every subject through any order of adding and erasing", async () => {
    const command = fc.record({ erase: fc.boolean(), who: fc.nat(20) });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
        const { store } = newStore();
        const keys = await open(store);
        const there = new Map<string, Uint8Array>();
        for (const { erase, who } of commands) {
          const name = `person ${who}`;
          if (erase) {
            assert.equal(keys.erase(name).erased, there.delete(name));
          } else {
            keys.ensure([name]);
            if (!there.has(name)) there.set(name, keys.sealCell(name, "p", name));
          }
        }
        const again = await open(store);
        for (let who = 0; who <= 20; who++) {
          const name = `person ${who}`;
          assert.equal(again.has(name), there.has(name));
          if (there.has(name)) assert.equal(again.openCell(name, "p", there.get(name)!), name);
        }
        store.close();
      }),
      { numRuns: 5 },
    );
  });

  it("erase a subject and nobody else, from every file", async () => {
    const { path, store } = newStore();
    const keys = await open(store);
    keys.ensure(names(150));
    const cells = names(150).map((name) => keys.sealCell(name, "p", name));
    const index = Buffer.from(keys.blindIndex("person 3"));
    const number = bucketOf(index);
    const sealedKey = Buffer.from(store.lookup(index)!);
    const bucketKey = Buffer.from(store.bucketKey(number)!);
    const erasure = keys.erase("person 3");
    assert.deepEqual(erasure, {
      blindIndex: index.toString("hex"),
      erased: true,
    });
    assert.equal(keys.erase("person 3").erased, false);
    const stem = path.slice(folder.length + 1);
    for (const name of readdirSync(folder).filter((file) => file.startsWith(stem))) {
      const bytes = readFileSync(join(folder, name));
      assert.ok(!bytes.includes(sealedKey), name);
      assert.ok(!bytes.includes(bucketKey), name);
      assert.ok(!bytes.includes(index), name);
    }
    for (const [i, name] of names(150).entries()) {
      assert.equal(keys.openCell(name, "p", cells[i]!), i === 3 ? undefined : name);
    }
    keys.ensure(["person 3"]);
    await fails("integrity", async () =>
      Promise.resolve(keys.openCell("person 3", "p", cells[3]!)),
    );
    store.close();
  });

  it("follow a rotation of the keyring and a rekeyed bucket", async () => {
    const ring = await createKeyring("d", [{ kind: "keyfile", key: Buffer.alloc(32, 6) }]);
    const { store } = newStore();
    const first = await createSubjectSecrets(ring, "adult");
    const keys = await openSubjectKeys(ring, "adult", first, store);
    keys.ensure(["a"]);
    const sealed = keys.sealCell("a", "p", "x");
    ring.rotate();
    const second = await keys.reseal(ring);
    ring.forget("drk_1");
    await fails("key", async () => openSubjectKeys(ring, "adult", first, store));
    const again = await openSubjectKeys(ring, "adult", second, store);
    const before = store.lookup(again.blindIndex("a"));
    again.rekeyBucket(bucketOf(again.blindIndex("a")));
    assert.notDeepEqual(store.lookup(again.blindIndex("a")), before);
    assert.equal(again.openCell("a", "p", sealed), "x");
    await fails("integrity", async () => openSubjectKeys(ring, "german", second, store));
    store.close();
  });

  it("need two owners where the keyring says so", async () => {
    const [ada, bob] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const ring = await createKeyring(
      "d",
      [
        { kind: "keyfile", key: ada, owner: "ada" },
        { kind: "keyfile", key: bob, owner: "bob" },
      ],
      { twoOwners: true },
    );
    const sealed = await createSubjectSecrets(ring, "adult");
    const { store } = newStore();
    const both = await openKeyring(ring.serialize(), [
      { kind: "keyfile", key: bob },
      { kind: "keyfile", key: ada },
    ]);
    assert.equal((await openSubjectKeys(both, "adult", sealed, store)).ensure(["a"]), 1);
    const alone = await openKeyring(ring.serialize(), [{ kind: "keyfile", key: ada }]);
    await fails("key", async () => openSubjectKeys(alone, "adult", sealed, store));
    store.close();
  });

  it("notice a key or bucket that was changed or exchanged", async () => {
    const { store } = newStore();
    const keys = await open(store);
    const a = keys.blindIndex("a");
    // One name in 4,096 shares the bucket of "a", and would make the last exchange none.
    const other = names(9).find((name) => bucketOf(keys.blindIndex(name)) !== bucketOf(a))!;
    const b = keys.blindIndex(other);
    keys.ensure(["a", other]);
    const changed = (of: Uint8Array, sealed: Uint8Array, bucketKey?: Uint8Array): SubjectStore => ({
      insert: (subjects) => store.insert(subjects),
      lookup: (id) => (Buffer.compare(id, of) === 0 ? sealed : store.lookup(id)),
      subjectsOf: (bucket) => store.subjectsOf(bucket),
      bucketKey: (bucket) => bucketKey ?? store.bucketKey(bucket),
      addBucketKey: (bucket, key) => store.addBucketKey(bucket, key),
      erase: (id, rest) => {
        store.erase(id, rest);
      },
      rekey: (bucket, next) => {
        store.rekey(bucket, next);
      },
    });
    const own = store.lookup(a)!;
    for (const bad of [
      changed(a, flipped(own, 30)),
      changed(a, store.lookup(b)!),
      changed(a, own, flipped(store.bucketKey(bucketOf(a))!, 30)),
      changed(a, own, store.bucketKey(bucketOf(b))),
    ]) {
      const again = await open(bad);
      assert.throws(() => again.sealCell("a", "p", "x"), { code: "integrity" });
    }
    store.close();
  });
});
