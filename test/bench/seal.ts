// Prints a table of sealing and opening speed beside the age program: node dist/test/bench/seal.js
import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { PipelineError } from "../../pipeline/core/error.ts";
import type { Engine } from "../../pipeline/crypto/aead.ts";
import { generateX25519 } from "../../pipeline/crypto/age/x25519.ts";
import { createKeyring, type Keyring } from "../../pipeline/crypto/keyring.ts";
import { readPieces } from "../../pipeline/run/files.ts";
import { openShard, sealShard, type RandomAccess } from "../../pipeline/crypto/shard.ts";

const MIB = 1024 * 1024;
const sizeMib = Number(process.env.PROBITY_BENCH_MIB ?? 512);
const place = { dataset: "bench", index: 0 };

interface Task {
  readonly bench: "memory";
  readonly engine: Engine;
  readonly mib: number;
}

if (isMainThread) await main();
else await sealInMemory(workerData as Task);

async function main(): Promise<void> {
  // A memory file system, where there is one, leaves the disk out of the numbers.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "probity-"));
  try {
    const plain = join(folder, "plain");
    await fill(plain);
    const mine = await generateX25519();
    const keyring = await createKeyring("bench", [
      { kind: "recipient", recipient: mine.recipient },
    ]);
    const identity = join(folder, "identity");
    await writeFile(identity, `${mine.identity}\n`);
    const sealed = join(folder, "sealed");

    print(`${sizeMib} MiB, ${cpus()[0]?.model ?? "?"}, Node ${process.version}; best of three`);
    print(`${"".padEnd(40)}MB/s   MB/s per CPU second`);
    for (const engine of ["fast", "libsodium"] as const) {
      await report(`seal a file, ${engine}`, sizeMib, async () =>
        measure(async () => sealToFile(keyring, engine, plain, sealed)),
      );
      await report(`open it, ${engine}`, sizeMib, async () =>
        measure(async () => readBack(keyring, engine, sealed)),
      );
      for (const threads of [1, 2]) {
        const task: Task = { bench: "memory", engine, mib: sizeMib };
        await report(
          `seal in memory, ${engine}, threads: ${threads}`,
          threads * sizeMib,
          async () => inWorkers(threads, task),
        );
      }
    }
    await rm(sealed, { force: true });
    await report("age: seal a file", sizeMib, async () =>
      age("--encrypt", "-r", mine.recipient, "-o", sealed, plain),
    );
    await report("age: open it", sizeMib, async () =>
      age("--decrypt", "-i", identity, "-o", "/dev/null", sealed),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sealToFile(
  keyring: Keyring,
  engine: Engine,
  from: string,
  to: string,
): Promise<void> {
  const file = await open(to, "w");
  // One piece is read ahead and one is being written while a third is sealed.
  let writing: Promise<unknown> = Promise.resolve();
  for await (const piece of sealShard(keyring, place, readPieces(from), {
    engine,
    recycle: true,
  })) {
    await writing;
    writing = file.write(piece);
  }
  await writing;
  await file.close();
}

async function readBack(keyring: Keyring, engine: Engine, path: string): Promise<void> {
  const file = await open(path, "r");
  const { size } = await file.stat();
  const access: RandomAccess = {
    byteLength: size,
    slice: async (start, end) => {
      const { buffer } = await file.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
      return buffer;
    },
  };
  const shard = await openShard(keyring, place, access, { engine });
  let bytes = 0;
  for await (const piece of shard.read()) bytes += piece.length;
  await file.close();
  if (bytes !== shard.byteLength) throw new PipelineError("internal", "bytes are missing");
}

async function sealInMemory({ engine, mib }: Task): Promise<void> {
  const keyring = await createKeyring("bench", [{ kind: "keyfile", key: Buffer.alloc(32, 1) }]);
  const block = randomFillSync(new Uint8Array(MIB));
  const seal = async (count: number): Promise<void> => {
    const plain = (async function* () {
      for (let i = 0; i < count; i++) yield await Promise.resolve(block);
    })();
    let bytes = 0;
    for await (const piece of sealShard(keyring, place, plain, { engine, recycle: true }))
      bytes += piece.length;
    if (bytes < count * MIB) throw new PipelineError("internal", "bytes are missing");
  };
  await seal(16);
  parentPort?.postMessage("ready");
  await new Promise((resolve) => parentPort?.once("message", resolve));
  await seal(mib);
  parentPort?.postMessage("done");
  parentPort?.close();
}

/** From the moment that all threads are warm to the moment that the last one is done. */
async function inWorkers(count: number, task: Task): Promise<Cost> {
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL(import.meta.url), { workerData: task }),
  );
  const all = async (): Promise<unknown> =>
    Promise.all(workers.map(async (w) => once(w, "message")));
  await all();
  return measure(async () => {
    for (const worker of workers) worker.postMessage("go");
    await all();
  });
}

async function fill(path: string): Promise<void> {
  const out = createWriteStream(path);
  const block = randomFillSync(Buffer.alloc(MIB));
  for (let i = 0; i < sizeMib; i++) {
    if (!out.write(Buffer.from(block))) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** `times` prints the shell's own user and system time, then those of the program it ran. */
async function age(...args: string[]): Promise<Cost> {
  const start = process.hrtime.bigint();
  const run = spawnSync("sh", ["-c", 'age "$@" && times', "sh", ...args], { encoding: "utf8" });
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  if (run.status !== 0) throw new PipelineError("usage", "age is not installed, or failed");
  const children = run.stdout.trim().split("\n").at(-1)?.split(" ") ?? [];
  const seconds = children.map((text) => /^(\d+)m([\d.]+)s$/.exec(text));
  const cpu = seconds.reduce((sum, m) => sum + Number(m?.[1]) * 60 + Number(m?.[2]), 0);
  return Promise.resolve({ wall, cpu });
}

async function measure(action: () => Promise<void>): Promise<Cost> {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return { wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: (user + system) / 1e6 };
}

async function report(what: string, mib: number, run: () => Promise<Cost>): Promise<void> {
  const costs = [await run(), await run(), await run()];
  const rate = (seconds: number): string =>
    String(Math.round((mib * MIB) / seconds / 1e6)).padStart(6);
  const wall = Math.min(...costs.map((c) => c.wall));
  const cpu = Math.min(...costs.map((c) => c.cpu));
  print(`${what.padEnd(38)}${rate(wall)} ${rate(cpu)}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
