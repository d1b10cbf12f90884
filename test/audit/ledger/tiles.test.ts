import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { exportTiles } from "../../../audit/ledger/tiles.ts";
import { newFolder, newSigner, origin, pathsIn, someEvents, withLedger } from "./fixture.ts";

const signer = newSigner();

function files(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

describe("the export as tiles", () => {
  it("has the tiles of the size, and grows without a change to full ones", () => {
    const folder = newFolder();
    const paths = { ...pathsIn(folder), origin };
    const tiles = join(folder, "tiles");
    withLedger(paths, signer, (ledger) => {
      assert.throws(() => exportTiles(paths, tiles), { code: "usage" });
      ledger.append(someEvents(256));
      const note = ledger.checkpoint();
      // The specification's own example: a tree of 256 is one full tile and a partial one of width 1.
      assert.deepEqual(exportTiles(paths, tiles), { size: 256, written: 3 });
      assert.deepEqual(files(tiles), [
        "checkpoint",
        "tile/0/000",
        "tile/1/000.p/1",
        "tile/entries/000",
      ]);
      assert.equal(readFileSync(join(tiles, "checkpoint"), "utf8"), note);
      assert.deepEqual(readFileSync(join(tiles, "tile/1/000.p/1")), Buffer.from(ledger.root()));
      assert.equal(statSync(join(tiles, "tile/0/000")).size, 8192);
      assert.deepEqual(exportTiles(paths, tiles), { size: 256, written: 0 });
      ledger.append(someEvents(3));
      ledger.checkpoint();
      assert.deepEqual(exportTiles(paths, tiles), { size: 259, written: 2 });
      assert.equal(statSync(join(tiles, "tile/0/001.p/3")).size, 96);
      const entry = readFileSync(join(tiles, "tile/entries/001.p/3"));
      assert.equal(entry.readUInt16BE(), ledger.event(256).leaf.length);
      assert.deepEqual(
        entry.subarray(2, 2 + entry.readUInt16BE()),
        Buffer.from(ledger.event(256).leaf),
      );
    });
  });

  it("names tiles beyond a thousand as the specification does", () => {
    const folder = newFolder();
    const paths = { ...pathsIn(folder), origin };
    withLedger(paths, signer, (ledger) => {
      ledger.append(Array.from({ length: 70_000 }, () => 0));
      ledger.checkpoint();
    });
    const tiles = join(folder, "tiles");
    exportTiles(paths, tiles);
    const names = files(tiles).filter((name) => !name.startsWith("tile/entries"));
    // Its example of 70,000: 273 full and one of 112; one full and one of 17; one of 1.
    assert.equal(names.length, 1 + 274 + 2 + 1);
    for (const name of [
      "tile/0/272",
      "tile/0/273.p/112",
      "tile/1/000",
      "tile/1/001.p/17",
      "tile/2/000.p/1",
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  it("is refused over a larger or another log", () => {
    const [one, two] = [newFolder(), newFolder()];
    const tiles = join(one, "tiles");
    withLedger(pathsIn(one), signer, (ledger) => {
      ledger.append(someEvents(9));
      ledger.checkpoint();
    });
    exportTiles({ ...pathsIn(one), origin }, tiles);
    withLedger(pathsIn(two), signer, (ledger) => {
      ledger.append(someEvents(5));
      ledger.checkpoint();
    });
    assert.throws(() => exportTiles({ ...pathsIn(two), origin }, tiles), { code: "integrity" });
  });
});
