import { randomBytes } from "node:crypto";
import { equalBytes, hmacSha256 } from "../../core/digest.ts";
import { PipelineError } from "../../core/error.ts";
import { hkdf, joinInfo, noSalt } from "../hkdf.ts";
import type { Keyring } from "../keyring.ts";
import { disclose, enclose } from "./envelope.ts";
import { newSecrets, openSecrets, sealSecrets, type SubjectSecrets } from "./secrets.ts";
import type { SealedBucket, SealedSubject, SubjectStore } from "./store.ts";

/** What remains of an erased subject: a keyed digest, for the tombstone. */
export interface Erasure {
  /** Hex of the blind index. It names nobody without the key that made it. */
  readonly blindIndex: string;
  /** False when the subject had no key, so that there was nothing to erase. */
  readonly erased: boolean;
}

const KEY = 32;
const INDEX = 16;
const ATTEMPTS = 5;

/**
 * The file that the subject keys of a new dataset hang on, to be written beside its keyring. After
 * `rotate`, and when the two-owner rule is turned on, write `SubjectKeys.reseal` in its place.
 */
export async function createSubjectSecrets(keyring: Keyring, dataset: string): Promise<Uint8Array> {
  return sealSecrets(keyring, dataset, newSecrets());
}

/**
 * Opens the subject keys of a dataset. Throws `key` where the keyring has the two-owner rule and
 * slots of one owner opened it.
 */
export async function openSubjectKeys(
  keyring: Keyring,
  dataset: string,
  secrets: Uint8Array,
  store: SubjectStore,
): Promise<SubjectKeys> {
  return new SubjectKeys(dataset, await openSecrets(keyring, dataset, secrets), store);
}

/**
 * One random key per data subject, sealed under the key of its bucket. What identifies a person is
 * sealed under the person's key, so erasing the key erases every copy, wherever it is stored.
 */
export class SubjectKeys {
  readonly #dataset: string;
  readonly #secrets: SubjectSecrets;
  readonly #store: SubjectStore;
  readonly #buckets = new Map<number, { readonly sealed: Uint8Array; readonly key: Uint8Array }>();

  constructor(dataset: string, secrets: SubjectSecrets, store: SubjectStore) {
    this.#dataset = dataset;
    this.#secrets = secrets;
    this.#store = store;
  }

