import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { pick, seededRandom } from "../../pipeline/core/random.ts";
import type { RunRecord } from "../../pipeline/core/types.ts";
import { Sandbox } from "./program.ts";

const sandbox = new Sandbox();
after(() => {
  sandbox.remove();
});

function corpus(words: readonly string[], seed: string): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: 500 }, () =>
    Array.from({ length: 8 }, () => pick(random, words)).join(" "),
  );
  return `${lines.join("\n")}\n`;
}
writeFileSync(sandbox.path("general.txt"), corpus(["rain", "falls", "on", "fields"], "a"));
writeFileSync(sandbox.path("task.txt"), corpus(["snow", "falls", "on", "rivers"], "b"));

const model = "{ kind: gpt, width: 16, heads: 2, layers: 1, context: 16, tokenizer: bpe }";
const policy = (
  source: string,
  train: string,
  audit = "{ metric: validation_loss, max: 20 }",
): string =>
  `version: 1
name: words
purpose: Testing
dataset:
  source: ${source}
  format: text
  columns: { file: { role: other }, text: { role: text, language: en } }
deidentify: { text: { mode: high-recall } }
audit: { model: [${audit}] }
train: { model: ${model}, backend: wasm, steps: 8, batch_size: 4, ${train} }
`;

function lastRecord(): RunRecord {
  const run = readdirSync(sandbox.path("w", "runs")).sort().at(-1) ?? "";
  return JSON.parse(
    readFileSync(sandbox.path("w", "runs", run, "report.json"), "utf8"),
  ) as RunRecord;
}

async function run(text: string): Promise<{ code: number | null; stderr: string; stdout: string }> {
  writeFileSync(sandbox.path("policy.yaml"), text);
  return sandbox.run(["run", "policy.yaml", "--workspace", "w"]);
}

describe("two phases", () => {
  it("pretrain, then finetune from the model: lineage has both datasets and both policies", async () => {
    const first = await run(policy("general.txt", "phase: pretrain"));
    assert.equal(first.code, 0, first.stderr);
    const before = lastRecord();
    const [events = ""] = readdirSync(sandbox.path("w", "events", before.id));
    assert.match(events, /^events\.out\.tfevents\.\d+\.probity\.\d+$/);
    const parent = readdirSync(sandbox.path("w", "models"))[0] ?? "";
    const start = `phase: finetune, parent: "${parent.slice(0, 12)}"`;

    const second = await run(policy("task.txt", `${start}, lora: { rank: 2 }`));
    assert.equal(second.code, 0, second.stderr);
    const record = lastRecord();
    const trained = record.stages.flatMap((s) => s.evidence).find((e) => e.kind === "trained");
    assert.deepEqual(trained?.parent, {
      model: parent,
      data: before.stages.find((s) => s.stage === "train")?.inputs[0],
      policy: before.policy,
      run: before.id,
    });
    assert.notEqual(trained.data, trained.parent.data);
    assert.deepEqual(record.stages.find((s) => s.stage === "train")?.inputs, [
      trained.data,
      parent,
    ]);
    const html = readFileSync(sandbox.path("w", "runs", record.id, "report.html"), "utf8");
    for (const digest of [parent, trained.parent.data, before.policy, record.policy, trained.data])
      assert.ok(html.includes(digest), digest);

    const wider = "{ metric: validation_loss, max: 30 }";
    const weaker = await run(policy("task.txt", start, wider));
    assert.equal(weaker.code, 1, weaker.stderr);
    const [finding] = lastRecord().findings.filter(({ verdict }) => verdict === "block");
    assert.equal(finding?.rule, "train.parent: audit.model.validation_loss");
    assert.ok(!lastRecord().stages.some(({ stage }) => stage === "train"));

    const waiver = "{ rule: audit.model.validation_loss, reason: other words, by: DPO }";
    const waived = await run(policy("task.txt", `${start}, waivers: [${waiver}]`, wider));
    assert.equal(waived.code, 0, waived.stderr);
    assert.equal(lastRecord().verdict, "warn");
    assert.match(
      lastRecord()
        .findings.map((f) => f.message)
        .join(),
      /waived by DPO: other words/,
    );
  });

  it("refuses a parent that is not there, and one without finetune", async () => {
    const none = await run(policy("task.txt", 'phase: finetune, parent: "0123456789ab"'));
    assert.equal(none.code, 2);
    assert.match(none.stderr, /train\.parent: there is no model 0123456789ab in the workspace/);
    const odd = await run(policy("task.txt", 'parent: "0123456789ab"'));
    assert.equal(odd.code, 2);
    assert.match(odd.stderr, /a parent is for phase: finetune/);
  });

  it("generates in the forms of a chat and a summary", async () => {
    const name = readdirSync(sandbox.path("w", "models"))[0]?.slice(0, 12) ?? "";
    const args = ["generate", name, "--workspace", "w", "--prompt", "rain", "--max-tokens", "20"];
    for (const form of ["chat", "summary", "continuation"]) {
      const ended = await sandbox.run([...args, "--as", form, "--json"]);
      assert.equal(ended.code, 0, ended.stderr);
      const { text, filtered } = JSON.parse(ended.stdout) as { text: string; filtered: object };
      assert.ok(!text.includes(form === "summary" ? "\n" : "\nUser:"));
      assert.equal(typeof filtered, "object");
    }
    const wrong = await sandbox.run([...args, "--as", "poem"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--as is one of continuation, chat, summary/);
    const share = await sandbox.run([...args, "--top-p", "2"]);
    assert.equal(share.code, 2);
    assert.match(share.stderr, /--top-p is a share above 0, at most 1/);
  });
});
