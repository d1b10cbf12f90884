import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openCatalog, type DatasetRow, type RunRow } from "../../../audit/ledger/catalog.ts";
import { sha256 } from "../../../pipeline/core/digest.ts";
import { newFolder } from "./fixture.ts";

const dataset: DatasetRow = {
  id: "d1",
  name: "adult",
  source_digest: sha256("source"),
  manifest: { rows: 2, columns: ["age"] },
  created: "2026-01-02T03:04:05Z",
};
const shard = {
  dataset: "d1",
  index: 0,
  file: "shards/00000.age",
  digest: sha256("shard"),
  rows: 2,
  bytes: 400,
};
const run: RunRow = {
  id: "r1",
  name: "adult",
  state: "running",
  started: "2026-01-02T03:04:05Z",
  policy: sha256("policy"),
};
const model = {
  digest: sha256("model"),
  kind: "tabular-mlp",
  manifest: { layers: [64] },
  run: "r1",
};

describe("the catalog", () => {
  it("gives back what was added, over closing and opening", () => {
    const path = join(newFolder(), "catalog.db");
    const catalog = openCatalog(path);
    catalog.addDataset(dataset);
    catalog.addShard({ ...shard, index: 1 });
    catalog.addShard(shard);
    catalog.addRun(run);
    catalog.addModel(model);
    catalog.addEdge({ from: "d1", to: model.digest, kind: "trained-on" });
    catalog.addEdge({ from: "d1", to: model.digest, kind: "trained-on" });
    catalog.close();
    const again = openCatalog(path);
    assert.deepEqual(again.listDatasets(), [dataset]);
    assert.deepEqual(again.shardsOf("d1"), [shard, { ...shard, index: 1 }]);
    assert.deepEqual(again.shardsOf("d2"), []);
    assert.deepEqual(again.listModels(), [model]);
    assert.deepEqual(again.listRuns(), [run]);
    assert.deepEqual(again.edges(), [{ from: "d1", to: model.digest, kind: "trained-on" }]);
    again.close();
  });

  it("replaces a row of the same key", () => {
    const catalog = openCatalog(join(newFolder(), "catalog.db"));
    catalog.addDataset(dataset);
    catalog.addShard(shard);
    catalog.addDataset({ ...dataset, name: "other" });
    catalog.addShard({ ...shard, rows: 3 });
    assert.deepEqual(catalog.listDatasets(), [{ ...dataset, name: "other" }]);
    assert.deepEqual(catalog.shardsOf("d1"), [{ ...shard, rows: 3 }]);
    catalog.close();
  });

  it("finishes a run that was added, and no other", () => {
    const catalog = openCatalog(join(newFolder(), "catalog.db"));
    catalog.addRun(run);
    catalog.finishRun("r1", { state: "finished", verdict: "block", ended: "2026-01-02T04:00:00Z" });
    assert.deepEqual(catalog.listRuns(), [
      { ...run, state: "finished", verdict: "block", ended: "2026-01-02T04:00:00Z" },
    ]);
    assert.throws(
      () => {
        catalog.finishRun("r2", { state: "interrupted", ended: "x" });
      },
      { code: "internal" },
    );
    catalog.close();
  });

  it("writes what belongs together in one transaction", () => {
    const catalog = openCatalog(join(newFolder(), "catalog.db"));
    assert.throws(() => {
      catalog.together(() => {
        catalog.addDataset(dataset);
        catalog.addShard(shard);
        throw new Error("stop");
      });
    }, /stop/);
    assert.deepEqual(catalog.listDatasets(), []);
    catalog.together(() => {
      catalog.addDataset(dataset);
      catalog.addShard(shard);
    });
    assert.deepEqual([catalog.listDatasets().length, catalog.shardsOf("d1").length], [1, 1]);
    catalog.close();
  });

  it("refuses a shard of a dataset that it does not have, and a state that is none", () => {
    const catalog = openCatalog(join(newFolder(), "catalog.db"));
    assert.throws(
      () => {
        catalog.addShard(shard);
      },
      { code: "workspace", message: /^cannot write to .*: FOREIGN KEY constraint failed$/ },
    );
    assert.throws(
      () => {
        catalog.addRun({ ...run, state: "lost" as "running" });
      },
      { code: "workspace" },
    );
    catalog.close();
  });
});
