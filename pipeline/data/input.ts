import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { PipelineError } from "../core/error.ts";
import type { Tally } from "./contract.ts";

const CHUNK_BYTES = 256 * 1024;

/** One stream of bytes that is read from its start several times while it is being understood. */
export interface Input {
  readonly name: string;
  /** Where it is on disk; undefined for standard input. */
  readonly path: string | undefined;
  readonly gzip: boolean;
  readonly empty: boolean;
  /**
   * The bytes, decompressed. With a tally it is the reading that counts: standard input can then
   * not be opened again.
   */
  open(tally?: Tally): AsyncIterable<Buffer>;
}

/** A file as an input. Throws `source` where it is missing or no regular file. */
export async function fileInput(path: string, name: string): Promise<Input> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new PipelineError("source", `cannot read ${name}: ${reasonOf(cause)}`, { cause });
  });
  if (!facts.isFile()) throw new PipelineError("source", `${name} is not a regular file`);
  const raw = () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
  return input(name, path, raw, await firstBytes(raw(), name));
}

/** A stream, usually standard input, as an input. What is looked at beforehand is kept and replayed. */
export async function streamInput(stream: Readable, name: string): Promise<Input> {
  const replay = replayable(stream);
  return input(name, undefined, replay, await firstBytes(replay(false), name));
}

/** The first `bytes` bytes of an input, fewer where it is shorter. */
export async function headOf(source: Input, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.open()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

/** All bytes of an input, where a format needs random access and the input has none. */
export async function wholeOf(
  source: Input,
  tally: Tally | undefined,
  limit: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.open(tally)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) {
      throw new PipelineError(
        "source",
        `${source.name} is larger than ${limit / 1048576} MiB and cannot be held in memory`,
        { hint: "decompress it to a file first" },
      );
    }
  }
  return Buffer.concat(chunks);
}

function input(
  name: string,
  path: string | undefined,
  raw: (final: boolean) => AsyncIterable<Buffer>,
  first: Buffer,
): Input {
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  return {
    name,
    path,
    gzip,
    empty: first.length === 0,
    open: (tally) => (gzip ? gunzipped(raw, name, tally) : plain(raw, name, tally)),
  };
}

async function* plain(
  raw: (final: boolean) => AsyncIterable<Buffer>,
  name: string,
  tally: Tally | undefined,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of raw(tally !== undefined)) {
      tally?.add(chunk);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError("source", `cannot read ${name}: ${reasonOf(cause)}`, { cause });
  }
}

async function* gunzipped(
  raw: (final: boolean) => AsyncIterable<Buffer>,
  name: string,
  tally: Tally | undefined,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let given = 0;
  const counted = async function* () {
    for await (const chunk of plain(raw, name, tally)) {
      given += chunk.length;
      yield chunk;
    }
  };
  pipeline(Readable.from(counted(), { objectMode: true }), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError("source", `cannot decompress ${name}: ${reasonOf(cause)}`, { cause });
  }
  // zlib stops without a word at what follows the last member; those bytes would be lost.
  if (gunzip.bytesWritten !== given) {
    throw new PipelineError("source", `${name} has other data after the end of its gzip stream`);
  }
}

async function firstBytes(raw: AsyncIterable<Buffer>, name: string): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const chunk of plain(() => raw, name, undefined)) {
    head = Buffer.concat([head, chunk.subarray(0, 2)]);
    if (head.length >= 2) break;
  }
  return head;
}

function replayable(stream: Readable): (final: boolean) => AsyncIterable<Buffer> {
  const kept: Buffer[] = [];
  let rest: AsyncIterator<unknown> | undefined;
  let spent = false;
  return async function* (final) {
    if (spent) throw new PipelineError("internal", "a stream cannot be read twice");
    spent = final;
    // The iterator is driven by hand: leaving a `for await` early would close the stream.
    rest ??= stream[Symbol.asyncIterator]() as AsyncIterator<unknown>;
    for (let i = 0; ; i++) {
      if (i < kept.length) {
        yield kept[i]!;
        continue;
      }
      const next = await rest.next();
      if (next.done === true) return;
      const chunk =
        typeof next.value === "string" ? Buffer.from(next.value) : (next.value as Buffer);
      if (final) {
        kept.length = 0;
        i = -1;
      } else {
        kept.push(chunk);
      }
      yield chunk;
    }
  };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ELOOP: "its symbolic links form a loop",
  Z_BUF_ERROR: "it ends in the middle of its gzip stream",
  Z_DATA_ERROR: "its gzip stream is damaged",
};

/** What a failed system call means in words. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  return reasons[code] ?? code;
}
