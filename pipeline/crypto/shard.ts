import { randomBytes } from "node:crypto";
import { PipelineError } from "../core/error.ts";
import { openOnce, sealOnce, TAG, type Engine } from "./aead.ts";
import {
  inspectFile,
  openFile,
  sealFile,
  sealFileBytes,
  type OpenFile,
  type RandomAccess,
} from "./age/file.ts";
import { checkMac, serializeHeader, type Stanza } from "./age/header.ts";
import { recipientOf } from "./age/keys.ts";
import { FILE_KEY, type Identity, type Recipient } from "./age/recipient.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { joinInfo } from "./hkdf.ts";
import { isName } from "./keyring-file.ts";
import type { Keyring } from "./keyring.ts";

export type { RandomAccess } from "./age/file.ts";

/** Where a shard belongs. Its header says so under the MAC, and it opens nowhere else. */
export interface ShardPlace {
  /** Visible ASCII without spaces, at most 200 characters. */
  readonly dataset: string;
  readonly index: number;
}

export interface SealOptions {
  readonly engine?: Engine;
  /** Sealing uses two buffers in turn: a piece is good until the one after the next is asked for. */
  readonly recycle?: boolean;
}

/** A shard whose header and end are checked. `byteLength` is of the plaintext. */
export type OpenShard = OpenFile;

const SHARD = "probity/shard-v1";
const BYTES = "probity/bytes-v1";
const SALT = 16;
/** HKDF in node:crypto takes at most 1,024 bytes of info. */
const MAX_CONTEXT = 512;
const COPY = 1024 * 1024;

/**
 * Encrypts one shard: an age v1 file with a stanza that the keyring's current root opens, and one for
 * every age recipient of the keyring, so that `age --decrypt --identity` opens it too.
 */
export async function* sealShard(
  keyring: Keyring,
  place: ShardPlace,
  plain: AsyncIterable<Uint8Array>,
  options: SealOptions = {},
): AsyncIterable<Uint8Array> {
  const recipients = recipientsOf(keyring, shardArguments(place));
  yield* sealFile(recipients, plain, options.engine, {}, options.recycle);
}

/**
 * Opens a shard for reading any part. Throws `integrity` when it was sealed for another place, was
 * changed or is cut short, `key` when the keyring no longer has its root.
 */
export async function openShard(
  keyring: Keyring,
  place: ShardPlace,
  file: RandomAccess,
  options: SealOptions = {},
): Promise<OpenShard> {
  return openFile([rootIdentity(keyring, shardArguments(place))], file, options.engine);
}

/** What a shard's header says, before its MAC can be checked: root, dataset and index. */
export async function shardRoot(place: ShardPlace, file: RandomAccess): Promise<string> {
  const { header } = await inspectFile(file);
  return parseStanza(header.stanzas, shardArguments(place)).root;
}

/** What a sealed file is bound to: a shard's place, or the context of `sealBytes`. */
export type SealedPlace = ShardPlace | string;

/**
 * Where a sealed file says that it belongs and which root opens it, before its MAC can be checked;
 * undefined for an age file without a stanza of ours.
 */
export async function sealedPlace(
  file: RandomAccess,
): Promise<{ readonly place: SealedPlace; readonly root: string } | undefined> {
  const { header } = await inspectFile(file);
  for (const { args } of header.stanzas) {
    const [type, first, second, third] = args;
    if (type === SHARD && first !== undefined && second !== undefined && third !== undefined)
      return { place: { dataset: first, index: Number(second) }, root: third };
    if (type === BYTES && first !== undefined && second !== undefined) {
      const context = decodeBase64(first);
      if (context !== undefined)
        return { place: Buffer.from(context).toString("utf8"), root: second };
    }
  }
  return undefined;
}

/**
 * The header of a shard written anew for the keyring's current root and recipients, around the same
 * file key: the payload, which follows the first `replaces` bytes of the old file, stays as it is.
 * The old header's place and MAC are checked first.
 */
export async function rewriteHeader(
  keyring: Keyring,
  place: SealedPlace,
  file: RandomAccess,
): Promise<{ readonly header: Uint8Array; readonly replaces: number }> {
  const binding = bindingOf(place);
  const { header, length } = await inspectFile(file);
  const fileKey = await rootIdentity(keyring, binding).unwrap(header.stanzas);
  if (fileKey === undefined) throw wrongPlace(binding);
  checkMac(header, fileKey);
  const stanzas = await Promise.all(
    recipientsOf(keyring, binding).map(async (recipient) => recipient.wrap(fileKey)),
  );
  const bytes = serializeHeader(stanzas, fileKey);
  fileKey.fill(0);
  return { header: bytes, replaces: length };
}

/** A shard with its header rewritten and its payload copied: what `keys rotate` puts in its place. */
export async function* rotateShard(
  keyring: Keyring,
  place: SealedPlace,
  file: RandomAccess,
): AsyncIterable<Uint8Array> {
  const { header, replaces } = await rewriteHeader(keyring, place, file);
  yield header;
  for (let at = replaces; at < file.byteLength; at += COPY) {
    yield await file.slice(at, Math.min(at + COPY, file.byteLength));
  }
}

/**
 * A shard encrypted anew, with a new file key under the current root: what `keys reencrypt` puts in
 * its place, so that whoever knew the old file key can read it no longer. It breaks off with
 * `integrity` when the old file was changed.
 */
