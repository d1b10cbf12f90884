import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { Sandbox } from "./program.ts";

const sandbox = new Sandbox();
after(() => {
  sandbox.remove();
});

const rows = Array.from({ length: 300 }, (_, i) => `Ann Lee,a${i}@mail.example,${i}`);
writeFileSync(
  sandbox.path("p.yaml"),
  `version: 1
name: input
purpose: Testing
dataset:
  source: good.csv
  columns: { name: { role: identifier }, email: { role: identifier }, age: { role: quasi } }
`,
);
const write = (name: string, text: string | Buffer): void => {
  writeFileSync(sandbox.path(name), text);
};
write("good.csv", `name,email,age\n${rows.join("\n")}\n`);
write("bad.csv", `name,email,age\n${rows.join("\n")}\nbroken,row\nAnn Lee,z@mail.example,1\n`);
write("empty.csv", "");
write("twice.csv", "name,name,age\na,b,1\n");
write("binary.csv", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1]));
write("other.csv", "name,age\nAnn,1\n");
write("more.csv", "name,email,age,shoe\nAnn,a@b.example,1,9\n");

describe("a source that cannot be used is refused before anything is written", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["nowhere.csv", /nowhere\.csv/],
    ["empty.csv", /empty/],
    ["twice.csv", /name/],
    ["binary.csv", /binary\.csv/],
    ["other.csv", /lists column "email"/],
    ["more.csv", /has column "shoe", which the policy does not list/],
  ];
  for (const [file, want] of cases) {
    it(file, async () => {
      const args = ["run", "p.yaml", "--set", `dataset.source=${file}`, "--workspace", `w-${file}`];
      const { code, stderr, stdout } = await sandbox.run(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, want);
      assert.ok(!existsSync(sandbox.path(`w-${file}`)));
    });
  }
});

describe("a bad row", () => {
  it("stops the run with file, line and reason", async () => {
    const { code, stderr } = await sandbox.run([
      "run",
      "p.yaml",
      "--set",
      "dataset.source=bad.csv",
      "--workspace",
      "stopped",
    ]);
    assert.equal(code, 3);
    assert.match(stderr, /bad\.csv, line 302: expected 3 fields, found 2/);
    assert.ok(!stderr.includes("broken"));
  });

  it("is sealed and counted in quarantine", async () => {
    const args = [
      "run",
      "p.yaml",
      "--set",
      "dataset.source=bad.csv",
      "--set",
      "dataset.on_bad_row=quarantine",
    ];
    assert.equal((await sandbox.run([...args, "--workspace", "kept"])).code, 0);
    const run = readdirSync(sandbox.path("kept/runs"))[0] ?? "";
    const report = readFileSync(sandbox.path("kept/runs", run, "report.json"), "utf8");
    assert.match(report, /"quarantined": 1/);
    const dataset = readdirSync(sandbox.path("kept/datasets"))[0] ?? "";
    assert.deepEqual(readdirSync(sandbox.path("kept/datasets", dataset, "quarantine")), [
      "00000.age",
    ]);
  });
});

describe("standard input", () => {
  it("is read twice through a sealed spool that does not stay", async () => {
    const input = readFileSync(sandbox.path("good.csv"), "utf8");
    const args = ["run", "p.yaml", "--set", "dataset.source=-", "--workspace", "piped"];
    const { code, stderr } = await sandbox.run(args, { input });
    assert.equal(code, 0, stderr);
    const run = readdirSync(sandbox.path("piped/runs"))[0] ?? "";
    assert.ok(!existsSync(sandbox.path("piped/runs", run, "stdin.age")));
    const dataset = readdirSync(sandbox.path("piped/datasets"))[0] ?? "";
    const opened = await sandbox.run(["open", dataset, "--workspace", "piped"]);
    assert.equal(opened.stdout.trim().split("\n").length, 300);
  });
});
