import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createKeyring, openKeyring, type Keyring } from "../../../../pipeline/crypto/keyring.ts";
import type {
  BucketFile,
  SubjectPage,
  SubjectStore,
} from "../../../../pipeline/crypto/subjects/store.ts";
import {
  openSubjectKeys,
  type SubjectKeys,
} from "../../../../pipeline/crypto/subjects/subject-keys.ts";
import { flipped } from "../bytes.ts";
import { fails } from "../fails.ts";

type Step = "put" | "replace" | "file" | "settle";

/** A store and a bucket file in memory, which can break off before a step as a crash would. */
class Disk implements SubjectStore {
  pagesOf = new Map<number, SubjectPage[]>();
  notes = new Map<number, Uint8Array>();
  file: Uint8Array | undefined;
  crashAt: Step | undefined;

  pages(bucket: number): readonly SubjectPage[] {
    return this.pagesOf.get(bucket) ?? [];
  }
  put(pages: readonly SubjectPage[]): void {
    this.#reach("put");
    for (const page of pages) {
      const all = this.pagesOf.get(page.bucket) ?? [];
      all[page.page] = page;
      this.pagesOf.set(page.bucket, all);
    }
  }
  replace(bucket: number, pages: readonly SubjectPage[], pendingKey: Uint8Array): void {
    this.#reach("replace");
    this.pagesOf.set(bucket, [...pages]);
    this.notes.set(bucket, pendingKey);
  }
  pending(): readonly { readonly bucket: number; readonly key: Uint8Array }[] {
    return [...this.notes].map(([bucket, key]) => ({ bucket, key }));
  }
  settle(bucket: number): void {
    this.#reach("settle");
    this.notes.delete(bucket);
  }
  async read(): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.file);
  }
  async replaceFile(bytes: Uint8Array): Promise<void> {
    this.#reach("file");
    this.file = Uint8Array.from(bytes);
    return Promise.resolve();
  }
  bucketFile(): BucketFile {
    return {
      read: async () => this.read(),
      replace: async (bytes) => this.replaceFile(bytes),
    };
  }
  #reach(step: Step): void {
    if (this.crashAt !== step) return;
    this.crashAt = undefined;
    throw new Error(`crash before ${step}`);
  }
}

const keyring = await createKeyring("d", [{ kind: "keyfile", key: Buffer.alloc(32, 5) }]);
const open = async (disk: Disk, ring: Keyring = keyring): Promise<SubjectKeys> =>
  openSubjectKeys(ring, "adult", disk, disk.bucketFile());
const names = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `person ${from + i}`);

