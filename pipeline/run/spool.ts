import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createKeyring } from "../crypto/keyring.ts";
import { openShard, sealShard } from "../crypto/shard.ts";
import { openFile, writeAtomically } from "./files.ts";

/** Standard input kept for a second reading. */
export interface Spool {
  /** The bytes from their beginning; may be called again. */
  read(): Readable;
  remove(): Promise<void>;
}

/**
 * A run reads its source twice, standard input can be read once. It is sealed into the run's folder
 * under a key that exists in this process alone: after a crash nobody can read what is left of it.
 */
export async function spool(folder: string, input: AsyncIterable<Uint8Array>): Promise<Spool> {
  const path = join(folder, "stdin.age");
  const place = { dataset: "stdin", index: 0 };
  const keyring = await createKeyring("stdin", [{ kind: "keyfile", key: randomBytes(32) }]);
  await writeAtomically(path, sealShard(keyring, place, input, { recycle: true }));
  return {
    read: () =>
      Readable.from(
        (async function* () {
          const file = await openFile(path);
          try {
            yield* (await openShard(keyring, place, file)).read();
          } finally {
            await file.close();
          }
        })(),
      ),
    async remove() {
      keyring.close();
      await rm(path, { force: true });
    },
  };
}
