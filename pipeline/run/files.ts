import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PipelineError } from "../core/error.ts";
import type { Digest } from "../core/types.ts";

/** Only the owner may read what we write, and list the folders it lies in. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface WrittenFile {
  readonly bytes: number;
  readonly digest: Digest;
}

/** Makes a folder and its parents, readable by the owner alone. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
}

/**
 * Writes a file so that a crash leaves the old one, or none, and never half of it: a temporary name
 * in the same folder, fsync, rename, fsync of the folder. Returns its size and SHA-256. A chunk must
 * stay as it is until the one after the next is asked for.
 */
export async function writeAtomically(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<WrittenFile> {
  const folder = dirname(path);
  await makeFolder(folder);
  const temporary = `${path}.partial-${process.pid}`;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const file = await open(temporary, "w", FILE_MODE);
    try {
      // One write goes on while the next chunk is made, in another buffer than the one before.
      let written: Promise<void> = Promise.resolve();
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        await written;
        written = file.writeFile(chunk);
        written.catch(() => undefined);
      }
      await written;
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskError(error, path);
  }
  return { bytes, digest: hash.digest("hex") as Digest };
}

/** As `writeAtomically`, for text or bytes in memory. */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
): Promise<WrittenFile> {
  return writeAtomically(path, [typeof data === "string" ? Buffer.from(data) : data]);
}

/** The bytes of a file, or undefined when there is none. */
export async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw diskError(error, path);
  }
}

/** SHA-256 of a file of any size, or undefined when there is none. */
export async function digestOfFile(path: string): Promise<Digest | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw diskError(error, path);
  }
  return hash.digest("hex") as Digest;
}

/**
 * The bytes of a file in pieces of a megabyte, one read ahead. There are two buffers: a piece is good
 * until the next is asked for. Throws `source` where the file cannot be read.
 */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const unreadable = (cause: unknown): never => {
    throw new PipelineError("source", `cannot read ${path}: ${codeOf(cause) ?? "it failed"}`, {
      cause,
    });
  };
  const file = await open(path, "r").catch(unreadable);
  const buffers = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)] as const;
  const read = async (turn: number): Promise<Uint8Array> => {
    const buffer = buffers[turn % 2 === 0 ? 0 : 1];
    return buffer.subarray(0, (await file.read(buffer, 0, PIECE)).bytesRead);
  };
  let reading = read(0);
  try {
    for (let turn = 1; ; turn++) {
      const piece = await reading.catch(unreadable);
      if (piece.length === 0) return;
      reading = read(turn);
      reading.catch(() => undefined); // thrown where it is awaited
      yield piece;
    }
  } finally {
    await reading.catch(() => undefined);
    await file.close();
  }
}

const PIECE = 1024 * 1024;

/** A file that can be read at any place, as random access to sealed shards needs it. */
export interface OpenedFile {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file for reading at any place; the caller closes it. */
export async function openFile(path: string): Promise<OpenedFile> {
  try {
    const file = await open(path, "r");
    const { size } = await file.stat();
    return {
      byteLength: size,
      async slice(start, end) {
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(end, size) - start));
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await file.read(
            buffer,
            filled,
            buffer.length - filled,
            start + filled,
          );
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return buffer.subarray(0, filled);
      },
      close: () => file.close(),
    };
  } catch (error) {
    throw diskError(error, path);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function diskError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof PipelineError) return error;
  const hints: Readonly<Record<string, string>> = {
    ENOSPC: "free some space and run again; the run resumes",
    EACCES: "check who owns the folder",
    EROFS: "choose another folder with --workspace",
  };
  const hint = hints[code];
  return new PipelineError("workspace", `cannot use ${path}: ${code}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