  /** The 16-byte keyed digest that stands for a subject. */
  blindIndex(subject: string): Uint8Array {
    const info = joinInfo("probity/blind-index/v1", this.#dataset, subject);
    return hmacSha256(this.#secrets.index, info).subarray(0, INDEX);
  }

  /** Whether a subject has a key: it was seen and not erased since. */
  has(subject: string): boolean {
    return this.#store.lookup(this.blindIndex(subject)) !== undefined;
  }

  /**
   * Gives every subject that has none a random key; returns how many were new. Some thousands at
   * a time cost the least; of a subject that is named twice, the first key stays. Another process must not erase from the same store meanwhile: the caller
   * holds the workspace's lock.
   */
  ensure(subjects: Iterable<string>): number {
    const ids: Uint8Array[] = [];
    for (const subject of subjects) {
      const id = this.blindIndex(subject);
      if (this.#store.lookup(id) === undefined) ids.push(id);
    }
    if (ids.length === 0) return 0;
    const buckets = this.#ensureBuckets(new Set(ids.map(bucketOf)));
    const keys = randomBytes(KEY * ids.length); // at once: a call to the system for each is slow
    const sealed = ids.map((id, i): SealedSubject => {
      const key = keys.subarray(i * KEY, (i + 1) * KEY);
      return { id, sealed: enclose(buckets.get(bucketOf(id))!, id, key) };
    });
    keys.fill(0);
    return this.#store.insert(sealed);
  }

  /**
   * Seals a text that identifies a subject, bound to `place` (column and row: whatever names the
   * cell). Its length shows. Throws `key` for a subject without a key.
   */
  sealCell(subject: string, place: string, text: string): Uint8Array {
    const key = this.#find(subject);
    if (key === undefined) {
      throw new PipelineError("key", `a subject of ${this.#dataset} has no key, or was erased`);
    }
    return enclose(key, this.#about(place), text);
  }

  /** `sealCell` for many cells, making keys for subjects that have none: several times as fast. */
  sealCells(
    cells: readonly { readonly subject: string; readonly place: string; readonly text: string }[],
  ): readonly Uint8Array[] {
    this.ensure(new Set(cells.map(({ subject }) => subject)));
    const keys = new Map<string, Uint8Array>();
    const sealed = cells.map(({ subject, place, text }) => {
      const key = keys.get(subject) ?? this.#find(subject);
      if (key === undefined) {
        throw new PipelineError("key", `a subject of ${this.#dataset} was erased meanwhile`);
      }
      keys.set(subject, key);
      return enclose(key, this.#about(place), text);
    });
    for (const key of keys.values()) key.fill(0);
    return sealed;
  }

  /**
   * The key of single values of a subject, and the blind index that names it; made where there is none.
   * Erasing the subject erases it. It is not the key of the subject's cells.
   */
  valueKey(subject: string): { readonly id: Uint8Array; readonly key: Uint8Array } {
    const id = this.blindIndex(subject);
    const known = this.valueKeyOf(id) ?? (this.ensure([subject]), this.valueKeyOf(id));
    if (known === undefined)
      throw new PipelineError("key", `a subject of ${this.#dataset} was erased meanwhile`);
    return { id, key: known };
  }

  /** The same of the subject behind a blind index; undefined when that subject was erased. */
  valueKeyOf(id: Uint8Array): Uint8Array | undefined {
    const key = this.#findIndex(id);
    if (key === undefined) return undefined;
    const own = hkdf(key, noSalt, "probity/person-values/v1", KEY);
    key.fill(0);
    return own;
  }

  /** Whether a blind index still has a key. */
  hasIndex(id: Uint8Array): boolean {
    return this.#store.lookup(id) !== undefined;
  }

  /** Opens a cell of the subject behind a blind index; undefined when that subject was erased. */
  openCellOf(id: Uint8Array, place: string, sealed: Uint8Array): string | undefined {
    const key = this.#findIndex(id);
    return key === undefined ? undefined : this.#disclose(key, place, sealed);
  }

  /** Opens a sealed cell; undefined when its subject was erased. Throws `integrity` when changed. */
  openCell(subject: string, place: string, sealed: Uint8Array): string | undefined {
    return this.openCellOf(this.blindIndex(subject), place, sealed);
  }

  #disclose(key: Uint8Array, place: string, sealed: Uint8Array): string {
    const text = disclose(key, this.#about(place), sealed);
    if (text === undefined) {
      throw new PipelineError("integrity", `the sealed cell at ${place} was changed`, {
        hint: "or its subject was erased and seen again since",
      });
    }
    return Buffer.from(text).toString("utf8");
  }

  /**
   * Erases a subject for good: its key goes, the others of its bucket are sealed under a new bucket
   * key, and the old bucket key is overwritten, all in one transaction. Copies of the database made
   * before still have the key, for whoever opens the keyring.
   */
  erase(subject: string): Erasure {
    const id = this.blindIndex(subject);
    const blindIndex = Buffer.from(id).toString("hex");
    const erased = this.#retried(() => {
      if (this.#store.lookup(id) === undefined) {
        this.#store.settle?.();
        return false;
      }
      const number = bucketOf(id);
      const rest = this.#store.subjectsOf(number).filter((s) => Buffer.compare(s.id, id) !== 0);
      this.#store.erase(id, this.#sealAnew(number, rest));
      return true;
    });
    return { blindIndex, erased };
  }

  /** Puts a bucket that has a key under a new one. */
  rekeyBucket(number: number): void {
    this.#retried(() => {
      if (this.#store.bucketKey(number) === undefined) return;
      this.#store.rekey(number, this.#sealAnew(number, this.#store.subjectsOf(number)));
    });
  }

  /** The file of `createSubjectSecrets` anew, under the keyring's current root. */
  async reseal(keyring: Keyring): Promise<Uint8Array> {
    return sealSecrets(keyring, this.#dataset, this.#secrets);
  }

  /** Wipes the keys from memory. */
  close(): void {
    this.#secrets.index.fill(0);
    this.#secrets.wrap.fill(0);
    for (const { key } of this.#buckets.values()) key.fill(0);
    this.#buckets.clear();
  }

  #find(subject: string): Uint8Array | undefined {
    return this.#findIndex(this.blindIndex(subject));
  }

  #findIndex(id: Uint8Array): Uint8Array | undefined {
    // Another process may erase somebody of the bucket between the two reads.
    return this.#retried(() => {
      const sealed = this.#store.lookup(id);
      return sealed === undefined
        ? undefined
        : this.#open(this.#bucketKey(bucketOf(id)), id, sealed);
    });
  }

