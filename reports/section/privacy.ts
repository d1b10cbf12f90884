import type { Evidence, Measured, PrivacyTerms, Spent, Tabled } from "../../pipeline/core/types.ts";
import type { Block, Cell, LineFigure, Section, Table } from "../blocks.ts";
import type { Context } from "../context.ts";
import { ofKind } from "../evidence.ts";
import {
  estimateText,
  formatCount,
  formatExact,
  formatNumber,
  shortDigest,
} from "../text/format.ts";
import { metricName } from "../words.ts";
import { measurementBlocks } from "./measurements.ts";

/** The table that an attack's curve is kept as. */
const CURVE = "membership-roc";

/** Attacks on the model and privacy budget spent; absent when the run measured neither. */
export function privacySection(context: Context): readonly Section[] {
  const { placed, words } = context;
  if (placed.privacy.length === 0) return [];
  const spent = ofKind(placed.privacy, "spent");
  const budget: Table = {
    kind: "table",
    title: words.titles.spent,
    columns: [
      { name: words.columns.artifact },
      { name: words.columns.epsilon, align: "right" },
      { name: words.columns.delta, align: "right" },
      { name: words.columns.accountant },
    ],
    rows: spent.map(({ subject, epsilon, delta, accountant }) => [
      { text: shortDigest(subject), code: true },
      { text: formatNumber(epsilon) },
      { text: formatExact(delta) },
      { text: accountant },
    ]),
  };
  return [
    {
      id: "privacy",
      title: words.titles.privacy,
      lead: words.leads.privacy,
      blocks: [
        ...(spent.length > 0 ? [budget] : []),
        ...spent.flatMap((one) =>
          one.terms === undefined ? [] : [termFacts(context, one, one.terms)],
        ),
        ...exchangeTable(context),
        ...rocFigures(context),
        // Of the curve its picture is enough; the points are in report.json.
        ...measurementBlocks(
          context,
          placed.privacy.filter((one) => one.kind !== "tabled" || one.table !== CURVE),
        ),
      ],
    },
  ];
}

/** The terms of the claim, without which its epsilon says nothing (NIST SP 800-226). */
function termFacts({ words }: Context, { epsilon, delta }: Spent, terms: PrivacyTerms): Block {
  const { facts } = words;
  const factor = Math.exp(epsilon);
  return {
    kind: "facts",
    facts: [
      {
        term: facts.meaning,
        value: words.phrases.meaning(
          terms.unit,
          factor < 1e6 ? formatNumber(factor) : factor.toExponential(1),
          formatExact(delta),
        ),
      },
      { term: facts.unit, value: terms.unit },
      { term: facts.neighbours, value: terms.neighbours },
      { term: facts.sampler, value: `${terms.sampler}, q = ${formatNumber(terms.rate)}` },
      {
        term: facts.mechanism,
        value: `${terms.mechanism}, σ = ${formatExact(terms.noise)}, T = ${formatCount(terms.steps)}`,
      },
      { term: facts.clipping, value: `${terms.clipping}, C = ${formatExact(terms.clip)}` },
      { term: facts.epsilonRdp, value: formatNumber(terms.rdp) },
      { term: facts.outside, value: terms.outside.join(words.list) },
    ],
  };
}

/** Measured numbers of the whole, and what a model that tells nothing would have. */
const UTILITY = ["accuracy", "validation_loss"];
const PRIVACY: Readonly<Record<string, string>> = {
  membership_auc: "0.5",
  membership_lira_auc: "0.5",
  empirical_epsilon: "0",
  canary_exposure_extrapolated: "1",
  extraction_rate: "0",
  generated_identifiers: "0",
};

/** What the model is good for beside what it gives away: either alone says little. */
function exchangeTable({ placed, words }: Context): readonly Table[] {
  const wholes = (items: readonly Evidence[]): readonly Measured[] =>
    ofKind(items, "measured").filter(({ group }) => group === undefined);
  const useful = wholes(placed.model).filter(({ metric }) => UTILITY.includes(metric));
  const leaks = wholes(placed.privacy).filter(({ metric }) => Object.hasOwn(PRIVACY, metric));
  if (useful.length === 0 || leaks.length === 0) return [];
  const row = ({ metric, estimate }: Measured, ideal: string): Cell[] => [
    { text: metricName(words, metric) },
    { text: estimateText(estimate, words.notEstimable) },
    { text: ideal },
  ];
  return [
    {
      kind: "table",
      title: words.titles.exchange,
      columns: [
        { name: words.columns.metric },
        { name: words.columns.value, align: "right" },
        { name: words.columns.blind, align: "right" },
      ],
      rows: [
        ...useful.map((item) => row(item, "–")),
        ...ofKind(placed.privacy, "spent").map(({ epsilon }): Cell[] => [
          { text: words.columns.epsilon },
          { text: formatNumber(epsilon) },
          { text: "0" },
        ]),
        ...leaks.map((item) => row(item, PRIVACY[item.metric] ?? "–")),
      ],
    },
  ];
}

/** How well attacks tell members from others; on the diagonal they guess. */
function rocFigures({ placed, words }: Context): readonly LineFigure[] {
  const series = ofKind(placed.privacy, "tabled").flatMap(({ table, rows }) =>
    table === CURVE ? [seriesOf(rows)] : [],
  );
  if (series.length === 0) return [];
  return [
    {
      kind: "lines",
      title: words.titles.roc,
      caption: words.phrases.membershipRoc,
      x: words.columns.fpr,
      y: words.columns.tpr,
      series: series.map((one, i) => ({ ...one, dashed: i > 0 })),
      diagonal: true,
      unitSquare: true,
    },
  ];
}

function seriesOf(rows: Tabled["rows"]): Omit<LineFigure["series"][number], "dashed"> {
  return {
    label: String(rows[0]?.[0] ?? ""),
    points: rows.map(([, fpr, tpr]) => [Number(fpr), Number(tpr)] as const),
  };
}
