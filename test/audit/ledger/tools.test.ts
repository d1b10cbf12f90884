import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { signForTools } from "../../../audit/ledger/tools.ts";
import { hasTool, newFolder, newSigner } from "./fixture.ts";

const signer = newSigner("example.com/acme");
const NAME = "report.json";
const programs = [
  ["minisign", ["-v"], `${NAME}.minisig`],
  ["ssh-keygen", ["-?"], `${NAME}.sig`],
  ["openssl", ["version"], `${NAME}.ed25519`],
] as const;

describe("the signatures for other programs", () => {
  programs.forEach(([program, version, signature], place) => {
    it(
      `are verified by ${program}, and refused after a change`,
      { skip: hasTool(program, ...version) },
      () => {
        for (const content of ["\n", '{"id":"run-1"}\n', "x".repeat(100_000)]) {
          const folder = newFolder();
          const path = join(folder, NAME);
          writeFileSync(path, content);
          const { files, commands } = signForTools(NAME, Buffer.from(content), signer);
          for (const file of files) writeFileSync(join(folder, file.name), file.content);
          const command = commands[place]!;
          assert.ok(command.startsWith(program));
          const run = () => spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
          const { status, stdout, stderr } = run();
          assert.equal(status, 0, `${stdout}${stderr}`);
          writeFileSync(path, `${content}x`);
          assert.notEqual(run().status, 0);
          writeFileSync(path, content);
          assert.equal(run().status, 0);
          const other = signForTools(NAME, Buffer.from(content), newSigner(signer.name)).files;
          writeFileSync(
            join(folder, signature),
            other.find(({ name }) => name === signature)!.content,
          );
          assert.notEqual(run().status, 0);
        }
      },
    );
  });

  it("are verified by lines in which no name can be a command", () => {
    const { commands } = signForTools("a b'$(id).json", Buffer.of(), newSigner("x;id"));
    for (const command of commands)
      assert.ok(command.includes(String.raw`'a b'\''$(id).json'`), command);
    assert.ok(commands[1]!.includes("-I 'x;id' -n file"));
  });

  it("are the same for the same file, with no time or random number in them", () => {
    const content = readFileSync(import.meta.filename);
    assert.deepEqual(signForTools(NAME, content, signer), signForTools(NAME, content, signer));
  });
});
