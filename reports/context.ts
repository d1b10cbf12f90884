import { digestOf } from "../pipeline/core/digest.ts";
import type { Digest, Evidence, Finding, Measured, RunRecord } from "../pipeline/core/types.ts";
import { evidenceByDigest, placeEvidence, type Placed } from "./evidence.ts";
import { wordsFor } from "./languages.ts";
import { limitOf, textAt, type Limit } from "./policy.ts";
import { formatExact } from "./text/format.ts";
import type { Words } from "./words.ts";

/** What every section is written from. */
export interface Context {
  readonly record: RunRecord;
  readonly digest: Digest; // of the record
  readonly placed: Placed;
  readonly evidence: ReadonlyMap<Digest, Evidence>;
  /** Findings by the digest of each piece of evidence they rest on. */
  readonly findings: ReadonlyMap<Digest, readonly Finding[]>;
  readonly words: Words;
}

export function contextOf(record: RunRecord): Context {
  const findings = new Map<Digest, Finding[]>();
  for (const finding of record.findings) {
    for (const digest of finding.evidence) {
      findings.set(digest, [...(findings.get(digest) ?? []), finding]);
    }
  }
  return {
    record,
    digest: digestOf(record),
    placed: placeEvidence(record),
    evidence: evidenceByDigest(record),
    findings,
    words: wordsFor(textAt(record.document, "report.language")),
  };
}

/** The rules that a measurement was held against, with their limits. */
export function rulesOn(
  { record, findings }: Context,
  item: Measured,
): readonly { readonly finding: Finding; readonly limit: Limit | undefined }[] {
  return (findings.get(digestOf(item)) ?? []).map((finding) => ({
    finding,
    limit: limitOf(record.document, finding.rule),
  }));
}

/** "≤ 0.1", "≥ 0.8", "0.8 to 1.25". */
export function limitText({ min, max }: Limit): string {
  if (min === undefined) return max === undefined ? "" : `≤ ${formatExact(max)}`;
  return max === undefined ? `≥ ${formatExact(min)}` : `${formatExact(min)} – ${formatExact(max)}`;
}
