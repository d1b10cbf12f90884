import type { ConfusionState } from "../../../audit/fairness/confusion.ts";
import { auditFairness, type Interval } from "../../../audit/fairness/report.ts";
import { groupText } from "../../../audit/statistics/group-key.ts";
import { wilson } from "../../../audit/statistics/intervals.ts";
import type { Digest, Evidence, Random, Tabled } from "../../core/types.ts";
import type { Mitigation } from "../mitigation/attached.ts";
import type { AuditParams } from "./audit-params.ts";

const compared = [
  "demographic_parity_difference",
  "equalized_odds_difference",
  "equal_opportunity_difference",
  "accuracy_score_difference",
] as const;

/**
 * Before and after: the gaps between groups and the accuracy of the model without mitigation and with
 * it, on the same rows (table `mitigation`), and the rates of each group (`mitigation-groups`).
 */
export function mitigationEvidence(
  found: {
    readonly before: ConfusionState;
    readonly after: ConfusionState;
    readonly mitigation: Mitigation;
  },
  params: AuditParams,
  about: { readonly subject: Digest; readonly split: string; readonly random: Random },
): readonly Evidence[] {
  const { mitigation } = found;
  const { subject, split, random } = about;
  const audits = [found.before, found.after].map((state) =>
    auditFairness(state, {
      by: params.by,
      // The same draws for both, so that their difference is not one of luck.
      random: random.fork("resamples"),
      confidence: params.confidence,
      resamples: Math.min(1000, params.resamples),
      minGroup: params.minimum_group,
      missing: params.missing_group ? "group" : "exclude",
    }),
  );
  const [before, after] = audits as [(typeof audits)[0], (typeof audits)[0]];
  const cells = (numbers: readonly Interval[]) =>
    numbers.flatMap(({ value, interval }) => [value, ...(interval ?? [null, null])]);
  const accuracies = [found.before, found.after].map((state) =>
    accuracyOf(state, params.confidence),
  );
  const rows: Tabled["rows"] = [
    ["accuracy", "", ...cells(accuracies)],
    ...mitigatedFirst(params.by, mitigation.by).flatMap((by) =>
      compared.map((name) => {
        const of = (audit: typeof before) =>
          audit.metrics.find((m) => m.name === name && m.by.join("\0") === by.join("\0"))!;
        return [name, by.join(" × "), ...cells([of(before), of(after)])];
      }),
    ),
  ];
  const notes = Object.entries(mitigation.notes).map(
    ([name, value]) => `${name.replaceAll("_", " ")}: ${value}`,
  );
  return [
    {
      kind: "tabled",
      subject,
      table: "mitigation",
      by: mitigation.by,
      split,
      columns: ["metric", "by", ...sides("before"), ...sides("after")],
      rows,
      notes: [
        `${mitigation.method} by ${mitigation.by.join(" × ")}`,
        ...priceOf(accuracies.map(({ value }) => value)),
        ...notes,
        ...(isRandomised(mitigation)
          ? [
              "decisions are randomised: a person's own number is drawn from their features and the seed, and the rule is sealed with the model",
            ]
          : []),
      ],
    },
    {
      kind: "tabled",
      subject,
      table: "mitigation-groups",
      by: mitigation.by,
      split,
      columns: ["group", "n", "rate", ...sides("before"), ...sides("after")],
      rows: before.groups.flatMap(({ group, n, rates }) => {
        if (Object.keys(group).join("\0") !== mitigation.by.join("\0")) return [];
        const text = groupText(group);
        const now = after.groups.find((other) => groupText(other.group) === text);
        if (now === undefined) return [];
        return (["selection_rate", "tpr", "fpr", "accuracy"] as const).map((rate) => [
          text,
          n,
          rate,
          ...cells([rates[rate], now.rates[rate]]),
        ]);
      }),
    },
  ];
}

/** What the method costs, in points of accuracy. */
function priceOf([before = null, after = null]: readonly (number | null)[]): readonly string[] {
  if (before === null || after === null) return [];
  const points = (100 * (before - after)).toFixed(2);
  return [`price: ${points} points of accuracy on the held-out rows`];
}

function mitigatedFirst(
  sets: readonly (readonly string[])[],
  mitigated: readonly string[],
): readonly (readonly string[])[] {
  const isIt = (set: readonly string[]): boolean => set.join("\0") === mitigated.join("\0");
  return [...sets.filter(isIt), ...sets.filter((set) => !isIt(set))];
}

function isRandomised({ decision, members }: Mitigation): boolean {
  if (members !== undefined) return members.length > 1;
  if (decision?.kind === "withheld")
    return decision.rules.some(({ share }) => share > 0 && share < 1);
  return (
    decision?.kind === "thresholds" &&
    Object.values(decision.rules).some(({ mix, ignored }) => mix.length > 1 || ignored > 0)
  );
}

function sides(name: string): readonly string[] {
  return [name, `${name}_low`, `${name}_high`];
}

function accuracyOf(state: ConfusionState, confidence: number): Interval {
  let [right, n] = [0, 0];
  for (const { rows } of Object.values(state.cells)) {
    right += rows[0]! + rows[3]!;
    for (const count of rows) n += count;
  }
  if (n === 0) return { value: null, interval: null, why: "no row" };
  return { value: right / n, interval: wilson(right, n, confidence) };
}
