import { randomBytes } from "node:crypto";
import { PipelineError } from "../../core/error.ts";
import { TAG, type Aead } from "../aead.ts";
import { hkdf, joinInfo } from "../hkdf.ts";
import type { SubjectPage } from "./store.ts";

/** Bytes of a blind index, the keyed digest that stands for a subject. */
export const INDEX = 16;
/** Bytes of a subject key. */
export const KEY = 32;
const ENTRY = INDEX + KEY;
const PER_PAGE = 128;
const SALT = 16;
const ZERO_NONCE = new Uint8Array(12);

/**
 * The subjects of one bucket in memory: entries of blind index and key one after the other, and a
 * hash table of their positions, so that a million subjects take some 60 MB in all.
 */
export class Bucket {
  readonly #number: number;
  #entries: Uint8Array;
  #count = 0;
  #table: Int32Array; // position + 1 of the entry, 0 where free
  #dirtyFrom = Infinity;

  constructor(number: number, entries: Uint8Array) {
    this.#number = number;
    this.#entries = Uint8Array.from(entries);
    this.#count = entries.length / ENTRY;
    this.#table = new Int32Array(0);
    this.#index();
  }

  /** Opens a bucket's pages. Throws `integrity` when one was changed, is missing or is another's. */
  static open(aead: Aead, key: Uint8Array, number: number, pages: readonly SubjectPage[]): Bucket {
    const parts = pages.map(({ sealed }, page) => {
      const salt = sealed.subarray(0, SALT);
      const pageKey = hkdf(key, salt, pageInfo(number, page), KEY);
      const plain = aead.open(pageKey, ZERO_NONCE, sealed.subarray(SALT));
      const full = page < pages.length - 1;
      const sized = plain !== undefined && plain.length % ENTRY === 0;
      if (!sized || (full && plain.length !== PER_PAGE * ENTRY)) {
        throw new PipelineError(
          "integrity",
          `page ${page} of subject bucket ${number} was changed`,
        );
      }
      return plain;
    });
    const entries = Buffer.concat(parts);
    const bucket = new Bucket(number, entries);
    for (const part of [...parts, entries]) part.fill(0);
    return bucket;
  }

  get size(): number {
    return this.#count;
  }

  /** The key of a subject, a view of this bucket's memory; undefined when there is none. */
  find(index: Uint8Array): Uint8Array | undefined {
    const at = this.#position(index);
    return at < 0 ? undefined : this.#entries.subarray(at * ENTRY + INDEX, (at + 1) * ENTRY);
  }

  /** Adds a subject that is not there. */
  add(index: Uint8Array, key: Uint8Array): void {
    if ((this.#count + 1) * ENTRY > this.#entries.length) this.#grow();
    this.#entries.set(index, this.#count * ENTRY);
    this.#entries.set(key, this.#count * ENTRY + INDEX);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, this.#count);
    this.#count++;
    if (this.#count * 2 > this.#table.length) this.#index();
    else this.#insert(this.#count - 1);
  }

  /** Wipes a subject; the last entry takes its place. False when there is none. */
  remove(index: Uint8Array): boolean {
    const at = this.#position(index);
    if (at < 0) return false;
    const last = (this.#count - 1) * ENTRY;
    this.#entries.copyWithin(at * ENTRY, last, last + ENTRY);
    this.#entries.fill(0, last, last + ENTRY);
    this.#count--;
    this.#index();
    return true;
  }

  /** The pages with additions since the last call, sealed; all of them when `all` is set. */
  seal(aead: Aead, key: Uint8Array, all: boolean): readonly SubjectPage[] {
    const pages: SubjectPage[] = [];
    const first = all ? 0 : Math.floor(this.#dirtyFrom / PER_PAGE);
    for (let page = first; page * PER_PAGE < this.#count; page++) {
      const end = Math.min((page + 1) * PER_PAGE, this.#count);
      const plain = this.#entries.subarray(page * PER_PAGE * ENTRY, end * ENTRY);
      // A fresh salt makes a fresh key, so the nonce may stay.
      const salt = randomBytes(SALT);
      const sealed = new Uint8Array(SALT + plain.length + TAG);
      sealed.set(salt);
      const pageKey = hkdf(key, salt, pageInfo(this.#number, page), KEY);
      aead.seal(pageKey, ZERO_NONCE, plain, sealed, SALT);
      pages.push({ bucket: this.#number, page, sealed });
    }
    this.#dirtyFrom = Infinity;
    return pages;
  }

  /** Wipes all keys from memory. */
  close(): void {
    this.#entries.fill(0);
    this.#count = 0;
    this.#index();
  }

  #grow(): void {
    const entries = new Uint8Array(Math.max(64 * ENTRY, this.#entries.length * 1.5));
    entries.set(this.#entries);
    this.#entries.fill(0);
    this.#entries = entries;
  }

  #index(): void {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, this.#count * 3)));
    this.#table = new Int32Array(size);
    for (let at = 0; at < this.#count; at++) this.#insert(at);
  }

  #insert(at: number): void {
    const mask = this.#table.length - 1;
    let slot = hash(this.#entries, at * ENTRY) & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = at + 1;
  }

  #position(index: Uint8Array): number {
    const mask = this.#table.length - 1;
    for (let slot = hash(index, 0) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#table[slot]! - 1;
      if (at < 0 || this.#matches(at, index)) return at;
    }
  }

  #matches(at: number, index: Uint8Array): boolean {
    for (let i = 0; i < INDEX; i++) if (this.#entries[at * ENTRY + i] !== index[i]) return false;
    return true;
  }
}

/** A blind index is random already; its first byte chose the bucket, the next four spread it. */
function hash(bytes: Uint8Array, at: number): number {
  return (
    bytes[at + 1]! |
    (bytes[at + 2]! << 8) |
    (bytes[at + 3]! << 16) |
    ((bytes[at + 4]! & 0x7f) << 24)
  );
}

function pageInfo(bucket: number, page: number): string {
  return joinInfo("probity/subject-page/v1", bucket, page);
}
