import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { verifyLedger } from "../../../audit/ledger/audit.ts";
import { encodeVerifierKey } from "../../../audit/ledger/note.ts";
import { packageRoot } from "../../../pipeline/core/package-root.ts";
import { newFolder, newSigner, origin, pathsIn, withLedger } from "./fixture.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const verifierKey = encodeVerifierKey(origin, raw);
const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();

function appender(
  folder: string,
  name: string,
  count: number,
  batch: number,
): ChildProcessByStdio<null, Readable, Readable> {
  const script = new URL("dist/test/audit/ledger/appender.js", packageRoot).pathname;
  return spawn(process.execPath, [script, folder, name, String(count), String(batch), pem], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function numbersOf(folder: string, name: string): number[] {
  return withLedger(pathsIn(folder), newSigner(), (ledger) =>
    [...ledger.events()]
      .map(
        ({ leaf }) => JSON.parse(Buffer.from(leaf).toString()) as { name: string; number: number },
      )
      .filter((event) => event.name === name)
      .map(({ number }) => number),
  );
}

describe("several processes", () => {
  it("append to one ledger without a loss or an error", async () => {
    const folder = newFolder();
    const names = ["a", "b", "c", "d"];
    const children = names.map((name, i) => appender(folder, name, 120, i + 1));
    const results = await Promise.all(
      children.map(async (child) => {
        const [code, errors, out] = await Promise.all([
          once(child, "exit").then((exit) => exit[0] as unknown),
          text(child.stderr),
          text(child.stdout),
        ]);
        assert.equal(code, 0, errors);
        return out.trimEnd().split("\n").map(Number);
      }),
    );
    assert.deepEqual(
      results.flat().sort((a, b) => a - b),
      Array.from({ length: 480 }, (_, i) => i),
    );
    for (const name of names)
      assert.deepEqual(
        numbersOf(folder, name),
        Array.from({ length: 120 }, (_, i) => i),
      );
    assert.deepEqual(verifyLedger({ ...pathsIn(folder), publicKey: verifierKey }).problems, []);
  });

  it("killed at any moment lose nothing that was appended and leave no lock behind", async () => {
    const folder = newFolder();
    const acknowledged: number[] = [];
    for (let round = 0; round < 6; round++) {
      const child = appender(folder, `round ${round}`, 1e9, 1 + (round % 3));
      let seen = "";
      child.stdout.setEncoding("utf8");
      for await (const chunk of child.stdout) {
        seen += String(chunk);
        // A different moment in each round, among appends and checkpoints.
        if (seen.split("\n").length > 20 + 13 * round) child.kill("SIGKILL");
      }
      acknowledged.push(...seen.split("\n").slice(0, -1).map(Number));
      const started = Date.now();
      const verdict = verifyLedger({ ...pathsIn(folder), publicKey: verifierKey });
      assert.deepEqual(verdict.problems, []);
      assert.ok(verdict.size > Math.max(...acknowledged));
      withLedger(pathsIn(folder), newSigner(), (ledger) =>
        ledger.append([{ name: "after", number: round }]),
      );
      assert.ok(Date.now() - started < 5000);
    }
    assert.equal(new Set(acknowledged).size, acknowledged.length);
  });

  it("append and sign while another verifies, and it finds nothing wrong", async () => {
    const folder = newFolder();
    const first = appender(folder, "first", 10, 1);
    assert.deepEqual(await once(first, "exit"), [0, null]);
    const children = [appender(folder, "a", 1e9, 1), appender(folder, "b", 1e9, 2)];
    for (let i = 0; i < 15; i++) {
      const verdict = verifyLedger({ ...pathsIn(folder), publicKey: verifierKey });
      assert.deepEqual(verdict.problems, []);
      // A child that ends has failed: its own words say why.
      const child = children[i % 2]!;
      const ended = await Promise.race([
        once(child.stdout, "readable").then(() => false),
        once(child, "exit").then(() => true),
      ]);
      assert.ok(!ended, ended ? await text(child.stderr) : "");
      for (const { stdout } of children) stdout.read();
    }
    for (const child of children) child.kill("SIGKILL");
  });
});
