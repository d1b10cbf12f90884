import { randomBytes, randomFillSync } from "node:crypto";
import { hmacSha256 } from "../../core/digest.ts";
import { PipelineError } from "../../core/error.ts";
import { aead, openOnce, sealOnce, type Aead } from "../aead.ts";
import { hkdf, joinInfo } from "../hkdf.ts";
import type { Keyring } from "../keyring.ts";
import { openBytes, sealBytes } from "../shard.ts";
import { Bucket, INDEX, KEY } from "./bucket.ts";
import { openCell, sealCell } from "./cell.ts";
import { BUCKETS, type BucketFile, type SubjectPage, type SubjectStore } from "./store.ts";

/** What remains of an erased subject: a keyed digest, for the tombstone. */
export interface Erasure {
  /** Hex of the blind index; it names nobody without the key, which stays in the bucket file. */
  readonly blindIndex: string;
  /** False when the subject had no key, so that there was nothing to erase. */
  readonly erased: boolean;
  readonly bucket: number;
}

/**
 * Opens the subject keys of a dataset, making the bucket file when there is none. An erasure that a
 * crash interrupted is finished first. Where the keyring has the two-owner rule, it throws `key`
 * unless slots of two owners opened it.
 */
export async function openSubjectKeys(
  keyring: Keyring,
  dataset: string,
  store: SubjectStore,
  file: BucketFile,
): Promise<SubjectKeys> {
  const cipher = await aead();
  const context = bucketContext(dataset);
  const sealed = await file.read();
  const secrets =
    sealed === undefined
      ? randomBytes(KEY * (1 + BUCKETS))
      : openVaultLayer(keyring, await openBytes(keyring, context, sealed));
  const keys = new SubjectKeys(dataset, keyring, cipher, store, file, secrets);
  if (sealed === undefined) await keys.save();
  await keys.recover();
  return keys;
}

/**
 * One random key per data subject, under 256 bucket keys. What identifies a person is sealed under
 * the person's key, so erasing the key erases every copy, wherever it is stored.
 */
export class SubjectKeys {
  readonly #dataset: string;
  readonly #keyring: Keyring;
  readonly #aead: Aead;
  readonly #store: SubjectStore;
  readonly #file: BucketFile;
  // The blind-index key, then the bucket keys.
  readonly #secrets: Uint8Array;
  readonly #buckets = new Map<number, Bucket>();

  constructor(
    dataset: string,
    keyring: Keyring,
    cipher: Aead,
    store: SubjectStore,
    file: BucketFile,
    secrets: Uint8Array,
  ) {
    this.#dataset = dataset;
    this.#keyring = keyring;
    this.#aead = cipher;
    this.#store = store;
    this.#file = file;
    this.#secrets = secrets;
  }

