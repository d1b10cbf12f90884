import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Keyring } from "../crypto/keyring.ts";
import { sealBytes } from "../crypto/shard.ts";
import { writeFileAtomically } from "./files.ts";

/** Bytes of unreadable rows held in memory before they are sealed into a file of their own. */
const PART_BYTES = 4 << 20;

/** Rows that could not be read, sealed as they came, in parts: quarantine/00000.age, … */
export class Quarantine {
  readonly #folder: string;
  readonly #keyring: Keyring;
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #part = 0;

  constructor(datasetFolder: string, keyring: Keyring) {
    this.#folder = join(datasetFolder, "quarantine");
    this.#keyring = keyring;
  }

  /** Keeps one row; writes a part when enough have come together. */
  async add(line: Uint8Array): Promise<void> {
    this.#lines.push(line, Buffer.from("\n"));
    this.#bytes += line.length + 1;
    if (this.#bytes >= PART_BYTES) await this.#write();
  }

  /** Writes what is left. Parts of an earlier attempt were overwritten, later ones are removed. */
  async finish(): Promise<void> {
    if (this.#bytes > 0) await this.#write();
    await rm(join(this.#folder, this.#name()), { force: true });
  }

  async #write(): Promise<void> {
    const context = `quarantine ${this.#part}`;
    const sealed = await sealBytes(this.#keyring, context, Buffer.concat(this.#lines));
    await writeFileAtomically(join(this.#folder, this.#name()), sealed);
    this.#part++;
    this.#lines = [];
    this.#bytes = 0;
  }

  #name(): string {
    return `${String(this.#part).padStart(5, "0")}.age`;
  }
}
