import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { PipelineError } from "../../pipeline/core/error.ts";
import { packageRoot } from "../../pipeline/core/package-root.ts";
import { explainPolicy } from "../../policies/explain.ts";
import { loadPolicy } from "../../policies/load.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-policy-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const base = `version: 1
name: test
purpose: Testing
dataset:
  source: a.csv
  columns:
    age: { role: quasi }
    sex: { role: quasi, protected: true }
    income: { role: label, favourable: ">50K" }
`;

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function problemsOf(text: string, set: readonly string[] = []): string {
  try {
    loadPolicy(write("bad.yaml", text), set);
  } catch (error) {
    assert.ok(error instanceof PipelineError && error.code === "policy", String(error));
    return error.message.replaceAll(`${folder}/`, "");
  }
  assert.fail("the policy was accepted");
}

describe("loadPolicy", () => {
  it("fills in every default and freezes the result", () => {
    const { policy } = loadPolicy(write("good.yaml", base));
    assert.deepEqual(policy.seal, {
      recipients: ["keyfile"],
      subject_keys: false,
      owners: {},
      two_owners: false,
      reason: "vault",
      shard_rows: 16384,
      engine: "fast",
    });
    assert.equal(policy.dataset.on_bad_row, "stop");
    assert.throws(() => Object.assign(policy.dataset, { source: "b" }), TypeError);
  });

  it("gives equal policies equal digests, whatever their key order", () => {
    const reordered = base.replace("version: 1\nname: test\n", "name: test\nversion: 1\n");
    assert.equal(
      loadPolicy(write("a.yaml", base)).digest,
      loadPolicy(write("b.yaml", reordered)).digest,
    );
    assert.notEqual(
      loadPolicy(write("a.yaml", base)).digest,
      loadPolicy(write("c.yaml", base.replace("a.csv", "b.csv"))).digest,
    );
  });

  it("merges what it extends, child over parent, and removes with null", () => {
    write("parent.yaml", `${base}seed: 7\nreport: { frameworks: [gdpr] }\n`);
    const { policy } = loadPolicy(
      write("child.yaml", "version: 1\nextends: parent.yaml\nname: child\nreport: null\n"),
    );
    assert.equal(policy.name, "child");
    assert.equal(policy.seed, "7");
    assert.deepEqual(policy.report.frameworks, []);
  });

  it("overrides single values with --set", () => {
    const { policy } = loadPolicy(write("a.yaml", base), [
      "dataset.source=/x/y.csv",
      "audit.minimum_group=5",
      "train.model.kind=logistic",
    ]);
    assert.equal(policy.dataset.source, "/x/y.csv");
    assert.equal(policy.audit.minimum_group, 5);
    assert.equal(policy.train?.model.kind, "logistic");
  });

  // Each: what is wrong, the text, what the message must say.
  const bad: readonly (readonly [string, string, RegExp])[] = [
    [
      "an unknown key, with a suggestion",
      base.replace("purpose:", "porpose:"),
      /bad\.yaml:3:1 porpose: unknown key, did you mean purpose\?/,
    ],
    ["a missing key", base.replace("purpose: Testing\n", ""), /purpose: required/],
    [
      "an unknown role",
      base.replace("role: quasi }", "role: qasi }"),
      /bad\.yaml:7:\d+ dataset\.columns\.age\.role: .*"identifier"/,
    ],
    [
      "an unknown metric",
      `${base}audit: { model: [{ metric: demografic_parity_difference, by: sex, max: 0.1 }] }\n`,
      /did you mean demographic_parity_difference\?/,
    ],
    [
      "a metric in the wrong list",
      `${base}audit: { data: [{ metric: accuracy, min: 0.1 }] }\n`,
      /accuracy belongs under audit\.model/,
    ],
    [
      "a rule without a limit",
      `${base}audit: { data: [{ metric: base_rate, by: sex }] }\n`,
      /give a limit/,
    ],
    [
      "a rule about a column that is not protected",
      `${base}audit: { data: [{ metric: base_rate, by: age, max: 1 }] }\n`,
      /age is not marked protected/,
    ],
    [
      "an operator for no column",
      `${base}deidentify: { columns: { agee: redact } }\n`,
      /no column agee in dataset\.columns, did you mean age\?/,
    ],
    ["a duplicate key", `${base}name: other\n`, /bad\.yaml:10:1: Map keys must be unique/],
    ["broken YAML", "version: [1", /bad\.yaml:1:12/],
    [
      "a passphrase written out",
      `${base}seal: { recipients: ["hunter2"] }\n`,
      /expected passphrase, keyfile/,
    ],
    [
      "anonymity of nothing",
      `${base}deidentify: { anonymity: { suppression: 0.1 } }\n`,
      /give k, k_map or delta_presence/,
    ],
    [
      "a k-map without its population",
      `${base}deidentify: { anonymity: { k_map: 5 } }\n`,
      /k_map needs population_table/,
    ],
    [
      "a population that is not there",
      `${base}deidentify: { anonymity: { k_map: 5, population_table: nobody.csv } }\n`,
      /population_table: cannot read/,
    ],
    [
      "means of one set with two sizes",
      `${base}deidentify: { columns: { age: { microaggregate: { k: 3, together: a } }, sex: { microaggregate: { k: 4, together: a } } } }\n`,
      /averaged with different k/,
    ],
    [
      "a mean of the label",
      `${base}deidentify: { columns: { income: { microaggregate: 5 } } }\n`,
      /a column of role label has no mean/,
    ],
    [
      "Gaussian counts without a delta",
      `${base}release: { counts: [{ name: a, columns: { sex: [f, m] }, epsilon: 1, mechanism: gaussian }] }\n`,
      /the Gaussian mechanism needs delta/,
    ],
    [
      "counts by bins that leave a gap",
      `${base}release: { counts: [{ name: a, columns: { age: { from: 0, to: 99, width: 10 } }, epsilon: 1 }] }\n`,
      /the bins do not fill the range/,
    ],
    [
      "counts that spend more than there is",
      `${base.replace("  columns:", "  privacy_budget: { epsilon: 1, delta: 0.00001 }\n  columns:")}release: { counts: [{ name: a, columns: { sex: [f, m] }, epsilon: 0.6 }, { name: b, columns: { sex: [f, m] }, epsilon: 0.6 }] }\n`,
      /the tables spend epsilon 1\.2, dataset\.privacy_budget has 1/,
    ],
    ["an extends of nothing", `extends: nowhere\n${base}`, /no preset and no file named nowhere/],
  ];
  for (const [what, text, want] of bad) {
    it(`refuses ${what}`, () => {
      assert.match(problemsOf(text), want);
    });
  }

  it("reports all problems at once", () => {
    const text = base.replace("purpose:", "porpose:").replace("source:", "sauce:");
    assert.ok(problemsOf(text).split("\n").length >= 4);
  });

  it("refuses a circle of extends", () => {
    write("one.yaml", `extends: two.yaml\n${base}`);
    write("two.yaml", `extends: one.yaml\n${base}`);
    assert.throws(() => loadPolicy(join(folder, "one.yaml")), {
      code: "policy",
      message: /extends itself/,
    });
  });

  it("does not reach prototypes through --set", () => {
    assert.throws(() => loadPolicy(write("a.yaml", base), ["__proto__.x=1"]), { code: "usage" });
  });
});

describe("shipped policies", () => {
  const examples = fileURLToPath(new URL("policies/examples/", packageRoot));
  for (const name of readdirSync(examples).filter((file) => file.endsWith(".yaml"))) {
    it(`${name} loads and explains itself`, () => {
      const { policy } = loadPolicy(join(examples, name));
      assert.ok(explainPolicy(policy).includes(policy.name));
    });
  }

  const presets = fileURLToPath(new URL("policies/presets/", packageRoot));
  for (const file of readdirSync(presets)) {
    it(`the preset ${file} can be extended`, () => {
      const text = `extends: ${file.replace(".yaml", "")}\n${base.replace("  columns:\n", "  columns:\n    text: { role: text }\n    race: { role: quasi, protected: true }\n")}`;
      const set = file === "nyc-ll144.yaml" ? ["train.model.kind=logistic"] : [];
      assert.ok(loadPolicy(write("extending.yaml", text), set).files.length === 2);
    });
  }
});
