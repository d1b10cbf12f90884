import type { Finding } from "../../pipeline/core/types.ts";
import type { Fact, Section } from "../blocks.ts";
import { limitText, type Context } from "../context.ts";
import { limitOf } from "../policy.ts";
import { estimateText } from "../text/format.ts";

const SEVERITY = { block: 0, warn: 1, pass: 2 } as const;

/** Each rule that was held against evidence, what blocks first. */
export function findingsSection(context: Context): Section {
  const { record, words } = context;
  const sorted = [...record.findings].sort((a, b) => SEVERITY[a.verdict] - SEVERITY[b.verdict]);
  return {
    id: "findings",
    title: words.titles.findings,
    blocks:
      sorted.length === 0
        ? [{ kind: "text", text: words.noRules }]
        : [
            {
              kind: "findings",
              findings: sorted.map((finding) => ({
                verdict: finding.verdict,
                label: words.verdicts[finding.verdict],
                message: finding.message,
                facts: factsOf(context, finding),
              })),
            },
          ],
  };
}

function factsOf({ record, evidence, words }: Context, finding: Finding): readonly Fact[] {
  const limit = limitOf(record.document, finding.rule);
  const measured = finding.evidence.flatMap((digest) => {
    const item = evidence.get(digest);
    return item?.kind === "measured" ? [estimateText(item.estimate, words.notEstimable)] : [];
  });
  return [
    { term: words.facts.rule, value: finding.rule, code: true },
    ...(measured.length === 1 && measured[0] !== undefined
      ? [{ term: words.facts.measured, value: measured[0] }]
      : []),
    ...(limit === undefined ? [] : [{ term: words.facts.limit, value: limitText(limit) }]),
  ];
}
