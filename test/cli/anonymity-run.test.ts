import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { below, pick, seededRandom } from "../../pipeline/core/random.ts";
import type { Evidence, Finding } from "../../pipeline/core/types.ts";
import { filesHolding, Sandbox } from "./program.ts";

const quasi = ["age", "zip", "sex", "job"];
const ROWS = 6000;

/** A table of people; one age in a hundred is missing, one zip occurs once. */
function people(): string {
  const random = seededRandom("anonymous table");
  const lines = ["id,age,zip,sex,job,diagnosis"];
  for (let i = 0; i < ROWS; i++) {
    const age = i % 100 === 7 ? "" : String(18 + below(random, 60));
    const zip = i === 11 ? "99-ONLY-ONE" : `8${below(random, 4)}${below(random, 10)}-PLACE-X`;
    const sex = pick(random, ["f", "m"]);
    const job = pick(random, ["baker", "carter", "tailor", "smith"]);
    lines.push([i, age, zip, sex, job, pick(random, ["flu", "cold", "none"])].join(","));
  }
  return `${lines.join("\n")}\n`;
}

const policy = (anonymity: string, rules = ""): string => `version: 1
name: table
purpose: Testing anonymity in runs
dataset:
  source: people.csv
  columns:
    id: { role: identifier }
    age: { role: quasi, hierarchy: { intervals: [5, 10, 20, 40] } }
    zip: { role: quasi, hierarchy: { prefix: [2, 1] } }
    sex: { role: quasi, protected: true }
    job: { role: quasi, hierarchy: { file: job.csv } }
    diagnosis: { role: sensitive }
deidentify:
  columns: { id: drop }
  anonymity: ${anonymity}
seal: { shard_rows: 256 }
audit:
  resamples: 100
  data: [${rules}]
`;

interface Report {
  readonly verdict: string;
  readonly findings: readonly Finding[];
  readonly stages: readonly { readonly stage: string; readonly evidence: readonly Evidence[] }[];
}

