import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { digestOf, sha256 } from "../../pipeline/core/digest.ts";
import type { Evidence, RunRecord } from "../../pipeline/core/types.ts";
import { diffRecords, renderDiffHtml, renderDiffText } from "../../reports/diff.ts";
import { documentOf } from "../../reports/document.ts";
import { envelope, preAuthenticationEncoding, statementFor } from "../../reports/dsse.ts";
import { renderHtml } from "../../reports/html.ts";
import { renderJson } from "../../reports/json.ts";
import { renderModelCard } from "../../reports/model-card.ts";
import { renderSummary } from "../../reports/terminal.ts";
import { estimateText } from "../../reports/text/format.ts";
import { displayWidth } from "../../reports/text/plain.ts";
import { assertGolden } from "./golden.ts";
import { blockedRecord, emptyRecord, passingRecord } from "./record.ts";

const plainTerminal = { color: false, width: 80 };

describe("golden reports", () => {
  const blocked = blockedRecord();
  const diff = diffRecords(blocked, passingRecord());
  const cases: readonly (readonly [string, string])[] = [
    ["blocked.html", renderHtml(blocked)],
    ["passing.html", renderHtml(passingRecord())],
    ["empty.html", renderHtml(emptyRecord())],
    ["blocked.json", renderJson(blocked)],
    ["blocked.model-card.md", renderModelCard(blocked)],
    ["blocked.summary.txt", renderSummary(blocked, plainTerminal)],
    ["diff.txt", renderDiffText(diff, plainTerminal)],
    ["diff.html", renderDiffHtml(diff)],
  ];
  for (const [name, text] of cases)
    it(`${name} is as before`, () => {
      assertGolden(name, text);
    });
});

describe("estimates", () => {
  const cases = [
    [{ value: 0.1234, n: 9, interval: [0.1011, 0.1449] }, "0.123 [0.101, 0.145]"],
    [{ value: null, n: 0, why: "n⁺ = 0" }, "not estimable: n⁺ = 0"],
    [{ value: -0.0204, n: 9 }, "−0.020"],
    [{ value: 0.00031, n: 9 }, "0.00031"],
    [{ value: 12, n: 9 }, "12"],
    [{ value: 1234.5, n: 9 }, "1,235"],
  ] as const;
  for (const [estimate, text] of cases) {
    it(`prints ${text}`, () => {
      assert.equal(estimateText(estimate), text);
    });
  }
});

describe("report.json", () => {
  it("is the record, whatever the order of its members", () => {
    const record = blockedRecord();
    const turned = Object.fromEntries(Object.entries(record).reverse()) as unknown as RunRecord;
    assert.equal(renderJson(turned), renderJson(record));
    assert.equal(digestOf(JSON.parse(renderJson(record))), digestOf(record));
  });
});

describe("DSSE", () => {
  it("encodes as the specification's example", () => {
    // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
    const bytes = preAuthenticationEncoding(
      "http://example.com/HelloWorld",
      Buffer.from("hello world"),
    );
    assert.equal(
      Buffer.from(bytes).toString(),
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });
  it("signs a statement that a stranger can check", () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const statement = statementFor(blockedRecord(), [{ name: "report.json", digest: sha256("x") }]);
    const text = envelope(statement, {
      keyid: "k",
      sign: (message) => sign(null, message, privateKey),
    });
    const parsed = JSON.parse(text) as {
      payloadType: string;
      payload: string;
      signatures: { keyid: string; sig: string }[];
    };
    const payload = Buffer.from(parsed.payload, "base64");
    const message = preAuthenticationEncoding(parsed.payloadType, payload);
    assert.ok(
      verify(null, message, publicKey, Buffer.from(parsed.signatures[0]?.sig ?? "", "base64")),
    );
    const { _type, predicateType } = JSON.parse(payload.toString()) as Record<string, string>;
    assert.deepEqual(
      [_type, predicateType],
      ["https://in-toto.io/Statement/v1", "urn:probity:run-record:v1"],
    );
  });
});

