import { createHash } from "node:crypto";
import type { RunRecord, StageRecord } from "../pipeline/core/types.ts";

const PRODUCER = "urn:probity:openlineage";
const SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
const NAMESPACE = "probity";

/**
 * OpenLineage 2-0-2 run events, one JSON object a line: a START and a COMPLETE (FAIL for a run that
 * was blocked) for the run, and both for each stage with the artifacts it read and made. Artifacts
 * are datasets named by their digest. The verdict does not make a stage fail, only the run.
 */
export function renderOpenLineage(record: RunRecord): string {
  const stages = record.stages.flatMap((stage, i) => [
    event("START", stage.started, record, stage, i),
    event("COMPLETE", stage.ended, record, stage, i),
  ]);
  const ended = record.verdict === "block" ? "FAIL" : "COMPLETE";
  const events = [
    event("START", record.started, record),
    ...stages,
    event(ended, record.ended, record),
  ];
  return events.map((item) => `${JSON.stringify(item)}\n`).join("");
}

function event(
  eventType: string,
  eventTime: string,
  record: RunRecord,
  stage?: StageRecord,
  index = 0,
): object {
  const runId = uuidOf(stage === undefined ? record.id : `${record.id}\0${index}\0${stage.stage}`);
  const parent = {
    run: { runId: uuidOf(record.id) },
    job: { namespace: NAMESPACE, name: record.name },
  };
  return {
    eventType,
    eventTime,
    producer: PRODUCER,
    schemaURL: SCHEMA,
    run: {
      runId,
      facets:
        stage === undefined ? {} : { parent: { ...facet("ParentRunFacet", "1-0-1"), ...parent } },
    },
    job: {
      namespace: NAMESPACE,
      name: stage === undefined ? record.name : `${record.name}.${stage.stage}`,
      facets: {
        jobType: {
          ...facet("JobTypeJobFacet", "2-0-3"),
          processingType: "BATCH",
          integration: "PROBITY",
          jobType: "JOB",
        },
      },
    },
    inputs: (stage?.inputs ?? []).map(dataset),
    outputs: (stage?.outputs ?? []).map(dataset),
  };
}

function dataset(digest: string): object {
  return {
    namespace: NAMESPACE,
    name: `sha256:${digest}`,
    facets: {
      version: { ...facet("DatasetVersionDatasetFacet", "1-0-1"), datasetVersion: digest },
    },
  };
}

function facet(name: string, version: string): object {
  return {
    _producer: PRODUCER,
    _schemaURL: `https://openlineage.io/spec/facets/${version}/${name}.json`,
  };
}

/** A UUID of version 8 (RFC 9562 section 5.8) from SHA-256, so that the same run has the same one. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes
    .toString("hex", 0, 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
