import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { Sandbox } from "./program.ts";

const commands = [
  "init",
  "plan",
  "policy",
  "run",
  "scan",
  "deidentify",
  "fairness",
  "generate",
  "privacy",
  "models",
  "seal",
  "open",
  "keys",
  "ledger",
  "catalog",
  "verify",
  "report",
  "gc",
  "doctor",
];
const sandbox = new Sandbox();
after(() => {
  sandbox.remove();
});

describe("help", () => {
  it("lists every command, and names the exit codes", async () => {
    const { code, stdout } = await sandbox.run(["--help"]);
    assert.equal(code, 0);
    for (const command of commands) assert.match(stdout, new RegExp(`^  ${command} `, "m"));
    assert.match(stdout, /Exit codes/);
  });

  for (const command of commands) {
    it(`${command} --help fits a screen, has an example, and goes to stdout`, async () => {
      const { code, stdout, stderr } = await sandbox.run([command, "--help"]);
      assert.equal(code, 0);
      assert.equal(stderr, "");
      assert.match(stdout, /^Usage: {2}probity /);
      assert.match(stdout, /^Example: /m);
      const lines = stdout.trimEnd().split("\n");
      assert.ok(lines.length <= 32, `${lines.length} lines`);
      assert.ok(lines.every((line) => line.length <= 110));
    });
  }
});