describe("the HTML page", () => {
  it("loads nothing, runs nothing, and its style sheet is the one its policy allows", () => {
    const html = renderHtml(blockedRecord());
    assert.doesNotMatch(
      html,
      /<script|<link|<img|<iframe|\son\w+=|\sstyle="|@import|url\((?!"?#)|https?:/,
    );
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? "";
    assert.ok(html.includes(`'sha256-${createHash("sha256").update(style).digest("base64")}'`));
  });
  it("escapes every text that comes from the record", () => {
    const hostile = `</title><script>alert(1)</script>"'&\u{202e}\u{1b}[2J`;
    const html = renderHtml(hostileRecord(hostile));
    assert.doesNotMatch(html, /<script|\u{202e}|(?!\n)\p{Cc}/u);
    assert.doesNotMatch(renderModelCard(hostileRecord(hostile)), /<script|\u{202e}|(?!\n)\p{Cc}/u);
    assert.doesNotMatch(
      renderSummary(hostileRecord(hostile), plainTerminal),
      /\u{202e}|(?!\n)\p{Cc}/u,
    );
  });
  for (const groups of [0, 1, 60, 3000]) {
    it(`stays under 300 kB with ${groups} groups of very long names`, () => {
      const html = renderHtml(withGroups(groups));
      assert.ok(Buffer.byteLength(html) <= 300_000, `${Buffer.byteLength(html)} bytes`);
      assert.doesNotMatch(html, /NaN|Infinity|undefined/);
    });
  }
  it("says that a run blocked before training has no model", () => {
    const record = blockedRecord();
    const html = renderHtml({ ...record, stages: record.stages.slice(0, 5) });
    assert.match(html, /No model was trained/);
    assert.match(html, /not trained/);
  });
  it("shows each piece of evidence in one section, also of an unknown stage", () => {
    const record = blockedRecord();
    const odd = {
      ...record,
      stages: record.stages.map((stage) => ({ ...stage, stage: `x-${stage.stage}` })),
    };
    assert.ok(documentOf(odd).sections.some(({ id }) => id === "other"));
  });
});

describe("the summary", () => {
  it("keeps to its width, whatever the names", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.integer({ min: 60, max: 140 }),
        (name, width) => {
          for (const line of renderSummary(hostileRecord(`贷款${name}`), { color: false, width })
            .split("\n")
            .slice(0, -4)) {
            assert.ok(displayWidth(line) <= width, JSON.stringify(line));
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe("a comparison", () => {
  it("of a run with itself has no change", () => {
    const diff = diffRecords(blockedRecord(), blockedRecord());
    assert.deepEqual([diff.findings, diff.policy, diff.artifacts], [[], [], []]);
    assert.ok(diff.metrics.every(({ delta }) => delta === undefined || delta === 0));
  });
  it("is cut in a terminal, which says how much is left out", () => {
    const run = blockedRecord();
    const measuring = (value: number | null): RunRecord => ({
      ...run,
      stages: run.stages.map((stage, at) => ({
        ...stage,
        evidence: at > 0 ? [] : Array.from({ length: 40 }, (_, i) => measuredAs(`m${i}`, value)),
      })),
    });
    const text = (before: number | null, after: number | null): string =>
      renderDiffText(diffRecords(measuring(before), measuring(after)), plainTerminal);
    const changed = text(0.25, 0.5);
    assert.equal(changed.match(/\+0\.250/g)?.length, 25);
    assert.match(changed, /^15 more: /m);
    assert.doesNotMatch(text(null, null), /m1|more/);
  });
  it("names each changed member of the policy", () => {
    const { policy } = diffRecords(blockedRecord(), passingRecord());
    assert.deepEqual(
      policy.map(({ path }) => path),
      ["name", "train.mitigate"],
    );
  });
});

function measuredAs(metric: string, value: number | null): Evidence {
  const estimate = value === null ? { value, n: 0, why: "n⁺ = 0" } : { value, n: 9 };
  return { kind: "measured", subject: sha256(""), metric, estimate };
}

function hostileRecord(text: string): RunRecord {
  const record = blockedRecord();
  const group = { [`sex${text}`]: text };
  const extra: Evidence[] = [
    {
      kind: "measured",
      subject: sha256(""),
      metric: `m${text}`,
      by: Object.keys(group),
      group,
      estimate: { value: 0.5, n: 3 },
    },
    {
      kind: "counted",
      subject: sha256(""),
      table: text,
      by: Object.keys(group),
      group,
      counts: { [`c${text}`]: 1 },
    },
    {
      kind: "profiled",
      subject: sha256(""),
      column: text,
      role: "text",
      type: "text",
      rows: 0,
      missing: 0,
      distinct: 0,
      entities: { [text]: 1 },
    },
  ];
  return {
    ...record,
    id: text,
    name: text,
    document: { purpose: text, controller: { name: text }, report: { language: text } },
    stages: record.stages.map((stage) => ({ ...stage, evidence: [...stage.evidence, ...extra] })),
    findings: record.findings.map((finding) => ({ ...finding, rule: text, message: text })),
    environment: { [text]: text },
  };
}

function withGroups(count: number): RunRecord {
  const record = blockedRecord();
  const evidence = Array.from({ length: count }, (_, i) =>
    ["selection_rate", "accuracy", "tpr"].map((metric): Evidence => ({
      kind: "measured",
      subject: sha256(""),
      metric,
      by: ["region"],
      group: { region: `${"a very long name of a region ".repeat(4)}${i}` },
      estimate: i % 2 === 0 ? { value: null, n: 0, why: "no rows" } : { value: i / count, n: i },
    })),
  ).flat();
  return {
    ...record,
    stages: record.stages.map((stage) =>
      stage.stage === "audit-model" ? { ...stage, evidence } : stage,
    ),
  };
}
