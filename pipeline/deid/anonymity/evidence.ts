import { sizeBucket } from "../../core/size-bucket.ts";
import type { Counted, Digest, Estimate, Measured } from "../../core/types.ts";
import type { Anonymisation, TableState } from "./anonymise.ts";

/** Where the numbers belong: the table as it came, and the one that is released. */
export interface Subjects {
  readonly before: Digest;
  readonly after: Digest;
}

/**
 * Evidence of an anonymised table. What is released goes by plain names (`prosecutor_risk`, …),
 * except where the audit of the sealed rows measures the same again (`k_after`); the table as it came
 * by the same names with `_before`. Levels, losses and the ranking have a group each for a column.
 */
export function anonymityEvidence(
  found: Anonymisation,
  quasi: readonly string[],
  subjects: Subjects,
): readonly (Measured | Counted)[] {
  const { after, before, suppressed, loss, result } = found;
  const subject = subjects.after;
  const { rows } = before;
  const whole = (metric: string, value: number, n = rows): Measured =>
    measured(subject, metric, { value, n });
  const column = (metric: string, name: string, value: number | null, of = subject): Measured => ({
    kind: "measured",
    subject: of,
    metric,
    by: ["column"],
    group: { column: name },
    estimate: known(value, rows, "no row is released"),
  });
  return [
    ...beforeEvidence(before, quasi, subjects.before),
    ...stateEvidence(after, subject, { k: "k_after", unique: "sample_uniqueness_after", end: "" }),
    measured(
      subject,
      "information_loss",
      known(informationLoss(found), rows, "no row is released"),
    ),
    ...(found.inPopulation === undefined
      ? []
      : (["k_map", "presence_lowest", "presence_highest"] as const).map((metric, i) => {
          const { k, lowest, highest } = found.inPopulation!;
          const value = [k, lowest, highest][i] ?? null;
          return measured(subject, metric, known(value, rows, "no row is released"));
        })),
    whole("search_loss", loss[0] ?? 0),
    whole("suppressed_share", rows === 0 ? 0 : suppressed / rows),
    whole("search_nodes", result.nodes.total, result.nodes.checked),
    whole("search_optimal", result.optimal ? 1 : 0, result.nodes.checked),
    ...(result.bound?.[0] === undefined ? [] : [whole("search_loss_bound", result.bound[0])]),
    ...quasi.flatMap((name) => [
      column("generalisation_level", name, found.levels[name] ?? 0),
      column("column_loss", name, found.columnLoss[name] ?? null),
    ]),
    ...found.ranking
      .slice(0, RANKED)
      .flatMap(({ columns, distinction, separation }) => [
        column("separation", columns.join(" × "), separation, subjects.before),
        column("distinction", columns.join(" × "), distinction, subjects.before),
      ]),
    sizes(after, quasi, subject, "after"),
  ];
}

/** Evidence of a table as it came, also where nothing could be released. */
export function beforeEvidence(
  state: TableState,
  quasi: readonly string[],
  subject: Digest,
): readonly (Measured | Counted)[] {
  return [
    ...stateEvidence(state, subject, {
      k: "k_before",
      unique: "sample_uniqueness_before",
      end: "_before",
    }),
    sizes(state, quasi, subject, "before"),
  ];
}

/** Combinations of columns that are shown in the ranking. */
const RANKED = 20;

function stateEvidence(
  state: TableState,
  subject: Digest,
  { k, unique, end }: { readonly k: string; readonly unique: string; readonly end: string },
): Measured[] {
  const { rows: n, risk: found } = state;
  const { risk, sampleUniqueness, populationUniqueness } = found;
  const one = (metric: string, value: number | null): Measured =>
    measured(subject, metric, known(value, n, "no row is released"));
  const { value, why } = populationUniqueness;
  return [
    one(k, state.k),
    ...(state.l === null ? [] : [one(`l_diversity${end}`, state.l)]),
    ...(state.t === null ? [] : [one(`t_closeness${end}`, state.t)]),
    one(`prosecutor_risk${end}`, risk.prosecutor.highest),
    one(`average_prosecutor_risk${end}`, risk.prosecutor.average),
    one(`records_at_risk${end}`, risk.prosecutor.at_risk),
    one(`journalist_risk${end}`, risk.journalist.highest),
    one(`marketer_risk${end}`, risk.marketer.average),
    measured(subject, unique, sampleUniqueness),
    measured(subject, `population_uniqueness${end}`, known(value, n, why ?? "not estimable")),
    one(`classes${end}`, state.classes),
  ];
}

/** The mean loss of the columns over all rows, in [0, 1]; a suppressed row has lost everything. */
function informationLoss({ columnLoss, before, suppressed }: Anonymisation): number | null {
  const losses = Object.values(columnLoss).filter((loss) => loss !== null);
  if (losses.length === 0) return null;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const gone = suppressed / before.rows;
  return mean * (1 - gone) + gone;
}

function sizes(
  state: TableState,
  quasi: readonly string[],
  subject: Digest,
  when: string,
): Counted {
  const counts: Record<string, number> = {};
  for (const [size, classes] of [...state.sizes].sort(([a], [b]) => a - b)) {
    const bucket = sizeBucket(size);
    counts[bucket] = (counts[bucket] ?? 0) + classes;
  }
  return { kind: "counted", subject, table: "class-sizes", by: quasi, group: { when }, counts };
}

function measured(subject: Digest, metric: string, estimate: Estimate): Measured {
  return { kind: "measured", subject, metric, estimate };
}

function known(value: number | null, n: number, why: string): Estimate {
  return value === null ? { value, n, why } : { value, n };
}
