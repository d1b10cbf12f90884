import { digestOf } from "../pipeline/core/digest.ts";
import type { Digest, Evidence, RunRecord } from "../pipeline/core/types.ts";

/** The section of the report that shows a piece of evidence. Each piece is shown in exactly one. */
type Place =
  | "source"
  | "deidentification"
  | "sealing"
  | "data"
  | "training"
  | "model"
  | "language"
  | "privacy"
  | "other";

/** All evidence of a run, sorted into the sections that show it, in the order it was recorded. */
export type Placed = Readonly<Record<Place, readonly Evidence[]>>;

export function placeEvidence(record: RunRecord): Placed {
  const placed: Record<Place, Evidence[]> = {
    source: [],
    deidentification: [],
    sealing: [],
    data: [],
    training: [],
    model: [],
    language: [],
    privacy: [],
    other: [],
  };
  for (const { stage, evidence } of record.stages) {
    for (const item of evidence) placed[placeOf(stage, item)].push(item);
  }
  return placed;
}

/** The pieces of one kind. */
export function ofKind<K extends Evidence["kind"]>(
  items: readonly Evidence[],
  kind: K,
): readonly Extract<Evidence, { kind: K }>[] {
  return items.filter((item): item is Extract<Evidence, { kind: K }> => item.kind === kind);
}

/** All evidence of a run by the digest that findings name it with. */
export function evidenceByDigest(record: RunRecord): ReadonlyMap<Digest, Evidence> {
  const found = new Map<Digest, Evidence>();
  for (const { evidence } of record.stages) {
    for (const item of evidence) found.set(digestOf(item), item);
  }
  return found;
}

function placeOf(stage: string, item: Evidence): Place {
  switch (item.kind) {
    case "ingested":
    case "profiled":
      return "source";
    case "transformed":
      return "deidentification";
    case "sealed":
      return "sealing";
    case "trained":
      return "training";
    case "spent":
      return "privacy";
    case "measured":
      return placeOfName(stage, item.metric);
    case "counted":
    case "tabled":
      return placeOfName(stage, item.table);
  }
}

// Attacks on the trained model and its privacy budget; everything else follows its stage.
const PRIVACY =
  /^(membership|memori[sz]ation|canary|exposure|extraction|epsilon|empirical_epsilon|generated_)/;

// Words for groups in texts, and what a model makes of them, before and after training.
const LANGUAGE = /^(term_|template_|templates-|corpus-|text-flips)/;

function placeOfName(stage: string, name: string): Place {
  if (PRIVACY.test(name)) return "privacy";
  return LANGUAGE.test(name) ? "language" : placeOfStage(stage);
}

function placeOfStage(stage: string): Place {
  switch (stage) {
    case "ingest":
    case "profile":
      return "source";
    case "deidentify":
    case "anonymize":
    case "release-counts":
      return "deidentification";
    case "seal":
      return "sealing";
    case "audit-data":
      return "data";
    case "train":
      return "training";
    case "audit-model":
      return "model";
    default:
      return "other";
  }
}