export async function* reencryptShard(
  keyring: Keyring,
  place: SealedPlace,
  file: RandomAccess,
  options: SealOptions = {},
): AsyncIterable<Uint8Array> {
  const binding = bindingOf(place);
  const opened = await openFile([rootIdentity(keyring, binding)], file, options.engine);
  const recipients = recipientsOf(keyring, binding);
  yield* sealFile(recipients, opened.read(), options.engine, {}, options.recycle);
}

/**
 * Encrypts a small blob, bound to what it is for (a text of at most 512 bytes): it opens under that
 * context alone.
 */
export async function sealBytes(
  keyring: Keyring,
  context: string,
  plain: Uint8Array,
  options: SealOptions = {},
): Promise<Uint8Array> {
  return sealFileBytes(recipientsOf(keyring, bytesArguments(context)), plain, options.engine);
}

/** Decrypts what `sealBytes` made for this context. Throws as `openShard` does. */
export async function openBytes(
  keyring: Keyring,
  context: string,
  sealed: Uint8Array,
  options: SealOptions = {},
): Promise<Uint8Array> {
  const identity = rootIdentity(keyring, bytesArguments(context));
  const opened = await openFile([identity], inMemory(sealed), options.engine);
  const plain = new Uint8Array(opened.byteLength);
  let at = 0;
  for await (const piece of opened.read()) {
    plain.set(piece, at);
    at += piece.length;
  }
  return plain;
}

/** Random access to bytes in memory. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    byteLength: bytes.length,
    slice: async (start, end) => Promise.resolve(bytes.subarray(start, end)),
  };
}

function bindingOf(place: SealedPlace): Binding {
  return typeof place === "string" ? bytesArguments(place) : shardArguments(place);
}

/** Type and place of a stanza: `probity/shard-v1 DATASET INDEX`, then root and salt. */
type Binding = readonly [type: string, ...place: string[]];

function shardArguments({ dataset, index }: ShardPlace): Binding {
  if (!isName(dataset) || !Number.isSafeInteger(index) || index < 0) {
    throw new PipelineError("usage", "a shard's place must be a name and an index", {
      hint: "a dataset's id is visible ASCII without spaces, at most 200 characters",
    });
  }
  return [SHARD, dataset, String(index)];
}

function bytesArguments(context: string): Binding {
  const bytes = Buffer.from(context);
  if (bytes.length === 0 || bytes.length > MAX_CONTEXT) {
    throw new PipelineError("usage", `a context must have 1 to ${MAX_CONTEXT} bytes of text`);
  }
  return [BYTES, encodeBase64(bytes)];
}

function recipientsOf(keyring: Keyring, binding: Binding): readonly Recipient[] {
  return [rootRecipient(keyring, binding), ...keyring.recipients.map(recipientOf)];
}

function rootRecipient(keyring: Keyring, binding: Binding): Recipient {
  return {
    wrap: async (fileKey) => {
      const root = keyring.current;
      const salt = randomBytes(SALT);
      const key = keyring.wrapKey(root, salt, wrapInfo(binding, root));
      const [type, ...place] = binding;
      const args: Stanza["args"] = [type, ...place, root, encodeBase64(salt)];
      return Promise.resolve({ args, body: sealOnce(key, fileKey) });
    },
  };
}

function rootIdentity(keyring: Keyring, binding: Binding): Identity {
  return {
    unwrap: async (stanzas) => {
      const { root, salt, body } = parseStanza(stanzas, binding);
      const key = keyring.wrapKey(root, salt, wrapInfo(binding, root));
      const fileKey = openOnce(key, body);
      if (fileKey === undefined) {
        throw new PipelineError("integrity", `the file key of ${describe(binding)} was changed`);
      }
      return Promise.resolve(fileKey);
    },
  };
}

/** The one stanza of the binding's type. Throws `integrity` when its arguments name another place. */
function parseStanza(
  stanzas: readonly Stanza[],
  binding: Binding,
): { readonly root: string; readonly salt: Uint8Array; readonly body: Uint8Array } {
  const [type, ...place] = binding;
  const ours = stanzas.filter(({ args }) => args[0] === type);
  const stanza = ours[0];
  if (stanza === undefined || ours.length > 1) {
    throw new PipelineError("format", `the file has ${ours.length} stanzas of type ${type}`, {
      hint: "it was not sealed by this program",
    });
  }
  const [, ...rest] = stanza.args;
  const [root, saltText] = rest.slice(place.length);
  const salt = saltText === undefined ? undefined : decodeBase64(saltText);
  if (
    rest.length !== place.length + 2 ||
    root === undefined ||
    salt?.length !== SALT ||
    stanza.body.length !== FILE_KEY + TAG
  ) {
    throw new PipelineError("format", `the stanza of type ${type} is malformed`);
  }
  if (!place.every((argument, i) => argument === rest[i])) throw wrongPlace(binding);
  return { root, salt, body: stanza.body };
}

/** The wrapping key hangs on all that the stanza says, so no argument can be exchanged. */
function wrapInfo(binding: Binding, root: string): string {
  return joinInfo(...binding, root);
}

function wrongPlace(binding: Binding): PipelineError {
  return new PipelineError(
    "integrity",
    `the file was sealed for another place than ${describe(binding)}`,
  );
}

function describe([type, ...place]: Binding): string {
  return type === SHARD
    ? `shard ${place[1]!} of ${place[0]!}`
    : `the context ${Buffer.from(place[0]!, "base64").toString("utf8")}`;
}
