import { existsSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../../pipeline/core/error.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { openForReading } from "./database.ts";
import { readTextFile, writeFileAtomically, writeWhole } from "./files.ts";
import { readLatest, requireExtension } from "./latest.ts";
import { parseNote } from "./note.ts";
import { ledgerSchema, sizeReader, storedNodes } from "./tree-store.ts";

const WIDTH = 256;

/** What an export wrote; `size` is that of the checkpoint it serves. */
export interface TileExport {
  readonly size: number;
  readonly written: number;
}

/**
 * Writes the ledger under its latest checkpoint as static files (C2SP tlog-tiles), so that any web
 * server can serve it: `checkpoint`, `tile/<level>/<n>` and `tile/entries/<n>`. Full tiles never
 * change, so a later export adds to an earlier one. The checkpoint is written last.
 */
export function exportTiles(
  ledger: { readonly database: string; readonly checkpoints: string; readonly origin: string },
  folder: string,
): TileExport {
  const latest = readLatest(ledger.checkpoints, ledger.origin);
  if (latest === undefined) {
    throw new PipelineError("usage", "cannot export the ledger: it has no checkpoint yet", {
      hint: "sign one first: probity ledger checkpoint",
    });
  }
  const { size } = latest.checkpoint;
  requireGrowth(folder, ledger.origin, size);
  const db = openForReading(ledger.database, ledgerSchema);
  try {
    const read = storedNodes(db);
    requireExtension(read, sizeReader(db)(), latest.checkpoint, "signed over");
    let written = 0;
    const put = (path: string, content: () => Buffer) => {
      const file = join(folder, path);
      if (existsSync(file)) return;
      writeWhole(file, content());
      written++;
    };
    for (const { level, index, first, count, path } of tilesOf(size)) {
      put(path, () =>
        Buffer.concat(Array.from({ length: count }, (_, i) => read(level * 8, first + i))),
      );
      if (level > 0) continue;
      put(tilePath("entries", index, count), () => Buffer.concat(entries(first, count)));
    }
    writeFileAtomically(join(folder, "checkpoint"), latest.note);
    return { size, written };

    function entries(from: number, length: number): Buffer[] {
      const leaf = db.prepare("SELECT leaf FROM event WHERE position = ?").pluck();
      return Array.from({ length }, (_, i) => {
        const bytes = leaf.get(from + i) as Buffer;
        const prefix = Buffer.alloc(2);
        prefix.writeUInt16BE(bytes.length);
        return Buffer.concat([prefix, bytes]);
      });
    }
  } finally {
    db.close();
  }
}

interface Tile {
  readonly level: number;
  readonly index: number;
  /** Index of its first hash among those of its level. */
  readonly first: number;
  readonly count: number;
  readonly path: string;
}

// All tiles of a tree: each hash of a level is the root of a full tile of the level below.
function* tilesOf(size: number): IterableIterator<Tile> {
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / WIDTH)) {
    for (let index = 0; index * WIDTH < hashes; index++) {
      const first = index * WIDTH;
      const count = Math.min(WIDTH, hashes - first);
      yield { level, index, first, count, path: tilePath(String(level), index, count) };
    }
  }
}

// Index 1234067 is x001/x234/067, and a tile that is not full has its width behind it.
function tilePath(kind: string, index: number, count: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${kind}/${path}${count < WIDTH ? `.p/${count}` : ""}`;
}

function requireGrowth(folder: string, origin: string, size: number): void {
  const note = readTextFile(join(folder, "checkpoint"));
  if (note === undefined) return;
  const before = parseCheckpoint(parseNote(note).text);
  if (before.origin === origin && before.size <= size) return;
  throw new PipelineError(
    "integrity",
    `cannot export to ${folder}: it has ${before.size} events of ${before.origin} already`,
    { hint: "name a new folder; an export only grows" },
  );
}
