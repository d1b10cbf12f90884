import { PipelineError } from "../../core/error.ts";
import { type Aead, TAG } from "../aead.ts";
import { hkdf } from "../hkdf.ts";

/** Plaintext bytes of every chunk but the last. */
export const CHUNK = 64 * 1024;
/** Bytes of the random salt that opens a payload. */
export const PAYLOAD_SALT = 16;
const SEALED = CHUNK + TAG;
// Chunks are handed on in groups, because one write of a megabyte costs less than sixteen.
const GROUP = 16;
/** Buffers that sealing takes turns with where it may use them again: one is written, one filled. */
const TURNS = 2;

/** The key of a payload. The salt makes it single-use, so that nonces may simply count. */
export function payloadKey(fileKey: Uint8Array, salt: Uint8Array): Uint8Array {
  return hkdf(fileKey, salt, "payload", 32);
}

/** Bytes of the plaintext inside a payload (without its salt) of `sealed` bytes, if it is whole. */
export function plainLength(sealed: number): number {
  return sealed - Math.ceil(sealed / SEALED) * TAG;
}

/**
 * Encrypts a stream of any piece sizes in the STREAM construction (Hoang, Reyhanitabar, Rogaway and
 * Vizár 2015): a counter in each nonce fixes the order, and a flag in the last one the end. With
 * `recycle` a piece is good until the one after the next is asked for, and no memory is taken anew.
 */
export async function* sealStream(
  aead: Aead,
  key: Uint8Array,
  plain: AsyncIterable<Uint8Array>,
  recycle = false,
): AsyncIterable<Uint8Array> {
  const sealer = new Sealer(aead, key, recycle);
  for await (const piece of plain) yield* sealer.add(piece);
  yield sealer.finish();
}

/** The same for bytes that are in memory. */
export function sealAll(aead: Aead, key: Uint8Array, plain: Uint8Array): Uint8Array {
  const chunks = Math.max(1, Math.ceil(plain.length / CHUNK));
  const out = new Uint8Array(plain.length + chunks * TAG);
  for (let i = 0; i < chunks; i++) {
    const chunk = plain.subarray(i * CHUNK, (i + 1) * CHUNK);
    aead.seal(key, chunkNonce(i, i === chunks - 1), chunk, out, i * SEALED);
  }
  return out;
}

class Sealer {
  readonly #aead: Aead;
  readonly #key: Uint8Array;
  // Plaintext not yet sealed: a chunk is the last one or not only once the next byte is seen.
  readonly #held = new Uint8Array(CHUNK);
  #heldBytes = 0;
  #index = 0;
  #out: Uint8Array = new Uint8Array(0);
  #outBytes = 0;
  // The buffers that are used in turn, and how many groups were begun.
  readonly #turns: Uint8Array[] = [];
  readonly #recycle: boolean;
  #groups = 0;

  constructor(aead: Aead, key: Uint8Array, recycle: boolean) {
    this.#aead = aead;
    this.#key = key;
    this.#recycle = recycle;
  }

  *add(piece: Uint8Array): Iterable<Uint8Array> {
    let from = 0;
    while (this.#heldBytes + (piece.length - from) > CHUNK) {
      if (this.#heldBytes === 0) {
        this.#seal(piece.subarray(from, from + CHUNK), false, piece.length - from);
        from += CHUNK;
      } else {
        from += this.#hold(piece.subarray(from, from + CHUNK - this.#heldBytes));
        this.#seal(this.#held, false, piece.length - from);
        this.#heldBytes = 0;
      }
      if (this.#outBytes === this.#out.length) yield this.#take();
    }
    this.#hold(piece.subarray(from));
  }

  finish(): Uint8Array {
    this.#seal(this.#held.subarray(0, this.#heldBytes), true, 0);
    this.#held.fill(0);
    return this.#take();
  }

  #hold(bytes: Uint8Array): number {
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes += bytes.length;
    return bytes.length;
  }

