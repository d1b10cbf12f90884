import { impactEvidence, predictionEvidence } from "../../../audit/fairness/prediction-evidence.ts";
import { documentOf } from "../../../reports/document.ts";
import { renderDocument } from "../../../reports/html.ts";
import type { Json } from "../../core/canonical-json.ts";
import { digestOf } from "../../core/digest.ts";
import type { RunRecord, Verdict } from "../../core/types.ts";
import { programVersion } from "../version.ts";
import type { BinaryResult } from "./binary.ts";
import type { FairnessRequest } from "./request.ts";

/**
 * An audit of decisions as one page: the sections that a run's report has for a model. There is no
 * policy and no rule, so the headline says what the tests say and nothing of passing.
 */
export function fairnessPage(result: BinaryResult, request: FairnessRequest, name: string): string {
  const subject = digestOf(JSON.parse(JSON.stringify(result)) as Json);
  const now = new Date().toISOString();
  const frameworks = ["nist-ai-rmf", ...(request.localLaw ? ["nyc-ll144"] : [])];
  const record: RunRecord = {
    id: subject.slice(0, 16),
    name,
    policy: subject,
    document: { report: { frameworks } },
    code: programVersion(),
    seed: request.seed,
    started: now,
    ended: now,
    environment: {},
    stages: [
      {
        stage: "audit-model",
        version: 1,
        inputs: [subject],
        outputs: [],
        started: now,
        ended: now,
        evidence: [
          ...predictionEvidence(result, subject).filter(
            (item) => item.kind !== "measured" || item.group !== undefined || isMain(item.metric),
          ),
          ...impactEvidence(result.local_law_144 ?? [], subject),
        ],
      },
    ],
    findings: [],
    verdict: "pass",
  };
  const document = documentOf(record);
  const found = headlineOf(result);
  return renderDocument({
    ...document,
    kind: "Fairness audit",
    verdict: found.verdict,
    headline: found.headline,
    summary: found.summary,
    facts: [
      { term: "Rows", value: result.rows.toLocaleString("en") },
      ...Object.entries(result.excluded).map(([column, rows]) => ({
        term: `Without ${column}`,
        value: rows.toLocaleString("en"),
      })),
      { term: "Seed", value: request.seed, code: true },
      { term: "Audited", value: now.slice(0, 10) },
    ],
    sections: document.sections
      .filter(({ id }) => id === "model" || id === "frameworks")
      .map((section) =>
        section.id === "model" ? { ...section, title: "Audit", lead: LEAD } : section,
      ),
  });
}

const LEAD =
  "Square brackets hold intervals. “Not estimable” is a result: the group is too small to tell.";

/** Comparisons that are drawn and printed; the rest is in --json. */
function isMain(metric: string): boolean {
  return /^(demographic_parity|equalized_odds|equal_opportunity|impact_ratio|scoring_impact|(auc|ece|brier|accuracy)_difference$)/.test(
    metric,
  );
}

function headlineOf({ tests }: BinaryResult): {
  readonly verdict: Verdict;
  readonly headline: string;
  readonly summary: string;
} {
  const count = (conclusion: string): number =>
    tests.filter((test) => test.conclusion === conclusion).length;
  const [different, few] = [count("different"), count("too few to tell")];
  const summary = `Of ${tests.length} comparisons with a reference group ${different} differ after correction, and in ${few} there are too few rows to tell.`;
  if (different > 0) return { verdict: "warn", headline: "Groups differ", summary };
  if (few > 0) return { verdict: "warn", headline: "Too few rows to tell", summary };
  return { verdict: "pass", headline: "No difference found", summary };
}