describe("a run that makes a table anonymous", () => {
  const sandbox = new Sandbox();
  const reportOf = (workspace: string): Report => {
    const [run] = readdirSync(sandbox.path(workspace, "runs"));
    const file = sandbox.path(workspace, "runs", run ?? "", "report.json");
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  };
  const rowsOf = async (workspace: string): Promise<Record<string, unknown>[]> => {
    const [dataset = ""] = readdirSync(sandbox.path(workspace, "datasets"));
    const { stdout } = await sandbox.run(["open", dataset, "--workspace", workspace]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const valueOf = ({ stages }: Report, metric: string): number | null | undefined => {
    const found = stages
      .flatMap(({ evidence }) => evidence)
      .find((e) => e.kind === "measured" && e.metric === metric);
    return found?.kind === "measured" ? found.estimate.value : undefined;
  };

  before(() => {
    mkdirSync(sandbox.path("tmp"));
    writeFileSync(sandbox.path("people.csv"), people());
    writeFileSync(
      sandbox.path("job.csv"),
      "baker;food;*\ncarter;transport;*\ntailor;craft;*\nsmith;craft;*\n",
    );
    const rules = "{ metric: k_anonymity, min: 5 }, { metric: l_diversity, min: 2 }";
    writeFileSync(
      sandbox.path("good.yaml"),
      policy("{ k: 5, l: { kind: distinct, l: 2 }, suppression: 0.02 }", rules),
    );
    writeFileSync(sandbox.path("impossible.yaml"), policy("{ k: 6001 }"));
    writeFileSync(
      sandbox.path("gaps.yaml"),
      policy("{ k: 2, missing: suppress, suppression: 0.001 }"),
    );
    writeFileSync(
      sandbox.path("everybody.csv"),
      people()
        .split("\n")
        .flatMap((line, i) => (i === 0 || line === "" ? [line] : [line, line, line]))
        .map((line) => line.split(",").slice(1, 5).join())
        .join("\n"),
    );
    writeFileSync(
      sandbox.path("map.yaml"),
      policy(
        "{ k_map: 15, delta_presence: { max: 0.5 }, population_table: everybody.csv, suppression: 0.02 }",
        "{ metric: k_map, min: 15 }, { metric: presence_highest, max: 0.4 }",
      ),
    );
    writeFileSync(
      sandbox.path("star.yaml"),
      policy("{ k: 5, missing: suppress, suppression: 0.03, suppressed_rows: star }"),
    );
  });
  after(() => {
    sandbox.remove();
  });

  it("releases counts with noise once, and not again when the budget is used up", async () => {
    writeFileSync(
      sandbox.path("counts.yaml"),
      policy("{ k: 5, suppression: 0.02 }")
        .replace("  columns:", "  privacy_budget: { epsilon: 1, delta: 0.00001 }\n  columns:")
        .replace(
          "seal:",
          "release: { counts: [{ name: sexes, columns: { sex: [f, m] }, epsilon: 0.6 }] }\nseal:",
        ),
    );
    const words = ["run", "counts.yaml", "--workspace", "counts"];
    const first = await sandbox.run(words);
    assert.equal(first.code, 0, first.stderr);
    const evidence = reportOf("counts").stages.flatMap((stage) => stage.evidence);
    const table = evidence.find((e) => e.kind === "tabled" && e.table === "private-counts");
    assert.ok(table?.kind === "tabled");
    const truth = people()
      .split("\n")
      .filter((line) => line.split(",")[3] === "f").length;
    assert.deepEqual(
      table.rows.map(([sex]) => sex),
      ["f", "m", "other"],
    );
    // Laplace noise of scale 1/0.6 is as large as 60 once in e^36.
    assert.ok(Math.abs(Number(table.rows[0]![1]) - truth) < 60);
    assert.equal(valueOf(reportOf("counts"), "epsilon_of_dataset"), 0.6);
    const second = await sandbox.run([...words, "--json"]);
    assert.equal(second.code, 1);
    assert.match(second.stdout, /the privacy budget of the dataset would be passed/);
  });

  it("counts the people of a population behind every class", async () => {
    const { code, stderr } = await sandbox.run(["run", "map.yaml", "--workspace", "map"]);
    assert.equal(code, 0, stderr);
    const report = reportOf("map");
    assert.equal(valueOf(report, "presence_highest"), 1 / 3);
    assert.equal(valueOf(report, "k_map"), 3 * (valueOf(report, "k_after") ?? NaN));
    const mentioned = report.findings.map(({ message }) => message).join();
    assert.match(mentioned, /15-map, \(0, 0.5\)-presence met/);
  });

  it("leaves every class with k rows and l values, as an independent count finds", async () => {
    const { code, stderr } = await sandbox.run(["run", "good.yaml", "--workspace", "good"]);
    assert.equal(code, 0, stderr);
    const rows = await rowsOf("good");
    const classes = new Map<string, Set<unknown>>();
    const sizes = new Map<string, number>();
    for (const row of rows) {
      const key = JSON.stringify(quasi.map((name) => row[name]));
      classes.set(key, (classes.get(key) ?? new Set()).add(row.diagnosis));
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
    assert.ok(Math.min(...sizes.values()) >= 5);
    assert.ok(Math.min(...[...classes.values()].map((values) => values.size)) >= 2);
    const report = reportOf("good");
    const suppressed = ROWS - rows.length;
    assert.ok(suppressed > 0 && suppressed <= 0.02 * ROWS, String(suppressed));
    assert.equal(valueOf(report, "suppressed_share"), suppressed / ROWS);
    assert.equal(valueOf(report, "k_after"), Math.min(...sizes.values()));
    assert.equal(valueOf(report, "k_before"), 1);
    assert.equal(valueOf(report, "prosecutor_risk"), 1 / Math.min(...sizes.values()));
    assert.equal(valueOf(report, "search_optimal"), 1);
    assert.equal(report.verdict, "pass");
  });

  it("writes no value into the workspace, between the passes neither", () => {
    assert.deepEqual(filesHolding(sandbox.path("good"), "99-ONLY-ONE"), []);
    assert.deepEqual(filesHolding(sandbox.path("good"), "PLACE-X"), []);
  });

  it("shows levels, ranking and class sizes before and after", () => {
    const evidence = reportOf("good").stages.find((s) => s.stage === "anonymize")?.evidence ?? [];
    const groups = (metric: string): string[] =>
      evidence.flatMap((e) =>
        e.kind === "measured" && e.metric === metric ? [e.group?.column ?? ""] : [],
      );
    assert.deepEqual(groups("generalisation_level"), quasi);
    assert.equal(groups("separation").length, 10);
    const sizes = evidence.filter((e) => e.kind === "counted" && e.table === "class-sizes");
    assert.deepEqual(
      sizes.map((e) => e.kind === "counted" && e.group.when),
      ["before", "after"],
    );
  });

  it("goes on behind the barrier after it was killed", async () => {
    const began = sandbox.start(["run", "good.yaml", "--workspace", "killed"]);
    const folder = sandbox.path("killed", "datasets");
    const shardThere = (): boolean =>
      existsSync(folder) &&
      readdirSync(folder).some((id) => existsSync(`${folder}/${id}/shards/00001.json`));
    while (!shardThere() && began.child.exitCode === null) await wait(1);
    began.child.kill("SIGKILL");
    await began.ended;
    const { code, stderr } = await sandbox.run(["run", "good.yaml", "--workspace", "killed"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /going on with run \S+, behind (anonymize|deidentify)/);
    assert.deepEqual(await rowsOf("killed"), await rowsOf("good"));
    assert.equal(readdirSync(sandbox.path("killed", "runs")).length, 1);
  });

  const blocked = [
    ["impossible", "6001-anonymity asks for more rows than the 6000 there are"],
    [
      "gaps",
      "60 rows have a missing quasi-identifier, more than the 6 that may be suppressed; raise the suppression limit, or count missing cells as a category",
    ],
  ] as const;
  for (const [name, reason] of blocked) {
    it(`blocks with a reason where the policy cannot be met: ${name}`, async () => {
      const { code } = await sandbox.run(["run", `${name}.yaml`, "--workspace", name]);
      assert.equal(code, 1);
      const report = reportOf(name);
      assert.deepEqual(
        report.findings.map(({ rule, verdict, message }) => [rule, verdict, message]),
        [["deidentify.anonymity", "block", reason]],
      );
      assert.equal(valueOf(report, "k_before"), 1);
      assert.ok(
        !existsSync(sandbox.path(name, "datasets")) ||
          filesHolding(sandbox.path(name, "datasets"), "age").length === 0,
      );
    });
  }

  it("counts what stands in texts into risk where the policy says so", async () => {
    const note = (age: number): string =>
      `The patient is a ${age}-year-old who feels well today and came alone.`;
    const lines = Array.from({ length: 300 }, (_, i) => {
      return `${i % 2 === 0 ? "f" : "m"},${note(20 + (i % 50))}`;
    });
    writeFileSync(sandbox.path("notes.csv"), `sex,note\n${lines.join("\n")}\n`);
    writeFileSync(
      sandbox.path("notes.yaml"),
      `version: 1
name: notes
purpose: Testing texts inside tables
dataset:
  source: notes.csv
  columns: { sex: { role: quasi }, note: { role: text, language: en } }
deidentify:
  text: { entities: { AGE: keep, default: redact } }
  anonymity: { k: 5, count_text: true }
audit:
  data: [{ metric: k_with_text, min: 5 }, { metric: k_anonymity, min: 150 }]
`,
    );
    const { code, stderr } = await sandbox.run(["run", "notes.yaml", "--workspace", "notes"]);
    assert.equal(code, 0, stderr);
    const report = reportOf("notes");
    // 25 ages for each sex, six rows each; kept ages leave the classes as small as they were.
    assert.equal(valueOf(report, "k_before"), 150);
    assert.equal(valueOf(report, "k_with_text_before"), 6);
    assert.equal(valueOf(report, "k_with_text"), 6);
    const redacted = await sandbox.run(
      "run notes.yaml --workspace redacted --set deidentify.text.entities.AGE=redact".split(" "),
    );
    assert.equal(redacted.code, 0, redacted.stderr);
    assert.equal(valueOf(reportOf("redacted"), "k_with_text"), 150);
  });

  it("deidentify does the same, and stars rows where the policy says so", async () => {
    const { code, stdout, stderr } = await sandbox.run([
      "deidentify",
      "people.csv",
      "--policy",
      "star.yaml",
    ]);
    assert.equal(code, 0, stderr);
    const rows = stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(rows.length, ROWS);
    const starred = rows.filter((row) => quasi.every((name) => row[name] === "*"));
    assert.ok(starred.length >= 60, "rows with a missing age are suppressed");
    assert.deepEqual([rows[7]?.age, rows[7]?.sex], ["*", "*"]);
    const impossible = await sandbox.run([
      "deidentify",
      "people.csv",
      "--policy",
      "impossible.yaml",
    ]);
    assert.equal(impossible.code, 1);
    assert.equal(impossible.stdout, "");
    assert.match(impossible.stderr, /6001-anonymity asks for more rows/);
  });
});