  #open(bucketKey: Uint8Array, id: Uint8Array, sealed: Uint8Array): Uint8Array {
    const key = disclose(bucketKey, id, sealed);
    if (key === undefined) {
      throw new PipelineError("integrity", `a sealed subject key of ${this.#dataset} was changed`);
    }
    return key;
  }

  #bucketKey(number: number): Uint8Array {
    const sealed = this.#store.bucketKey(number);
    const known = this.#buckets.get(number);
    // Another process may have put the bucket under a new key since.
    if (sealed !== undefined && known !== undefined && equalBytes(known.sealed, sealed))
      return known.key;
    const key =
      sealed === undefined
        ? undefined
        : disclose(this.#secrets.wrap, this.#bucketName(number), sealed);
    if (sealed === undefined || key === undefined) {
      throw new PipelineError("integrity", `the key of subject bucket ${number} was changed`);
    }
    known?.key.fill(0);
    this.#buckets.set(number, { sealed, key });
    return key;
  }

  /** The keys of these buckets, made where there is none; another process may be faster. */
  #ensureBuckets(numbers: ReadonlySet<number>): ReadonlyMap<number, Uint8Array> {
    const made = [...numbers]
      .filter((bucket) => this.#store.bucketKey(bucket) === undefined)
      .map((bucket) => ({
        bucket,
        key: enclose(this.#secrets.wrap, this.#bucketName(bucket), randomBytes(KEY)),
      }));
    if (this.#store.addBucketKeys !== undefined) this.#store.addBucketKeys(made);
    else for (const { bucket, key } of made) this.#store.addBucketKey(bucket, key);
    return new Map([...numbers].map((number) => [number, this.#bucketKey(number)]));
  }

  #sealAnew(number: number, subjects: readonly SealedSubject[]): SealedBucket {
    const old = this.#bucketKey(number);
    const fresh = randomBytes(KEY);
    const resealed = subjects.map(({ id, sealed }) => {
      const key = this.#open(old, id, sealed);
      const anew = { id, sealed: enclose(fresh, id, key) };
      key.fill(0);
      return anew;
    });
    const key = enclose(this.#secrets.wrap, this.#bucketName(number), fresh);
    fresh.fill(0);
    return { key, subjects: resealed };
  }

  /** Other processes use the store as well; what they changed meanwhile is read again. */
  #retried<T>(action: () => T): T {
    for (let attempt = 1; ; attempt++) {
      try {
        return action();
      } catch (error) {
        const mayPass =
          error instanceof PipelineError && ["incomplete", "integrity"].includes(error.code);
        if (!mayPass || attempt === ATTEMPTS) throw error;
      }
    }
  }

  #bucketName(number: number): string {
    return joinInfo("probity/subject-bucket/v1", this.#dataset, number);
  }

  #about(place: string): string {
    return joinInfo("probity/cell/v1", this.#dataset, place);
  }
}

/** The bucket of a blind index, 0 to 4095: its first twelve bits. */
export function bucketOf(id: Uint8Array): number {
  return id[0]! * 16 + (id[1]! >> 4);
}
