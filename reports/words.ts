import type { Measured, Verdict } from "../pipeline/core/types.ts";

/** All text of a report that does not come from the record. */
export interface Words {
  readonly language: string; // BCP 47
  readonly notEstimable: string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly headlines: Readonly<Record<Verdict, string>>;
  readonly verdictOf: Readonly<Record<Verdict, (count: number, total: number) => string>>;
  readonly noRules: string;
  readonly allGroups: string;
  readonly list: string; // between the items of a list
  readonly colon: string;
  readonly titles: Readonly<Record<Title, string>>;
  readonly leads: Readonly<Record<Lead, string>>;
  readonly columns: Readonly<Record<Column, string>>;
  readonly facts: Readonly<Record<FactName, string>>;
  readonly artifacts: Readonly<Record<"source" | "dataset" | "model" | "policy" | "code", string>>;
  readonly phrases: Phrases;
  /** Names of metrics; one that is missing is made readable from its snake case. */
  readonly metrics: Readonly<Record<string, string>>;
}

type Title =
  | "report"
  | "findings"
  | "lineage"
  | "stages"
  | "source"
  | "columns"
  | "deidentification"
  | "operators"
  | "plantedRecall"
  | "measurements"
  | "classSizes"
  | "sealing"
  | "shards"
  | "data"
  | "training"
  | "losses"
  | "settings"
  | "files"
  | "model"
  | "overall"
  | "disparities"
  | "counts"
  | "language"
  | "privacy"
  | "spent"
  | "frameworks"
  | "roc"
  | "exchange"
  | "verify"
  | "policy"
  | "environment"
  | "other"
  | "heat"
  | "groupChanges"
  | "beforeAfter"
  | "comparison"
  | "limits"
  | "artifacts";
type Lead =
  | "lineage"
  | "source"
  | "deidentification"
  | "plantedRecall"
  | "sealing"
  | "data"
  | "training"
  | "model"
  | "language"
  | "privacy"
  | "frameworks"
  | "verify"
  | "noModel"
  | "noEvidence"
  | "footer";
type Column =
  | "provision"
  | "asks"
  | "artifact"
  | "description"
  | "digest"
  | "stage"
  | "version"
  | "started"
  | "duration"
  | "inputs"
  | "outputs"
  | "column"
  | "role"
  | "type"
  | "rows"
  | "missing"
  | "distinct"
  | "personal"
  | "operator"
  | "entity"
  | "cells"
  | "recall"
  | "metric"
  | "by"
  | "split"
  | "value"
  | "n"
  | "limit"
  | "verdict"
  | "file"
  | "bytes"
  | "group"
  | "epoch"
  | "train"
  | "validation"
  | "blind"
  | "tpr"
  | "fpr"
  | "epsilon"
  | "delta"
  | "accountant"
  | "setting"
  | "size"
  | "classes"
  | "evidence"
  | "before"
  | "after"
  | "change";
type FactName =
  | "run"
  | "started"
  | "ended"
  | "took"
  | "purpose"
  | "lawfulBasis"
  | "controller"
  | "contact"
  | "dpo"
  | "retention"
  | "licence"
  | "policyDigest"
  | "recordDigest"
  | "code"
  | "seed"
  | "source"
  | "format"
  | "encoding"
  | "size"
  | "rows"
  | "quarantined"
  | "digest"
  | "key"
  | "recipients"
  | "shards"
  | "architecture"
  | "phase"
  | "parentModel"
  | "parentData"
  | "parentPolicy"
  | "parameters"
  | "data"
  | "backend"
  | "device"
  | "why"
  | "versions"
  | "bestEpoch"
  | "lastEpoch"
  | "meaning"
  | "modelVersion"
  | "unit"
  | "neighbours"
  | "sampler"
  | "mechanism"
  | "clipping"
  | "epsilonRdp"
  | "outside"
  | "rule"
  | "measured"
  | "limit";

/** Sentences with numbers or names in them. */
interface Phrases {
  rows(n: string): string;
  shards(n: string): string;
  sources(n: string): string;
  parameters(n: string): string;
  cells(n: string): string;
  columns(n: string): string;
  measured(n: string): string;
  notTrained: string;
  notSealed: string;
  noSource: string;
  report: string;
  model: string;
  dataset: string;
  source: string;
  by(attributes: string): string;
  split(name: string): string;
  moreRows(n: string): string;
  moreGroups(n: string): string;
  dots: string;
  limits: string;
  losses: string;
  lineage: string;
  heat: string;
  classSizes: string;
  counts: string;
  interval: string;
  overallLine: string;
  trainLine: string;
  validationLine: string;
  best(epoch: string, loss: string): string;
  inWorkspace: string;
  anywhere: string;
  otherPrograms: string;
  noRow: string;
  unknownGroup: string;
  pairs: string;
  noChange: string;
  moreChanges: (n: number) => string;
  meaning: (unit: string, factor: string, delta: string) => string;
  membershipRoc: string;
  roc: string;
  reliability: string;
  sweep: string;
  disparity: string;
  reference: string;
  noneHere: string;
  /** Behind the title of a table of what no rule is about. */
  withoutRule: string;
}

/** Tells apart numbers of one metric that there is one of for each column; `metricName` reads it. */
export function metricKey({ metric, column }: Pick<Measured, "metric" | "column">): string {
  return column === undefined ? metric : `${metric}\0${column}`;
}

/**
 * A metric's name for people: from the list, or its snake case made readable; with the column behind
 * it where it is a key of `metricKey`.
 */
export function metricName(words: Words, key: string): string {
  const [metric = "", column] = key.split("\0");
  if (column !== undefined) return `${metricName(words, metric)} (${column})`;
  const known = Object.hasOwn(words.metrics, metric) ? words.metrics[metric] : undefined;
  if (known !== undefined) return known;
  const spaced = metric.replaceAll(/[_-]+/g, " ").trim();
  return spaced === "" ? metric : spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
