import { canonicalJson, type Json } from "../pipeline/core/canonical-json.ts";
import type {
  Digest,
  Estimate,
  Finding,
  Group,
  Measured,
  RunRecord,
  Verdict,
} from "../pipeline/core/types.ts";
import { ofKind } from "./evidence.ts";

/** What changed between two runs. Lists hold what is new, gone or different, and nothing else. */
export interface RecordDiff {
  readonly before: RunHead;
  readonly after: RunHead;
  /** Rules by path; undefined where the run has no such rule. */
  readonly findings: readonly {
    readonly rule: string;
    readonly before: Finding | undefined;
    readonly after: Finding | undefined;
  }[];
  /** Every metric that both or either run measured, changed or not. */
  readonly metrics: readonly MetricChange[];
  readonly policy: readonly PolicyChange[];
  readonly artifacts: readonly {
    readonly artifact: "source" | "dataset" | "model" | "policy" | "code";
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[];
}
export interface RunHead {
  readonly id: string;
  readonly name: string;
  readonly ended: string;
  readonly verdict: Verdict;
}
export interface MetricChange {
  readonly metric: string;
  /** Where there is a number for each column. */
  readonly column?: string;
  readonly by: readonly string[];
  readonly group: Group | undefined;
  readonly split: string | undefined;
  readonly before: Estimate | undefined;
  readonly after: Estimate | undefined;
  /** after − before; undefined unless both have a value. */
  readonly delta: number | undefined;
}
/** A member of the policy document; undefined where a run's policy lacks it. */
interface PolicyChange {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Compares two runs, `before` and `after`. The result is plain data, in the order of `before`. */
export function diffRecords(before: RunRecord, after: RunRecord): RecordDiff {
  return {
    before: headOf(before),
    after: headOf(after),
    findings: findingChanges(before, after),
    metrics: metricChanges(before, after),
    policy: policyChanges(before.document, after.document, ""),
    artifacts: artifactChanges(before, after),
  };
}

function headOf({ id, name, ended, verdict }: RunRecord): RunHead {
  return { id, name, ended, verdict };
}

function findingChanges(before: RunRecord, after: RunRecord): RecordDiff["findings"] {
  const [old, fresh] = [before, after].map(
    ({ findings }) => new Map(findings.map((item) => [item.rule, item])),
  );
  const rules = new Set([...before.findings, ...after.findings].map(({ rule }) => rule));
  return [...rules]
    .map((rule) => ({ rule, before: old?.get(rule), after: fresh?.get(rule) }))
    .filter(
      (pair) =>
        pair.before?.verdict !== pair.after?.verdict ||
        pair.before?.message !== pair.after?.message,
    );
}

function metricChanges(before: RunRecord, after: RunRecord): readonly MetricChange[] {
  const [old, fresh] = [measuredOf(before), measuredOf(after)];
  const keys = new Set([...old.keys(), ...fresh.keys()]);
  return [...keys].flatMap((key) => {
    const [a, b] = [old.get(key), fresh.get(key)];
    const item = a ?? b;
    if (item === undefined) return [];
    const [from, to] = [a?.estimate.value ?? undefined, b?.estimate.value ?? undefined];
    return [
      {
        metric: item.metric,
        ...(item.column === undefined ? {} : { column: item.column }),
        by: item.by ?? [],
        group: item.group,
        split: item.split,
        before: a?.estimate,
        after: b?.estimate,
        delta: from === undefined || to === undefined ? undefined : to - from,
      },
    ];
  });
}

function measuredOf(record: RunRecord): ReadonlyMap<string, Measured> {
  const found = new Map<string, Measured>();
  for (const { stage, evidence } of record.stages) {
    for (const item of ofKind(evidence, "measured")) {
      const { metric, column = "", by = [], group = {}, split = "" } = item;
      found.set(canonicalJson([stage, metric, column, by, group, split]), item);
    }
  }
  return found;
}

function policyChanges(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
): readonly PolicyChange[] {
  const [old, fresh] = [membersOf(before, path), membersOf(after, path)];
  if (old === undefined || fresh === undefined || Array.isArray(before) !== Array.isArray(after)) {
    return same(before, after) ? [] : [{ path: path === "" ? "$" : path, before, after }];
  }
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return paths.flatMap((member) => policyChanges(old.get(member), fresh.get(member), member));
}

/** Members by their path; undefined when the value has none, or is of another form. */
function membersOf(value: Json | undefined, path: string): ReadonlyMap<string, Json> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    return new Map((value as readonly Json[]).map((item, i) => [`${path}[${i}]`, item]));
  }
  return new Map(
    Object.entries(value).map(([name, item]) => [path === "" ? name : `${path}.${name}`, item]),
  );
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function artifactChanges(before: RunRecord, after: RunRecord): RecordDiff["artifacts"] {
  const [old, fresh] = [artifactsOf(before), artifactsOf(after)];
  return old
    .map(([artifact, digest], i) => ({ artifact, before: digest, after: fresh[i]?.[1] }))
    .filter((pair) => pair.before !== pair.after);
}

function artifactsOf(
  record: RunRecord,
): readonly (readonly [
  RecordDiff["artifacts"][number]["artifact"],
  Digest | string | undefined,
])[] {
  const evidence = record.stages.flatMap((stage) => stage.evidence);
  return [
    ["source", ofKind(evidence, "ingested")[0]?.subject],
    ["dataset", ofKind(evidence, "sealed").at(-1)?.subject],
    ["model", ofKind(evidence, "trained").at(-1)?.subject],
    ["policy", record.policy],
    ["code", record.code],
  ];
}
