import { classesOf, classPartial, oneVersusRest } from "../../../audit/fairness/multi-class.ts";
import {
  classReader,
  rankingReader,
  regressionReader,
  type OutputColumns,
  type RankingRow,
} from "../../../audit/fairness/output-readers.ts";
import { auditRanking } from "../../../audit/fairness/ranking-audit.ts";
import { auditRegression, regressionPartial } from "../../../audit/fairness/regression.ts";
import type { Interval } from "../../../audit/fairness/report.ts";
import { auditPredictions } from "../../../audit/fairness/prediction-audit.ts";
import { PipelineError } from "../../core/error.ts";
import { seededRandom } from "../../core/random.ts";
import type { Batch, Estimate, Group } from "../../core/types.ts";
import type { FairnessRequest } from "./request.ts";

interface NamedMetric extends Interval {
  readonly name: string;
  readonly by: readonly string[];
  readonly class?: string;
}
/** An audit of classes, numbers or rankings as `--json` prints it. */
export interface OtherResult {
  readonly rows: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly groups: readonly {
    readonly group: Group;
    readonly class?: string;
    readonly n: number;
    readonly rates: Readonly<Record<string, Interval>>;
  }[];
  readonly metrics: readonly NamedMetric[];
}

type Audit = (
  batches: AsyncIterable<Batch>,
  request: FairnessRequest,
  progress: (rows: number) => void,
) => Promise<OtherResult>;

/** Each class against all others, with everything that two outcomes have. */
export const auditClasses: Audit = async (batches, request, progress) => {
  const read = classReader(columnsOf(request));
  const partial = classPartial(request.attributes);
  const state = partial.empty();
  const excluded: Record<string, number> = {};
  for await (const batch of batches) {
    const input = read(batch);
    addAll(excluded, input.excluded);
    partial.observe(state, input);
    progress(state.rows);
  }
  const random = seededRandom(request.seed);
  const classes = request.favourable === undefined ? classesOf(state) : [request.favourable];
  const audits = classes.map((name) => {
    const cells = oneVersusRest(state, [name]);
    const audit = auditPredictions(cells, undefined, {
      by: request.by,
      random: random.fork(name),
      reference: request.reference,
      tau: request.tau,
      confidence: request.confidence,
      resamples: request.resamples,
      minGroup: request.minGroup,
      missing: request.missing,
    });
    return { name, missing: cells.excluded, audit };
  });
  return {
    rows: state.rows + sumOf(excluded),
    excluded: { ...excluded, ...audits[0]?.missing },
    groups: audits.flatMap(({ name, audit }) =>
      audit.groups.map((group) => ({ class: name, ...group })),
    ),
    metrics: audits.flatMap(({ name, audit }) =>
      audit.metrics.map((metric) => ({ class: name, ...metric })),
    ),
    ...testsOf(audits),
  };
};

/** Errors of numbers by group, and the gaps between groups. */
export const auditNumbers: Audit = async (batches, request, progress) => {
  const read = regressionReader(columnsOf(request));
  const partial = regressionPartial(request.attributes);
  const state = partial.empty();
  const excluded: Record<string, number> = {};
  for await (const batch of batches) {
    const input = read(batch);
    addAll(excluded, input.excluded);
    for (const [name, groups] of Object.entries(input.groups))
      addAll(excluded, { [name]: groups.filter((group) => group === null).length });
    partial.observe(state, input);
    progress(state.rows);
  }
  const random = seededRandom(request.seed);
  const { confidence, resamples } = request;
  const audits = request.by.map((by) =>
    auditRegression(state, { by, random: random.fork(by.join("\0")), confidence, resamples }),
  );
  const left = request.attributes.reduce((sum, name) => sum + (excluded[name] ?? 0), 0);
  return {
    rows: state.rows + sumOf(excluded) - left,
    excluded,
    groups: audits.flatMap(({ groups }) =>
      groups.map((found) => ({
        group: found.group,
        n: found.n,
        rates: {
          mean_error: intervalOf(found.meanError),
          mean_absolute_error: intervalOf(found.meanAbsoluteError),
          mean_squared_error: intervalOf(found.meanSquaredError),
          mean_prediction: intervalOf(found.meanPrediction),
          r2_score: intervalOf(found.rSquared),
        },
      })),
    ),
    metrics: audits.flatMap(({ metrics }) => metrics),
  };
};

/** Exposure of groups in rankings: `--list` names the column of the list, `--score` orders it. */
export const auditOrder: Audit = async (batches, request, progress) => {
  const { list } = request;
  const read = rankingReader({ ...columnsOf(request), ...(list === undefined ? {} : { list }) });
  // A ranking is known only when all its rows are.
  const rows: RankingRow[] = [];
  const excluded: Record<string, number> = {};
  for await (const batch of batches) {
    const input = read(batch);
    addAll(excluded, input.excluded);
    for (const row of input.rows) rows.push(row);
    progress(rows.length);
  }
  const without = sumOf(excluded);
  request.attributes.forEach((name, a) => {
    addAll(excluded, { [name]: rows.filter(({ groups }) => groups[a] === null).length });
  });
  const random = seededRandom(request.seed);
  const { attributes, confidence, resamples } = request;
  const audits = request.by.map((by) => {
    const draws = { random: random.fork(by.join("\0")), confidence, resamples };
    return auditRanking(rows, { attributes, by, ...draws });
  });
  return {
    rows: rows.length + without,
    excluded,
    groups: audits.flatMap(({ groups }) =>
      groups.map(({ group, n, lists, ranking }) => ({ group, n, lists, rates: ranking })),
    ),
    metrics: audits.flatMap(({ metrics }) => metrics),
  };
};

function columnsOf(request: FairnessRequest): OutputColumns {
  const { label, weight, attributes, task } = request;
  const prediction =
    task === "ranking"
      ? (request.score ?? request.prediction)
      : (request.prediction ?? request.score);
  if (prediction === undefined) throw new PipelineError("usage", "--prediction COLUMN is missing");
  return { label, prediction, by: attributes, ...(weight === undefined ? {} : { weight }) };
}

function testsOf(
  audits: readonly { readonly name: string; readonly audit: ReturnType<typeof auditPredictions> }[],
): Readonly<Record<"references" | "tests" | "gaps" | "power", readonly unknown[]>> {
  const all = (of: "references" | "tests" | "gaps" | "power") =>
    audits.flatMap(({ name, audit }) => audit[of].map((found) => ({ class: name, ...found })));
  return {
    references: all("references"),
    tests: all("tests"),
    gaps: all("gaps"),
    power: all("power"),
  };
}

function intervalOf({ value, interval, why }: Estimate): Interval {
  return { value, interval: interval ?? null, ...(why === undefined ? {} : { why }) };
}

function addAll(mine: Record<string, number>, other: Readonly<Record<string, number>>): void {
  for (const [name, rows] of Object.entries(other)) {
    if (rows > 0) mine[name] = (mine[name] ?? 0) + rows;
  }
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