describe("bad usage exits 2 and says what to do", () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["rnu"], /there is no command rnu/],
    [["run"], /POLICY is missing/],
    [["run", "nowhere.yaml"], /cannot read the policy/],
    [["run", "a.yaml", "--colour"], /unknown argument: colour/],
    [["plan", "a", "b"], /expected one POLICY/],
    [["fairness", "x.csv"], /--label COLUMN is missing/],
    [["fairness", "nowhere.csv", "--label", "y", "--prediction", "p", "--by", "s"], /nowhere\.csv/],
    [["scan"], /PATH is missing/],
    [["scan", "nowhere.txt"], /nowhere\.txt/],
    [["scan", "-", "--mode", "wild"], /--mode is one of balanced, high-recall/],
    [["open", "abc"], /there is no workspace/],
    [["verify", "abc"], /there is no run abc/],
    [["report", "show", "latest"], /there is no workspace/],
    [["seal", "x", "--output", "y"], /nobody could open it/],
    [["policy", "chekc", "x"], /expected check, explain or schema/],
  ];
  for (const [args, want] of cases) {
    it(`probity ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await sandbox.run(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, want);
      assert.ok(stderr.split("\n").every((line) => line === "" || line.startsWith("probity:")));
    });
  }
});

describe("policy", () => {
  it("checks, explains and prints a schema", async () => {
    writeFileSync(
      sandbox.path("p.yaml"),
      "version: 1\nname: p\npurpose: Testing\ndataset:\n  source: a.csv\n  columns: { a: { role: other } }\n",
    );
    assert.match((await sandbox.run(["policy", "check", "p.yaml"])).stdout, /no problems/);
    assert.match((await sandbox.run(["policy", "explain", "p.yaml"])).stdout, /other: a/);
    const schema = JSON.parse((await sandbox.run(["policy", "schema"])).stdout) as {
      $schema: string;
    };
    assert.match(schema.$schema, /draft-07/);
    const bad = await sandbox.run(["policy", "check", "p.yaml", "--set", "nmae=x", "--json"]);
    assert.equal(bad.code, 2);
    assert.deepEqual((JSON.parse(bad.stdout) as { ok: boolean }).ok, false);
    const plan = JSON.parse((await sandbox.run(["plan", "p.yaml", "--json"])).stdout) as {
      steps: { stage: string }[];
    };
    assert.deepEqual(
      plan.steps.map((s) => s.stage),
      ["ingest", "deidentify", "seal", "audit-data", "publish"],
    );
  });
});

describe("init", () => {
  it("writes a policy that can be checked once its purpose is filled in", async () => {
    writeFileSync(
      sandbox.path("people.csv"),
      `name,email,age,sex,approved\n${Array.from({ length: 30 }, (_, i) => `Ann Lee,a${i}@mail.example,${20 + i},F,yes`).join("\n")}\n`,
    );
    const { code, stderr } = await sandbox.run(["init", "people.csv", "--output", "new.yaml"]);
    assert.equal(code, 0, stderr);
    const text = readFileSync(sandbox.path("new.yaml"), "utf8");
    assert.match(text, /"email": \{ role: identifier/);
    assert.match(text, /"sex": \{ role: quasi, protected: true/);
    assert.match(text, /"approved": \{ role: label/);
    assert.match(text, /"age": .*; proposed: hierarchy: \{ intervals: \[5, 10, 20\] \}/);
    assert.match(text, /# anonymity: \{ k: 5, suppression: 0.02 \}/);
    const unfilled = await sandbox.run(["policy", "check", "new.yaml"]);
    assert.equal(unfilled.code, 2);
    assert.match(unfilled.stderr, /purpose: .*printed[^]*favourable: .*good outcome/);
    const filled = text
      .replace("CHANGE ME", "tests")
      .replace('favourable: "CHANGE ME"', 'favourable: "yes"');
    writeFileSync(sandbox.path("filled.yaml"), filled);
    const checked = await sandbox.run(["policy", "check", "filled.yaml"]);
    assert.equal(checked.code, 0, checked.stderr);
    assert.equal(
      (await sandbox.run(["init", "people.csv", "--output", "new.yaml"])).code,
      2,
      "never overwrites",
    );
  });
});

describe("scan and deidentify", () => {
  const lines = [
    "Write to ann.lee@mail.example or call +44 20 7946 0958.",
    "Nothing here.",
    "卡号 4111 1111 1111 1111",
  ];
  const input = lines.map((text, i) => JSON.stringify({ id: `r${i}`, text })).join("\n");

  it("prints one object per record, in order, and never a value", async () => {
    const { code, stdout } = await sandbox.run(
      ["scan", "-", "--field", "text", "--format", "jsonl"],
      { input },
    );
    assert.equal(code, 0);
    const found = stdout
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as {
            id: string;
            spans: { start: number; end: number; entity: string }[];
          },
      );
    assert.deepEqual(
      found.map(({ id }) => id),
      ["r0", "r1", "r2"],
    );
    const first = found[0]?.spans.find((s) => s.entity === "EMAIL");
    assert.equal(lines[0]?.slice(first?.start, first?.end), "ann.lee@mail.example");
    assert.ok(found[2]?.spans.some((s) => s.entity === "PAYMENT_CARD"));
    assert.ok(!stdout.includes("ann.lee") && !stdout.includes("4111"));
  });

  it("fails on what it is told to fail on, and only on that", async () => {
    assert.equal(
      (await sandbox.run(["scan", "-", "--field", "text", "--fail-on", "EMAIL"], { input })).code,
      1,
    );
    assert.equal(
      (await sandbox.run(["scan", "-", "--field", "text", "--fail-on", "IBAN"], { input })).code,
      0,
    );
  });

  it("streams de-identified rows", async () => {
    const { code, stdout, stderr } = await sandbox.run(["deidentify", "-"], { input });
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim().split("\n").length, 3);
    assert.ok(!stdout.includes("ann.lee") && !stdout.includes("4111 1111"));
    assert.match(stdout, /Nothing here\./);
  });
});

describe("fairness", () => {
  it("prints the documented form", async () => {
    writeFileSync(
      sandbox.path("pred.csv"),
      "y,p,sex\n1,1,F\n1,0,F\n0,0,F\n0,1,F\n1,1,M\n1,1,M\n0,0,M\n0,1,M\n",
    );
    const { code, stdout } = await sandbox.run([
      "fairness",
      "pred.csv",
      "--label",
      "y",
      "--prediction",
      "p",
      "--by",
      "sex",
      "--json",
    ]);
    assert.equal(code, 0);
    const result = JSON.parse(stdout) as {
      rows: number;
      groups: { group: Record<string, string>; counts: Record<string, number> }[];
      metrics: { name: string; by: string[]; value: number | null }[];
    };
    assert.equal(result.rows, 8);
    assert.deepEqual(result.groups[0]?.counts, { tp: 1, fp: 1, fn: 1, tn: 1 });
    const value = (name: string): number | null | undefined =>
      result.metrics.find((m) => m.name === name)?.value;
    assert.equal(value("demographic_parity_difference"), 0.25);
    assert.equal(value("equal_opportunity_difference"), 0.5);
  });
});

describe("seal and open", () => {
  const hasAge = spawnSync("age", ["--version"]).status === 0;

  it(
    "stock age opens what seal wrote, and open reads what age wrote",
    { skip: hasAge ? false : "age is not installed" },
    async () => {
      execFileSync("age-keygen", ["-o", sandbox.path("id.txt")], { stdio: "ignore" });
      const recipient = /age1\w+/.exec(readFileSync(sandbox.path("id.txt"), "utf8"))?.[0] ?? "";
      writeFileSync(sandbox.path("plain"), "x".repeat(70_000));
      assert.equal(
        (await sandbox.run(["seal", "plain", "--output", "a.age", "--recipient", recipient])).code,
        0,
      );
      assert.equal(statSync(sandbox.path("a.age")).mode & 0o077, 0);
      const opened = execFileSync("age", [
        "-d",
        "-i",
        sandbox.path("id.txt"),
        sandbox.path("a.age"),
      ]);
      assert.equal(opened.toString(), "x".repeat(70_000));
      execFileSync("age", ["-r", recipient, "-o", sandbox.path("b.age"), sandbox.path("plain")]);
      const { stdout, code } = await sandbox.run(["open", "b.age", "--identity", "id.txt"]);
      assert.equal(code, 0);
      assert.equal(stdout, "x".repeat(70_000));
    },
  );

  it("changes slots without a shard being touched, and stays open to those who are left", async () => {
    const own = ["--workspace", "slots"];
    assert.equal((await sandbox.run(["keys", "create", ...own])).code, 0);
    writeFileSync(sandbox.path("other.key"), `${Buffer.alloc(32, 7).toString("base64")}\n`);
    const added = await sandbox.run([
      "keys",
      "add",
      "project",
      "--recipient",
      `keyfile:${sandbox.path("other.key")}`,
      "--json",
      ...own,
    ]);
    assert.equal(added.code, 0, added.stderr);
    const { slots } = JSON.parse(added.stdout) as { slots: { id: string }[] };
    assert.equal(slots.length, 2);
    const removed = await sandbox.run([
      "keys",
      "remove",
      "project",
      "--slot",
      slots[0]?.id ?? "",
      ...own,
    ]);
    assert.equal(removed.code, 0, removed.stderr);
    const refused = await sandbox.run(["ledger", "checkpoint", ...own]);
    assert.equal(refused.code, 3);
    const opened = await sandbox.run(["ledger", "checkpoint", ...own, "--key-file", "other.key"]);
    assert.equal(opened.code, 0, opened.stderr);
  });
});

describe("doctor", () => {
  it("says what is there and how to get what is not", async () => {
    const { code, stdout } = await sandbox.run(["doctor", "--json"]);
    assert.equal(code, 0);
    const result = JSON.parse(stdout) as {
      checks: { name: string }[];
      backends: { name: string; state: string; how: string }[];
    };
    assert.ok(result.backends.some((b) => b.name === "wasm" && b.state === "ready"));
    for (const backend of result.backends)
      if (backend.state !== "ready") assert.notEqual(backend.how, "");
  });
});
