import type { Interval } from "../../../audit/fairness/report.ts";
import { table } from "../table.ts";
import type { BinaryResult } from "./binary.ts";
import type { OtherResult } from "./other-tasks.ts";

/** The rates that a terminal has room for; the others are in --json. */
const shownRates = ["selection_rate", "tpr", "fpr", "accuracy"] as const;

/** An audit of decisions for a terminal. */
export function describeBinary(result: BinaryResult): string {
  const groups = result.groups.map(({ group, n, rates }) => [
    namesOf(group),
    n.toLocaleString("en"),
    ...shownRates.map((rate) => shown(rates[rate])),
  ]);
  const metrics = result.metrics.map((m) => [m.name, m.by.join(" × "), shown(m), m.why ?? ""]);
  const found = new Map(
    result.power.map((power) => [keyOf(power.rate, power.group), power.minimum_detectable_gap]),
  );
  const tests = result.tests.map((test) => {
    const gap = found.get(keyOf(test.rate, test.group));
    return [
      test.rate,
      namesOf(test.group),
      namesOf(test.reference),
      shown({ value: test.difference, interval: test.interval }),
      test.p_holm.toPrecision(2),
      gap === null || gap === undefined ? "none" : gap.toFixed(3),
      test.conclusion,
    ];
  });
  const scores = result.scores?.groups.map(({ group, n, scores: s }) => [
    namesOf(group),
    n.toLocaleString("en"),
    ...(["auc", "bpsn_auc", "bnsp_auc", "brier", "ece"] as const).map((name) => shown(s[name])),
  ]);
  const laws = result.local_law_144?.map((law) =>
    [
      `Local Law 144, ${law.rate} rates by ${law.by.join(" × ")}; ${law.unknown} of unknown category, ${law.below_four_fifths} below four fifths`,
      table(
        [
          "category",
          "applicants",
          law.rate === "scoring" ? "above median" : "selected",
          "rate",
          "impact ratio",
        ],
        law.rows.map((row) => [
          namesOf(row.category),
          row.applicants.toLocaleString("en"),
          row.selected.toLocaleString("en"),
          row.rate.toFixed(3),
          row.impact_ratio === null ? "left out" : row.impact_ratio.toFixed(3),
        ]),
      ),
      ...(law.justification === undefined ? [] : [law.justification]),
    ].join("\n"),
  );
  return [
    rowsLine(result),
    table(["group", "rows", "selection rate", "TPR", "FPR", "accuracy"], groups),
    table(["metric", "by", "value", "why"], metrics),
    table(
      ["rate", "group", "reference", "difference", "p (Holm)", "smallest gap found", ""],
      tests,
    ),
    ...(scores ? [table(["group", "rows", "AUC", "BPSN", "BNSP", "Brier", "ECE"], scores)] : []),
    ...(result.scores_why === undefined ? [] : [`no audit of scores: ${result.scores_why}`]),
    ...(laws ?? []),
  ].join("\n\n");
}

/** An audit of classes, numbers or rankings for a terminal. */
export function describeOther(result: OtherResult): string {
  const classes = result.groups.some((group) => group.class !== undefined);
  const names = classes
    ? shownRates
    : [...new Set(result.groups.flatMap(({ rates }) => Object.keys(rates)))];
  const groups = result.groups.map((found) => [
    ...(classes ? [found.class ?? ""] : []),
    namesOf(found.group),
    found.n.toLocaleString("en"),
    ...names.map((name) => {
      const rate = found.rates[name];
      return rate === undefined ? "" : shown(rate);
    }),
  ]);
  const metrics = result.metrics.map((m) => [
    ...(classes ? [m.class ?? ""] : []),
    m.name,
    m.by.join(" × "),
    shown(m),
    m.why ?? "",
  ]);
  const first = classes ? ["class"] : [];
  return [
    rowsLine(result),
    table([...first, "group", "rows", ...names.map((name) => name.replaceAll("_", " "))], groups),
    table([...first, "metric", "by", "value", "why"], metrics),
  ].join("\n\n");
}

function rowsLine(result: { rows: number; excluded: Readonly<Record<string, number>> }): string {
  const left = Object.entries(result.excluded).filter(([, n]) => n > 0);
  return `${result.rows.toLocaleString("en")} rows${left.map(([name, n]) => `, ${n} without ${name}`).join("")}`;
}

function namesOf(group: Readonly<Record<string, string>>): string {
  return Object.values(group).join(" × ");
}

function keyOf(rate: string, group: Readonly<Record<string, string>>): string {
  return JSON.stringify([rate, group]);
}

function shown({ value, interval }: Interval): string {
  if (value === null) return "not estimable";
  return (
    value.toFixed(3) +
    (interval === null ? "" : ` [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]`)
  );
}