  /** The 16-byte keyed digest that stands for a subject; its first byte is the bucket. */
  blindIndex(subject: string): Uint8Array {
    return hmacSha256(this.#secrets.subarray(0, KEY), subject).subarray(0, INDEX);
  }

  /** Whether a subject has a key: it was seen and not erased since. */
  has(subject: string): boolean {
    return this.#find(subject) !== undefined;
  }

  /** Gives every subject that has none a random key, on the disk before it returns. */
  ensure(subjects: Iterable<string>): void {
    const touched = new Set<number>();
    const fresh = new Uint8Array(KEY);
    for (const subject of subjects) {
      const index = this.blindIndex(subject);
      const bucket = this.#bucket(index[0]!);
      if (bucket.find(index) !== undefined) continue;
      bucket.add(index, randomFillSync(fresh));
      touched.add(index[0]!);
    }
    fresh.fill(0);
    const pages: SubjectPage[] = [];
    for (const number of touched) {
      pages.push(...this.#bucket(number).seal(this.#aead, this.#bucketKey(number), false));
    }
    if (pages.length === 0) return;
    try {
      this.#store.put(pages);
    } catch (error) {
      for (const number of touched) this.#drop(number);
      throw error;
    }
  }

  /**
   * Seals a text that identifies a subject, bound to `place` (column, row: whatever names the cell).
   * The subject must have a key; throws `key` otherwise.
   */
  sealCell(subject: string, place: string, text: string): Uint8Array {
    const key = this.#find(subject);
    if (key === undefined) {
      throw new PipelineError("key", `a subject of ${this.#dataset} has no key: it was erased`);
    }
    return sealCell(key, this.#place(place), text);
  }

  /** Opens a sealed cell; undefined when the subject was erased. */
  openCell(subject: string, place: string, sealed: Uint8Array): string | undefined {
    const key = this.#find(subject);
    return key === undefined ? undefined : openCell(key, this.#place(place), sealed);
  }

  /**
   * Erases a subject for good: its key is dropped, the rest of its bucket sealed anew under a new
   * bucket key, and the old bucket key overwritten. A crash in between is taken up at the next open.
   * What no program can reach, copies made before of both store and file, can still open it.
   */
  async erase(subject: string): Promise<Erasure> {
    const index = this.blindIndex(subject);
    const number = index[0]!;
    const bucket = this.#bucket(number);
    const blindIndex = Buffer.from(index).toString("hex");
    if (!bucket.remove(index)) return { blindIndex, erased: false, bucket: number };
    await this.#rekey(number, bucket);
    return { blindIndex, erased: true, bucket: number };
  }

  /** Seals a bucket under a new key, as `erase` does; for a schedule of rewrapping. */
  async rewrapBucket(number: number): Promise<void> {
    await this.#rekey(number, this.#bucket(number));
  }

  /** Writes the bucket file, sealed under the keyring's current root: call it after a rotation. */
  async save(): Promise<void> {
    const context = bucketContext(this.#dataset);
    await this.#file.replace(
      await sealBytes(this.#keyring, context, sealVaultLayer(this.#keyring, this.#secrets)),
    );
  }

  /** Finishes erasures that a crash interrupted between the store and the bucket file. */
  async recover(): Promise<void> {
    for (const { bucket, key } of this.#store.pending()) {
      const opened = openOnce(this.#pendingWrap(bucket, key.subarray(0, 16)), key.subarray(16));
      if (opened === undefined) {
        throw new PipelineError(
          "integrity",
          `the pending key of subject bucket ${bucket} was changed`,
        );
      }
      this.#bucketKey(bucket).set(opened);
      await this.save();
      this.#store.settle(bucket);
    }
  }

  /** Wipes all keys from memory. */
  close(): void {
    this.#secrets.fill(0);
    for (const bucket of this.#buckets.values()) bucket.close();
    this.#buckets.clear();
  }

  async #rekey(number: number, bucket: Bucket): Promise<void> {
    const fresh = randomBytes(KEY);
    const pages = bucket.seal(this.#aead, fresh, true);
    const salt = randomBytes(16);
    const pending = Buffer.concat([salt, sealOnce(this.#pendingWrap(number, salt), fresh)]);
    // Store first: from here on the pages need the new key, which the note beside them holds.
    try {
      this.#store.replace(number, pages, pending);
    } catch (error) {
      this.#drop(number);
      throw error;
    }
    this.#bucketKey(number).set(fresh);
    fresh.fill(0);
    await this.save();
    this.#store.settle(number);
  }

  /** Forgets what memory has of a bucket that could not be written: the store is what counts. */
  #drop(number: number): void {
    this.#buckets.get(number)?.close();
    this.#buckets.delete(number);
  }

  #find(subject: string): Uint8Array | undefined {
    const index = this.blindIndex(subject);
    return this.#bucket(index[0]!).find(index);
  }

  #bucket(number: number): Bucket {
    let bucket = this.#buckets.get(number);
    if (bucket === undefined) {
      const pages = this.#store.pages(number);
      bucket = Bucket.open(this.#aead, this.#bucketKey(number), number, pages);
      this.#buckets.set(number, bucket);
    }
    return bucket;
  }

  #bucketKey(number: number): Uint8Array {
    return this.#secrets.subarray(KEY * (1 + number), KEY * (2 + number));
  }

  /** Under the blind-index key, which never changes, and not a bucket key, which is the one at stake. */
  #pendingWrap(bucket: number, salt: Uint8Array): Uint8Array {
    const info = joinInfo("probity/subject-pending/v1", this.#dataset, bucket);
    return hkdf(this.#secrets.subarray(0, KEY), salt, info, KEY);
  }

  #place(place: string): string {
    return joinInfo("probity/cell/v1", this.#dataset, place);
  }
}

const VAULT_PURPOSE = "subject buckets";
const VAULT_SALT = 16;

/** With the two-owner rule, the bucket keys are sealed once more under the vault key. */
function sealVaultLayer(keyring: Keyring, secrets: Uint8Array): Uint8Array {
  if (!keyring.twoOwners) return secrets;
  const salt = randomBytes(VAULT_SALT);
  return Buffer.concat([salt, sealOnce(vaultLayerKey(keyring, salt), secrets)]);
}

function openVaultLayer(keyring: Keyring, layer: Uint8Array): Uint8Array {
  if (!keyring.twoOwners) return layer;
  const key = vaultLayerKey(keyring, layer.subarray(0, VAULT_SALT));
  const secrets = openOnce(key, layer.subarray(VAULT_SALT));
  if (secrets === undefined) {
    throw new PipelineError("integrity", "the subject keys were sealed under another vault key", {
      hint: "they must be saved once after the two-owner rule is turned on",
    });
  }
  return secrets;
}

function vaultLayerKey(keyring: Keyring, salt: Uint8Array): Uint8Array {
  return hkdf(keyring.vaultKey(VAULT_PURPOSE), salt, "probity/subject-vault/v1", KEY);
}

function bucketContext(dataset: string): string {
  return `subject buckets of ${dataset}`;
}
