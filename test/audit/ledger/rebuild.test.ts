import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { openCatalog, type Catalog } from "../../../audit/ledger/catalog.ts";
import { rebuildCatalog } from "../../../audit/ledger/rebuild.ts";
import { canonicalJson } from "../../../pipeline/core/canonical-json.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { newFolder, newSigner, pathsIn, withLedger } from "./fixture.ts";

const source = sha256("source");
const dataset = sha256("dataset");
const model = sha256("model");
const policy = sha256("policy");
const started = "2026-01-02T03:04:05Z";
const ended = "2026-01-02T03:05:05Z";
const shards = [0, 1].map((i) => ({
  file: `shards/0000${i}.age`,
  digest: sha256(`shard ${i}`),
  rows: 10,
  bytes: 400,
}));

// Two runs: one published, which sealed a dataset and trained a model, and one that was killed.
function workspace(): string {
  const folder = newFolder();
  const put = (name: string, value: unknown) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(value));
  };
  const stage = (kind: string, more: object) => ({
    stage: kind,
    ended,
    evidence: [{ kind, ...more }],
  });
  const predicate = {
    id: "run-1",
    name: "adult",
    verdict: "block",
    started,
    ended,
    policy,
    stages: [
      stage("sealed", { subject: dataset, shards }),
      stage("trained", {
        subject: model,
        architecture: "tabular-mlp",
        data: dataset,
        files: [{}, {}],
      }),
    ],
  };
  const payload = Buffer.from(canonicalJson({ predicate }));
  put("runs/run-1/report.dsse.json", { payload: payload.toString("base64") });
  put("runs/run-2/journal.json", { id: "run-2", name: "adult", policy, started, state: "running" });
  put("datasets/d1/dataset.json", { id: "d1", digest: dataset, source, shards });
  mkdirSync(join(folder, "datasets/unfinished"), { recursive: true });
  withLedger(pathsIn(folder), newSigner(), (ledger) => {
    ledger.append([
      { kind: "run", run: "run-1", report: sha256(payload), verdict: "block" },
      "other",
    ]);
  });
  return folder;
}

function rebuild(folder: string): ReturnType<typeof rebuildCatalog> {
  return withLedger(pathsIn(folder), newSigner(), (ledger) =>
    rebuildCatalog(join(folder, "catalog.db"), folder, ledger.events()),
  );
}

function reading<T>(folder: string, read: (catalog: Catalog) => T): T {
  const catalog = openCatalog(join(folder, "catalog.db"));
  try {
    return read(catalog);
  } finally {
    catalog.close();
  }
}

describe("the rebuilt catalog", () => {
  it("has the rows that the ledger and the manifests tell of, and none of the old", () => {
    const folder = workspace();
    reading(folder, (catalog) => {
      catalog.addRun({ id: "gone", name: "x", state: "running", started, policy });
    });
    assert.deepEqual(rebuild(folder), { runs: 2, datasets: 1, models: 1, left_out: [] });
    reading(folder, (catalog) => {
      assert.deepEqual(catalog.listRuns(), [
        { id: "run-1", name: "adult", state: "finished", verdict: "block", started, ended, policy },
        { id: "run-2", name: "adult", state: "interrupted", started, policy },
      ]);
      assert.deepEqual(catalog.listDatasets(), [
        {
          id: "d1",
          name: "adult",
          source_digest: source,
          manifest: { digest: dataset, shards: 2 },
          created: ended,
        },
      ]);
      assert.deepEqual(
        catalog.shardsOf("d1"),
        shards.map((shard, index) => ({ dataset: "d1", index, ...shard })),
      );
      assert.deepEqual(catalog.listModels(), [
        { digest: model, kind: "tabular-mlp", manifest: { files: 2 }, run: "run-1" },
      ]);
      assert.deepEqual(catalog.edges(), [
        { from: source, to: dataset, kind: "deidentify" },
        { from: dataset, to: model, kind: "train" },
      ]);
    });
  });

  it("is the same when it is made twice", () => {
    const folder = workspace();
    rebuild(folder);
    const first = reading(folder, (catalog) => [
      catalog.listRuns(),
      catalog.listDatasets(),
      catalog.edges(),
    ]);
    rebuild(folder);
    assert.deepEqual(
      reading(folder, (catalog) => [catalog.listRuns(), catalog.listDatasets(), catalog.edges()]),
      first,
    );
  });

  it("leaves out a report that is not the one in the ledger, and says so", () => {
    const folder = workspace();
    const forged = Buffer.from(
      canonicalJson({ predicate: { id: "run-1", verdict: "pass", stages: [] } }),
    );
    writeFileSync(
      join(folder, "runs/run-1/report.dsse.json"),
      JSON.stringify({ payload: forged.toString("base64") }),
    );
    writeFileSync(join(folder, "datasets/d1/dataset.json"), "{");
    const { runs, left_out: leftOut } = rebuild(folder);
    assert.equal(runs, 1);
    assert.equal(leftOut[0], "runs/run-1/report.dsse.json: it is not the report in the ledger");
    assert.ok(leftOut.some((line) => line.startsWith("datasets/d1/dataset.json: ")));
  });
});