  /** `ahead` is how much plaintext is known to follow, for the size of the next group. */
  #seal(plain: Uint8Array, last: boolean, ahead: number): void {
    if (this.#outBytes === this.#out.length) {
      const chunks = last ? 1 : Math.min(GROUP, 1 + Math.ceil(ahead / CHUNK));
      this.#out = this.#recycle ? this.#nextTurn() : Buffer.allocUnsafeSlow(chunks * SEALED);
      this.#outBytes = 0;
    }
    const nonce = chunkNonce(this.#index++, last);
    this.#aead.seal(this.#key, nonce, plain, this.#out, this.#outBytes);
    this.#outBytes += plain.length + TAG;
  }

  #nextTurn(): Uint8Array {
    const turn = this.#groups++ % TURNS;
    return (this.#turns[turn] ??= Buffer.allocUnsafeSlow(GROUP * SEALED));
  }

  #take(): Uint8Array {
    const group = this.#out.subarray(0, this.#outBytes);
    this.#out = new Uint8Array(0);
    this.#outBytes = 0;
    return group;
  }
}

/**
 * Decrypts a payload (without its salt) as it arrives. Every piece it yields is authentic and in
 * place, but only a normal end says that it was all: on `integrity`, drop what came before.
 */
export async function* openStream(
  aead: Aead,
  key: Uint8Array,
  sealed: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let index = 0;
  for await (const piece of sealed) {
    parts.push(piece);
    bytes += piece.length;
    if (bytes <= SEALED) continue; // joined only once a chunk is whole, so tiny pieces stay cheap
    const held = Buffer.concat(parts);
    let from = 0;
    while (held.length - from > SEALED) {
      const chunk = held.subarray(from, from + SEALED);
      const plain = aead.open(key, chunkNonce(index, false), chunk);
      if (plain === undefined) {
        const last = aead.open(key, chunkNonce(index, true), chunk);
        if (last === undefined) throw changed(index);
        yield last;
        throw new PipelineError("integrity", "bytes follow the last chunk of the encrypted file");
      }
      yield plain;
      index++;
      from += SEALED;
    }
    parts = [held.subarray(from)];
    bytes = held.length - from;
  }
  const held = Buffer.concat(parts);
  if (held.length === SEALED) {
    // A full chunk without the end's flag is authentic; that nothing follows it is not.
    const plain = aead.open(key, chunkNonce(index, false), held);
    if (plain !== undefined) {
      yield plain;
      throw truncated(index + 1);
    }
  }
  yield openLast(aead, key, index, held);
}

/** Decrypts chunk `index` of a payload that is in memory; `last` when it is the last one. */
export function openChunk(
  aead: Aead,
  key: Uint8Array,
  index: number,
  last: boolean,
  sealed: Uint8Array,
): Uint8Array {
  if (last) return openLast(aead, key, index, sealed);
  const plain = aead.open(key, chunkNonce(index, false), sealed);
  if (plain === undefined) throw changed(index);
  return plain;
}

/** Where chunk `index` begins in a payload without its salt. */
export function chunkStart(index: number): number {
  return index * SEALED;
}

function openLast(aead: Aead, key: Uint8Array, index: number, sealed: Uint8Array): Uint8Array {
  const plain = aead.open(key, chunkNonce(index, true), sealed);
  if (plain === undefined) {
    // Only a cut exactly between chunks is known to be one.
    const whole = sealed.length > 0 && aead.open(key, chunkNonce(index, false), sealed);
    throw whole === undefined ? changed(index) : truncated(whole === false ? index : index + 1);
  }
  // One plaintext has one form: an empty chunk only ends an empty file.
  if (plain.length === 0 && index > 0) {
    throw new PipelineError("integrity", "the last chunk of the encrypted file is empty");
  }
  return plain;
}

/** Eleven bytes of big-endian counter, then 1 on the last chunk and 0 before. */
function chunkNonce(index: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function truncated(chunks: number): PipelineError {
  return new PipelineError(
    "integrity",
    `the encrypted file is truncated after chunk ${chunks - 1}`,
  );
}

function changed(index: number): PipelineError {
  return new PipelineError(
    "integrity",
    `chunk ${index} of the encrypted file was changed or is cut short`,
  );
}
