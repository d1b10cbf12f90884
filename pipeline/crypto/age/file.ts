import { randomBytes } from "node:crypto";
import { PipelineError } from "../../core/error.ts";
import { aead, TAG, type Aead, type Engine } from "../aead.ts";
import { checkMac, MAX_HEADER, parseHeader, serializeHeader, type Header } from "./header.ts";
import { FILE_KEY, type Identity, type Recipient } from "./recipient.ts";
import { decodeArmor, isArmored } from "./armor.ts";
import { identityOf, recipientOf } from "./keys.ts";
import { checkAlone, scryptIdentity, scryptRecipient } from "./scrypt.ts";
import {
  CHUNK,
  chunkStart,
  openChunk,
  openStream,
  PAYLOAD_SALT,
  payloadKey,
  plainLength,
  sealAll,
  sealStream,
} from "./stream.ts";

/** Bytes that can be read from anywhere: a file, or a view of memory. Ranges are half-open. */
export interface RandomAccess {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** A range of plaintext bytes, half-open. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An opened age file of which any part can be decrypted. */
export interface OpenFile {
  /** Bytes of the plaintext. */
  readonly byteLength: number;
  /** The plaintext of a range (all by default, cut to the file), decrypting only its chunks. */
  read(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** The header and where the payload begins. */
export interface Inspection {
  readonly header: Header;
  /** Bytes of the header; the payload's salt follows. */
  readonly length: number;
}

/** Fixed in tests that write a published vector again; random everywhere else. */
export interface FileSecrets {
  readonly fileKey?: Uint8Array;
  readonly payloadSalt?: Uint8Array;
}

/**
 * Encrypts a stream to `age1…` recipients, or under a passphrase, as stock age does. With `recycle` a
 * piece is good until the one after the next is asked for, which spares a large file its memory.
 */
export function encryptStream(
  plain: AsyncIterable<Uint8Array>,
  to: {
    readonly recipients: readonly string[];
    readonly passphrase?: Uint8Array;
    /** log2 of the cost of trying a passphrase; 18, which is some 0.7 s, if absent. */
    readonly workFactor?: number;
    readonly recycle?: boolean;
  },
): AsyncIterable<Uint8Array> {
  const { passphrase } = to;
  if (passphrase !== undefined && to.recipients.length > 0) {
    throw new PipelineError("usage", "a file has either recipients or a passphrase, not both");
  }
  const recipients =
    passphrase === undefined
      ? to.recipients.map(recipientOf)
      : [scryptRecipient(passphrase, to.workFactor)];
  return sealFile(recipients, plain, "fast", {}, to.recycle);
}

/**
 * Decrypts any age file, armored or not, with `AGE-SECRET-KEY-…` identities or a passphrase. Unless
 * it is armored, its end is checked before the first byte is yielded.
 */
export async function* decryptStream(
  file: RandomAccess,
  by: { readonly identities: readonly string[]; readonly passphrase?: Uint8Array },
): AsyncIterable<Uint8Array> {
  const identities = by.identities.map(identityOf);
  if (by.passphrase !== undefined) identities.push(scryptIdentity(by.passphrase));
  if (isArmored(await file.slice(0, Math.min(file.byteLength, MAX_HEADER)))) {
    yield* openFileStream(identities, decodeArmor(piecesOf(file)));
  } else {
    yield* (await openFile(identities, file)).read();
  }
}

/** Encrypts a stream to recipients as an age v1 file. */
export async function* sealFile(
  recipients: readonly Recipient[],
  plain: AsyncIterable<Uint8Array>,
  engine: Engine = "fast",
  secrets: FileSecrets = {},
  recycle = false,
): AsyncIterable<Uint8Array> {
  const { start, key, cipher } = await begin(recipients, engine, secrets);
  try {
    yield start;
    yield* sealStream(cipher, key, plain, recycle);
  } finally {
    key.fill(0);
  }
}

/** Encrypts bytes in memory to recipients as an age v1 file. */
export async function sealFileBytes(
  recipients: readonly Recipient[],
  plain: Uint8Array,
  engine: Engine = "fast",
): Promise<Uint8Array> {
  const { start, key, cipher } = await begin(recipients, engine, {});
  const payload = sealAll(cipher, key, plain);
  key.fill(0);
  return Buffer.concat([start, payload]);
}

/** Decrypts an age v1 file as it arrives; see `openStream` for what a thrown error means. */
export async function* openFileStream(
  identities: readonly Identity[],
  file: AsyncIterable<Uint8Array>,
  engine: Engine = "fast",
): AsyncIterable<Uint8Array> {
  const cipher = await aead(engine);
  const pieces = file[Symbol.asyncIterator]();
  try {
    const start = await readStart(pieces);
    const { header, length } = parseHeader(start);
    const fileKey = await unwrap(header, identities);
    const [salt, rest] = await splitAt(start.subarray(length), PAYLOAD_SALT, pieces);
    const key = payloadKey(fileKey, salt);
    fileKey.fill(0);
    try {
      yield* openStream(cipher, key, chain(rest, pieces));
    } finally {
      key.fill(0);
    }
  } finally {
    await pieces.return?.();
  }
}

/** Parses the header of a file and reads nothing else. */
export async function inspectFile(file: RandomAccess): Promise<Inspection> {
  return parseHeader(await file.slice(0, Math.min(file.byteLength, MAX_HEADER)));
}

/**
 * Opens a file for random access. The header MAC and the last chunk are checked before it returns,
 * so `byteLength` is authentic and a truncated file is refused here.
 */
export async function openFile(
  identities: readonly Identity[],
  file: RandomAccess,
  engine: Engine = "fast",
): Promise<OpenFile> {
  const cipher = await aead(engine);
  const { header, length } = await inspectFile(file);
  const fileKey = await unwrap(header, identities);
  const payload = length + PAYLOAD_SALT;
  if (file.byteLength < payload) throw noSalt();
  const key = payloadKey(fileKey, await file.slice(length, payload));
  fileKey.fill(0);
  const sealed = file.byteLength - payload;
  const chunks = Math.max(1, Math.ceil(sealed / (CHUNK + TAG)));
  const readChunks = async (from: number, to: number): Promise<Uint8Array> =>
    file.slice(payload + chunkStart(from), Math.min(payload + chunkStart(to), file.byteLength));
  openChunk(cipher, key, chunks - 1, true, await readChunks(chunks - 1, chunks));
  const byteLength = plainLength(sealed);
  return {
    byteLength,
    async *read(range = { start: 0, end: byteLength }) {
      const start = Math.max(0, range.start);
      const end = Math.min(byteLength, range.end);
      if (start >= end) return;
      const last = Math.ceil(end / CHUNK);
      for (let group = Math.floor(start / CHUNK); group < last; group += READ_AHEAD) {
        const bytes = await readChunks(group, Math.min(group + READ_AHEAD, last));
        for (let i = group; i < Math.min(group + READ_AHEAD, last); i++) {
          const chunk = bytes.subarray(chunkStart(i - group), chunkStart(i - group + 1));
          const plain = openChunk(cipher, key, i, i === chunks - 1, chunk);
          const at = i * CHUNK;
          yield plain.subarray(Math.max(0, start - at), Math.min(CHUNK, end - at));
        }
      }
    },
  };
}

/** The file key of a header, its MAC checked. Throws `key` when no identity unwraps it. */
async function unwrap(header: Header, identities: readonly Identity[]): Promise<Uint8Array> {
  checkAlone(header.stanzas);
  for (const identity of identities) {
    const fileKey = await identity.unwrap(header.stanzas);
    if (fileKey === undefined) continue;
    checkMac(header, fileKey);
    return fileKey;
  }
  const types = [...new Set(header.stanzas.map(({ args }) => args[0]))].join(", ");
  throw new PipelineError("key", `no key at hand opens the file, which has stanzas of ${types}`);
}

const READ_AHEAD = 16;

async function begin(
  recipients: readonly Recipient[],
  engine: Engine,
  { fileKey = randomBytes(FILE_KEY), payloadSalt = randomBytes(PAYLOAD_SALT) }: FileSecrets,
): Promise<{ readonly start: Uint8Array; readonly key: Uint8Array; readonly cipher: Aead }> {
  const cipher = await aead(engine);
  const stanzas = await Promise.all(recipients.map(async (r) => r.wrap(fileKey)));
  checkAlone(stanzas);
  const start = Buffer.concat([serializeHeader(stanzas, fileKey), payloadSalt]);
  const key = payloadKey(fileKey, payloadSalt);
  fileKey.fill(0);
  return { start, key, cipher };
}

async function* piecesOf(file: RandomAccess): AsyncIterable<Uint8Array> {
  const size = READ_AHEAD * CHUNK;
  for (let at = 0; at < file.byteLength; at += size) {
    yield await file.slice(at, Math.min(at + size, file.byteLength));
  }
}

/** Reads until the header is whole, or as long as a header may be. */
async function readStart(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let start = Buffer.alloc(0);
  while (start.length < MAX_HEADER && !/\n--- [^\n]*\n/.test(start.toString("latin1"))) {
    const next = await pieces.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function splitAt(
  start: Uint8Array,
  length: number,
  pieces: AsyncIterator<Uint8Array>,
): Promise<readonly [Uint8Array, Uint8Array]> {
  let bytes = start;
  while (bytes.length < length) {
    const next = await pieces.next();
    if (next.done === true) throw noSalt();
    bytes = Buffer.concat([bytes, next.value]);
  }
  return [bytes.subarray(0, length), bytes.subarray(length)];
}

async function* chain(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function noSalt(): PipelineError {
  return new PipelineError("format", "cannot read the file as age v1: it ends after its header");
}
