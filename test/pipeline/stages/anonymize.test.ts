import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { keyedRandom, seededRandom, systemRandom } from "../../../pipeline/core/random.ts";
import type { Digest } from "../../../pipeline/core/types.ts";
import { openSource } from "../../../pipeline/data/source.ts";
import { anonymize } from "../../../pipeline/stages/anonymize.ts";
import type { AnonymityParams } from "../../../pipeline/stages/parts/anonymity-params.ts";

const folder = mkdtempSync(join(tmpdir(), "probity-anonymize-"));
after(() => {
  rmSync(folder, { recursive: true });
});
const digest = "0".repeat(64) as Digest;

const base: AnonymityParams = {
  quasi: ["age", "job"],
  sensitive: ["ill"],
  models: { k: 2 },
  hierarchies: { job: { kind: "file", file: "job.csv", sha256: "" } },
  weights: {},
  minimum: {},
  maximum: {},
  suppression: 0,
  missing: "category",
  rows: "drop",
  minimise: "loss",
};
const jobs = "baker;food;*\nsmith;craft;*\n";
const rows = ["20,baker,flu", "21,baker,cold", "30,smith,flu", "31,smith,cold"];

async function run(
  lines: readonly string[],
  change: Partial<AnonymityParams> = {},
  job = jobs,
): ReturnType<typeof anonymize.run> {
  const file = join(folder, "table.csv");
  writeFileSync(file, ["age,job,ill", ...lines].join("\n"));
  return anonymize.run(
    {
      source: await openSource(file, { header: true }),
      digest,
      output: digest,
      columns: (batch) => batch,
      files: { job },
    },
    { ...base, ...change },
    {
      random: seededRandom("1"),
      secret: keyedRandom(new Uint8Array(32)),
      entropy: systemRandom(),
      store: { put: () => Promise.reject(new Error()), finished: () => Promise.resolve(undefined) },
      progress: () => undefined,
      signal: new AbortController().signal,
    },
  );
}

describe("the barrier of a run", () => {
  // Each: what is wrong, the rows, what differs, and the finding that blocks.
  const blocked: readonly (readonly [
    string,
    readonly string[],
    Partial<AnonymityParams>,
    string,
  ])[] = [
    [
      "a value that its hierarchy lacks, with the rows and without the value",
      [...rows, "40,secret-agent,flu", "41,secret-agent,flu"],
      {},
      "1 values of job (2 rows) are missing from its hierarchy; add them to the hierarchy, or map them to a value that it has",
    ],
    [
      "a k larger than the table",
      rows,
      { models: { k: 5 } },
      "5-anonymity asks for more rows than the 4 there are",
    ],
    [
      "an l above the values of a column that has one",
      rows.map((row) => row.replace("cold", "flu")),
      { models: { k: 2, l: { kind: "distinct", l: 2 } } },
      "distinct 2-diversity of ill asks for more values than the 1 there are",
    ],
    [
      "a table that misses every quasi-identifier it may suppress",
      rows.map((row) => row.replace(/^\d+/, "")),
      { missing: "suppress", suppression: 1 },
      "every row has a missing quasi-identifier",
    ],
  ];
  for (const [what, lines, change, message] of blocked) {
    it(`blocks for ${what}`, async () => {
      const { output, evidence } = await run(lines, change);
      assert.equal(output.plan, null);
      assert.deepEqual(
        output.findings.map(({ verdict, message: text }) => [verdict, text]),
        [["block", message]],
      );
      assert.ok(evidence.length > 0, "the table as it came is measured all the same");
    });
  }

  it("refuses a hierarchy whose levels are not monotone before a row is read", async () => {
    await assert.rejects(run(rows, {}, "baker;food;all\nsmith;food;none\n"), {
      code: "policy",
      message: /the hierarchy of job is not monotone/,
    });
  });

  it("says which columns tell nobody apart, and warns of those that tell everybody", async () => {
    const { output } = await run(rows.map((row) => row.replace("smith", "baker")));
    assert.deepEqual(
      output.findings.slice(1).map(({ verdict, message }) => [verdict, message]),
      [
        ["warn", "age differs in every row: it is an identifier"],
        ["pass", "job has one value and identifies nobody"],
      ],
    );
  });

  it("takes a gap for a value of its own, or suppresses its row, as it is told", async () => {
    const lines = [...rows, ",baker,flu", ",baker,flu"];
    const category = await run(lines);
    assert.match(category.output.findings[0]!.message, /0\.00 % of the rows suppressed/);
    const gone = await run(lines, { missing: "suppress", suppression: 0.4 });
    assert.match(gone.output.findings[0]!.message, /33\.33 % of the rows suppressed/);
  });
});
