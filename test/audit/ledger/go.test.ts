import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseProof } from "../../../audit/ledger/proof.ts";
import { exportTiles } from "../../../audit/ledger/tiles.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import {
  hasTool,
  newFolder,
  newSigner,
  origin,
  pathsIn,
  someEvents,
  withLedger,
} from "./fixture.ts";

// Debian's golang-golang-x-mod-dev puts the packages here.
const GOPATH = "/usr/share/gocode";
const hasPackages = existsSync(`${GOPATH}/src/golang.org/x/mod/sumdb/tlog`);
const skip =
  hasTool("go", "version") || (hasPackages ? false : "golang-golang-x-mod-dev is not installed");

describe("Go's golang.org/x/mod/sumdb", { skip }, () => {
  const folder = newFolder();
  const program = join(folder, "check");
  const signer = newSigner();
  const input = skip === false ? makeInput() : undefined;

  function makeInput() {
    execFileSync(
      "go",
      ["build", "-o", program, new URL("test/audit/ledger/check.go", packageRoot).pathname],
      {
        env: {
          ...process.env,
          GOPATH,
          GO111MODULE: "off",
          GOFLAGS: "",
          GOCACHE: process.env.GOCACHE ?? join(folder, "cache"),
        },
      },
    );
    const paths = pathsIn(folder);
    const tiles = join(folder, "tiles");
    return withLedger(paths, signer, (ledger) => {
      ledger.append(someEvents(300));
      const old = ledger.checkpoint();
      exportTiles({ ...paths, origin }, tiles);
      ledger.append(someEvents(400, 300));
      const note = ledger.checkpoint();
      exportTiles({ ...paths, origin }, tiles);
      const records = [0, 1, 255, 256, 299, 511, 512, 699].map((Index) => ({
        Index,
        Leaf: base64(ledger.event(Index).leaf),
        Proof: parseProof(ledger.prove(Index)).hashes.map(base64),
      }));
      const Consistency = ledger.requestFrom(300).proof.map(base64);
      return {
        Key: signer.verifierKey,
        Old: old,
        New: note,
        Records: records,
        Consistency,
        Tiles: tiles,
      };
    });
  }

  function run(changed: object): { status: number | null; stdout: string } {
    return spawnSync(program, {
      input: JSON.stringify({ ...input, ...changed }),
      encoding: "utf8",
    });
  }

  it("accepts our checkpoints, proofs and tiles", () => {
    const { status, stdout } = run({});
    assert.equal(stdout, "checkpoints 300 700\ninclusion 8\nconsistency\ntiles 700\n");
    assert.equal(status, 0);
  });

  it("refuses a flipped leaf", () => {
    const [first, ...rest] = input!.Records;
    const leaf = Buffer.from(first!.Leaf, "base64");
    leaf[3]! ^= 1;
    const { status, stdout } = run({ Records: [{ ...first, Leaf: base64(leaf) }, ...rest] });
    assert.match(stdout, /inclusion: invalid transparency proof/);
    assert.equal(status, 1);
  });

  it("refuses a flipped consistency proof, a changed checkpoint and another key", () => {
    const [first, ...rest] = input!.Consistency;
    const hash = Buffer.from(first!, "base64");
    hash[0]! ^= 1;
    assert.match(
      run({ Consistency: [base64(hash), ...rest] }).stdout,
      /consistency: invalid transparency proof/,
    );
    assert.match(
      run({ New: input!.New.replace("\n700\n", "\n701\n") }).stdout,
      /note: invalid signature/,
    );
    assert.match(
      run({ Key: newSigner().verifierKey }).stdout,
      /note: note has no verifiable signatures/,
    );
  });

  it("refuses a flipped entry in a tile", () => {
    const path = join(input!.Tiles, "tile/entries/000");
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.from(bytes).fill(0x20, 5, 6));
    assert.match(run({}).stdout, /tiles: invalid transparency proof/);
    writeFileSync(path, bytes);
  });
});

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