describe("subject keys", () => {
  it("open what they sealed, after closing and opening, in that place alone", async () => {
    const disk = new Disk();
    const keys = await open(disk);
    keys.ensure(names(3000));
    const sealed = keys.sealCell("person 7", "name,7", "阿达 Lovelace");
    keys.close();
    const again = await open(disk);
    again.ensure(names(3000));
    assert.equal(again.openCell("person 7", "name,7", sealed), "阿达 Lovelace");
    await fails("integrity", async () =>
      Promise.resolve(again.openCell("person 7", "name,8", sealed)),
    );
    await fails("integrity", async () =>
      Promise.resolve(again.openCell("person 8", "name,7", sealed)),
    );
    for (let at = 0; at < sealed.length; at++) {
      const changed = flipped(sealed, at);
      await fails("integrity", async () =>
        Promise.resolve(again.openCell("person 7", "name,7", changed)),
      );
    }
    await fails("key", async () => Promise.resolve(again.sealCell("nobody", "name,7", "x")));
  });

  it("keep every subject through any order of adding and erasing", async () => {
    const command = fc.record({ erase: fc.boolean(), who: fc.nat(40) });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
        const disk = new Disk();
        const keys = await open(disk);
        const there = new Map<string, Uint8Array>();
        for (const { erase, who } of commands) {
          const name = `person ${who}`;
          if (erase) {
            assert.equal((await keys.erase(name)).erased, there.delete(name));
          } else {
            keys.ensure([name]);
            if (!there.has(name)) there.set(name, keys.sealCell(name, "p", name));
          }
        }
        const again = await open(disk);
        for (let who = 0; who <= 40; who++) {
          const name = `person ${who}`;
          assert.equal(again.has(name), there.has(name));
          if (there.has(name)) assert.equal(again.openCell(name, "p", there.get(name)!), name);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("erase a subject so that neither store, file nor both of them open its cells again", async () => {
    const disk = new Disk();
    const keys = await open(disk);
    keys.ensure(names(500));
    const sealed = keys.sealCell("person 3", "p", "x");
    const [oldPages, oldFile] = [new Map(disk.pagesOf), disk.file];
    const erasure = await keys.erase("person 3");
    assert.match(erasure.blindIndex, /^[0-9a-f]{32}$/);
    assert.equal(keys.openCell("person 3", "p", sealed), undefined);
    assert.equal((await keys.erase("person 3")).erased, false);

    const later = new Disk();
    [later.pagesOf, later.file] = [oldPages, disk.file];
    await fails("integrity", async () => (await open(later)).has("person 3"));
    const half = new Disk();
    [half.pagesOf, half.file] = [new Map(disk.pagesOf), oldFile];
    await fails("integrity", async () => (await open(half)).has("person 3"));

    keys.ensure(["person 3"]);
    await fails("integrity", async () => Promise.resolve(keys.openCell("person 3", "p", sealed)));
  });

  for (const step of ["replace", "file", "settle"] as const) {
    it(`survive a crash before ${step}`, async () => {
      const disk = new Disk();
      const keys = await open(disk);
      keys.ensure(names(2000));
      const sealed = names(2000).map((name) => keys.sealCell(name, "p", name));
      disk.crashAt = step;
      await assert.rejects(async () => keys.erase("person 3"), /crash/);
      const again = await open(disk);
      assert.equal(disk.notes.size, 0);
      for (const [i, name] of names(2000).entries()) {
        const expected = i === 3 && step !== "replace" ? undefined : name;
        assert.equal(again.openCell(name, "p", sealed[i]!), expected);
      }
    });
  }

  it("stay as they were when the store fails", async () => {
    const disk = new Disk();
    const keys = await open(disk);
    disk.crashAt = "put";
    assert.throws(() => {
      keys.ensure(["a"]);
    }, /crash/);
    assert.equal(keys.has("a"), false);
  });

  it("follow a rotation of the keyring", async () => {
    const ring = await createKeyring("d", [{ kind: "keyfile", key: Buffer.alloc(32, 6) }]);
    const disk = new Disk();
    const keys = await open(disk, ring);
    keys.ensure(["a"]);
    const index = keys.blindIndex("a");
    const sealed = keys.sealCell("a", "p", "x");
    ring.rotate();
    await keys.save();
    ring.forget("drk_1");
    const again = await open(disk, ring);
    assert.deepEqual(again.blindIndex("a"), index);
    assert.equal(again.openCell("a", "p", sealed), "x");
    await again.rewrapBucket(index[0]!);
    assert.equal((await open(disk, ring)).openCell("a", "p", sealed), "x");
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
    const disk = new Disk();
    const keys = await open(disk, ring);
    keys.ensure(["a"]);
    const sealed = keys.sealCell("a", "p", "x");
    const both = await openKeyring(ring.serialize(), [
      { kind: "keyfile", key: bob },
      { kind: "keyfile", key: ada },
    ]);
    assert.equal((await open(disk, both)).openCell("a", "p", sealed), "x");
    const alone = await openKeyring(ring.serialize(), [{ kind: "keyfile", key: ada }]);
    await fails("key", async () => open(disk, alone));
  });

  it("notice a changed, missing or exchanged page", async () => {
    const disk = new Disk();
    const keys = await open(disk);
    keys.ensure(names(70_000));
    const bucket = 9;
    const pages = [...disk.pages(bucket)];
    assert.ok(pages.length >= 2);
    const [first, second] = [pages[0]!, pages[1]!];
    for (const bad of [
      [{ ...first, sealed: flipped(first.sealed, 40) }, ...pages.slice(1)],
      [second, first, ...pages.slice(2)],
      pages.slice(1),
    ]) {
      disk.pagesOf.set(bucket, bad);
      const again = await open(disk);
      const inside = names(70_000).find((name) => again.blindIndex(name)[0] === bucket);
      await fails("integrity", async () => Promise.resolve(again.has(inside!)));
    }
  });
});
