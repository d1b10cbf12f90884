import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../pipeline/core/canonical-json.ts";
import { sha256 } from "../../pipeline/core/digest.ts";
import type { Digest, RunRecord, Sealed, Trained } from "../../pipeline/core/types.ts";
import { openCatalog, type Catalog, type ShardRow } from "./catalog.ts";
import type { LedgerEntry } from "./log.ts";

/** What a rebuilt catalog holds, and the files that it could not take in, with the reason. */
export interface Rebuilt {
  readonly runs: number;
  readonly datasets: number;
  readonly models: number;
  readonly left_out: readonly string[];
}

/** What this file reads of datasets/<id>/dataset.json. */
interface Manifest {
  readonly id: string;
  readonly digest: Digest;
  readonly source: Digest;
  readonly shards: readonly Omit<ShardRow, "dataset" | "index">[];
}

/** What this file reads of runs/<id>/journal.json. */
type Started = Pick<RunRecord, "id" | "name" | "policy" | "started">;

/**
 * Writes the catalog of a workspace anew from what it is only an index of: the runs in the ledger with
 * their signed records, the journals of runs that never ended, and the manifests of datasets. A record
 * is taken in only when it is the one whose digest stands in the ledger. The old catalog stays until
 * the new one is whole; no other process may have it open.
 */
export function rebuildCatalog(
  path: string,
  workspace: string,
  events: Iterable<LedgerEntry>,
): Rebuilt {
  const fresh = `${path}.rebuilt`;
  remove(fresh);
  const rebuilt = fill(fresh, workspace, events);
  for (const tail of ["-wal", "-shm"]) rmSync(path + tail, { force: true });
  renameSync(fresh, path);
  return rebuilt;
}

function fill(path: string, workspace: string, events: Iterable<LedgerEntry>): Rebuilt {
  const leftOut: string[] = [];
  const catalog = openCatalog(path);
  try {
    catalog.together(() => {
      const records = publishedRuns(workspace, events, leftOut);
      for (const record of records) addRun(catalog, record);
      addInterrupted(catalog, workspace, new Set(records.map(({ id }) => id)), leftOut);
      addDatasets(catalog, workspace, records, leftOut);
      for (const record of records) addModels(catalog, record);
    });
    return {
      runs: catalog.listRuns().length,
      datasets: catalog.listDatasets().length,
      models: catalog.listModels().length,
      left_out: leftOut,
    };
  } finally {
    catalog.close();
  }
}

// The record of each run in the ledger, from the signed statement that the ledger names.
function publishedRuns(
  workspace: string,
  events: Iterable<LedgerEntry>,
  leftOut: string[],
): RunRecord[] {
  const reports = new Map<string, string>();
  for (const { index, leaf } of events) {
    orLeaveOut(`event ${index}`, leftOut, () => {
      const event = JSON.parse(Buffer.from(leaf).toString()) as Record<string, Json> | null;
      const { kind, run, report } = event ?? {};
      if (kind === "run" && typeof run === "string" && typeof report === "string") {
        reports.set(run, report);
      }
    });
  }
  return [...reports].flatMap(([run, report]) =>
    orLeaveOut(`runs/${run}/report.dsse.json`, leftOut, (name) => {
      const { payload } = readJson(workspace, name) as { payload: string };
      const statement = Buffer.from(payload, "base64");
      if (sha256(statement) !== report) throw new Error("it is not the report in the ledger");
      return (JSON.parse(statement.toString()) as { predicate: RunRecord }).predicate;
    }),
  );
}

function addRun(catalog: Catalog, { id, name, verdict, started, ended, policy }: RunRecord): void {
  catalog.addRun({ id, name, state: "finished", verdict, started, ended, policy });
}

function addInterrupted(
  catalog: Catalog,
  workspace: string,
  published: ReadonlySet<string>,
  leftOut: string[],
): void {
  for (const run of namesIn(join(workspace, "runs"))) {
    if (published.has(run)) continue;
    orLeaveOut(`runs/${run}/journal.json`, leftOut, (file) => {
      const { id, name, policy, started } = readJson(workspace, file) as Started;
      catalog.addRun({ id, name, state: "interrupted", started, policy });
    });
  }
}

function addDatasets(
  catalog: Catalog,
  workspace: string,
  records: readonly RunRecord[],
  leftOut: string[],
): void {
  for (const folder of namesIn(join(workspace, "datasets"))) {
    // A folder without a manifest is of a run that has not sealed its dataset yet.
    if (!existsSync(join(workspace, "datasets", folder, "dataset.json"))) continue;
    orLeaveOut(`datasets/${folder}/dataset.json`, leftOut, (file) => {
      const { id, digest, source, shards } = readJson(workspace, file) as Manifest;
      const made = records.flatMap((record) => sealings(record, digest))[0];
      catalog.addDataset({
        id,
        name: made?.name ?? id,
        source_digest: source,
        manifest: { digest, shards: shards.length },
        created: made?.at ?? "",
      });
      for (const [index, shard] of shards.entries()) {
        const { file: name, rows, bytes } = shard;
        catalog.addShard({ dataset: id, index, file: name, digest: shard.digest, rows, bytes });
      }
      catalog.addEdge({ from: source, to: digest, kind: "deidentify" });
    });
  }
}

function addModels(catalog: Catalog, record: RunRecord): void {
  const known = new Set(catalog.listModels().map(({ digest }) => digest));
  const trained = record.stages.flatMap(({ evidence }) =>
    evidence.filter((one): one is Trained => one.kind === "trained"),
  );
  for (const { subject, architecture, data, files } of trained) {
    // A later run that trained the same model found it there.
    if (known.has(subject)) continue;
    const manifest = { files: files.length };
    catalog.addModel({ digest: subject, kind: architecture, manifest, run: record.id });
    catalog.addEdge({ from: data, to: subject, kind: "train" });
  }
}

// The stages of a run that sealed this dataset.
function sealings(record: RunRecord, dataset: Digest): { name: string; at: string }[] {
  return record.stages
    .filter(({ evidence }) =>
      evidence.some((one): one is Sealed => one.kind === "sealed" && one.subject === dataset),
    )
    .map(({ ended }) => ({ name: record.name, at: ended }));
}

function orLeaveOut<T>(file: string, leftOut: string[], take: (file: string) => T): T[] {
  try {
    return [take(file)];
  } catch (error) {
    leftOut.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function readJson(workspace: string, file: string): unknown {
  return JSON.parse(readFileSync(join(workspace, file), "utf8"));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function remove(path: string): void {
  for (const tail of ["", "-wal", "-shm"]) rmSync(path + tail, { force: true });
}
