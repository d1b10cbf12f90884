import { sampledBatch, samplePartial } from "../../../audit/bias/row-sample.ts";
import { scanEvidence } from "../../../audit/bias/scan-evidence.ts";
import { confusionPartial, type ConfusionState } from "../../../audit/fairness/confusion.ts";
import { scoringTables, selectionTables } from "../../../audit/fairness/local-law-144.ts";
import { auditPredictions } from "../../../audit/fairness/prediction-audit.ts";
import { impactEvidence, predictionEvidence } from "../../../audit/fairness/prediction-evidence.ts";
import { predictionReader } from "../../../audit/fairness/predictions.ts";
import { scorePartial } from "../../../audit/fairness/scores.ts";
import { columnOf } from "../../../audit/statistics/columns.ts";
import { cellName } from "../../../audit/statistics/group-key.ts";
import { wilson } from "../../../audit/statistics/intervals.ts";
import { metrics } from "../../../policies/metrics.ts";
import { PipelineError } from "../../core/error.ts";
import type {
  Batch,
  Cell,
  Dataset,
  Digest,
  Estimate,
  Evidence,
  StageContext,
} from "../../core/types.ts";
import type { Decided, Decider } from "../mitigation/decide.ts";
import type { AuditParams } from "./audit-params.ts";
import { similarPeople } from "./similar-people.ts";
import { flipAudit } from "./flip-audit.ts";
import { mitigationEvidence } from "./mitigation-evidence.ts";
import type { TrainParams } from "./model.ts";
import { rowsOfSplit } from "./split.ts";

export interface ClassifierAudit {
  readonly dataset: Dataset;
  readonly train: TrainParams;
  readonly subject: Digest;
  readonly decider: Decider;
}

/** Columns that are put beside the row's own; no CSV header has these names. */
const PREDICTED = "\0predicted";
const SCORE = "\0score";
const OBSERVED = "\0observed";
const DECIDED = "\0decided";

const SPLIT = "held-out";

/**
 * Audits decisions and scores on the rows that were held out, in one pass: rates and tests by group,
 * calibration and discrimination, flips, the subgroups the model is most wrong about, and, where the
 * model was mitigated, what that changed. Predictions are counted and not kept.
 */
export async function auditClassifier(
  input: ClassifierAudit,
  params: AuditParams,
  context: StageContext,
): Promise<Evidence[]> {
  const { label } = params;
  if (label === undefined)
    throw new PipelineError(
      "policy",
      "a classifier is audited against a label with a favourable value",
    );
  const attributes = [...new Set(params.by.flat())];
  const counted = attributes.length === 0 ? [label.column] : attributes;
  const { weight } = params;
  const read = predictionReader({
    label: label.column,
    prediction: PREDICTED,
    favourable: label.favourable,
    by: counted,
    ...(weight === undefined ? {} : { weight }),
  });
  const partial = confusionPartial(counted);
  const [after, before] = [partial.empty(), partial.empty()];
  const scorer = scorePartial(attributes);
  const scores = scorer.empty();
  const random = context.random.fork("audit-model");
  const scanned = params.checks.scan.filter((name) => Object.hasOwn(input.dataset.roles, name));
  const columns = [...new Set([...attributes, ...scanned])];
  const features = input.train.features.filter((name) => !attributes.includes(name));
  const sampler = samplePartial(
    [...new Set([...columns, ...features]), SCORE, OBSERVED, DECIDED],
    params.checks.sample,
    random.fork("sample"),
  );
  const sample = sampler.empty();
  const flips = flipAudit(input.decider, input.train.features, params);
  let lossSum = 0;
  let done = 0;
  for await (const batch of rowsOfSplit(input.dataset, SPLIT, input.train, context.random)) {
    context.signal.throwIfAborted();
    const decided = await input.decider.decide(batch);
    for (const loss of await input.decider.losses(batch)) lossSum += loss;
    partial.observe(after, read(withDecisions(batch, decided, label)));
    if (input.decider.before !== undefined)
      partial.observe(before, read(withDecisions(batch, await input.decider.before(batch), label)));
    const truth = columnOf(batch, label.column).map((cell) =>
      Number(String(cell) === label.favourable),
    );
    if (attributes.length > 0) {
      scorer.observe(scores, {
        rows: batch.rows,
        groups: Object.fromEntries(
          attributes.map((name) => [name, columnOf(batch, name).map(cellName)]),
        ),
        label: truth,
        score: decided.scores,
        ...(weight === undefined
          ? {}
          : { weight: columnOf(batch, weight).map((cell) => Number(cell ?? 0)) }),
      });
      const cells = {
        ...batch.columns,
        [SCORE]: [...decided.scores],
        [OBSERVED]: truth,
        [DECIDED]: [...decided.decisions],
      };
      sampler.observe(sample, { rows: batch.rows, columns: cells });
    }
    await flips.observe(batch);
    done += batch.rows;
    context.progress({ stage: "audit-model", done, unit: "rows" });
  }
  const { subject } = input;
  const measured = (metric: string, estimate: Estimate): Evidence => {
    return { kind: "measured", subject, metric, split: SPLIT, estimate };
  };
  const { confidence, resamples, checks } = params;
  const audit = auditPredictions(after, attributes.length === 0 ? undefined : scores, {
    by: params.by,
    random,
    confidence,
    resamples,
    reference: referenceIn(checks.reference, after),
    tau: checks.tau,
    minGroup: params.minimum_group,
    missing: params.missing_group ? "group" : "exclude",
  });
  const options = { subject, random: random.fork("scan"), confidence, split: SPLIT };
  const rows = sampledBatch(sample);
  return [
    measured("accuracy", overallAccuracy(after, confidence)),
    measured("validation_loss", meanOf(lossSum, done)),
    ...predictionEvidence(audit, subject, SPLIT).filter((item) => isReported(item, params.ruled)),
    ...(input.decider.mitigation === undefined || input.decider.before === undefined
      ? []
      : mitigationEvidence({ before, after, mitigation: input.decider.mitigation }, params, {
          subject,
          split: SPLIT,
          random: random.fork("mitigation"),
        })),
    ...flips.evidence(subject, SPLIT),
    ...(rows.rows > 0 && features.length > 0
      ? [measured("consistency", similarPeople(rows, features, DECIDED, confidence))]
      : []),
    ...(checks.subgroups && rows.rows > 0
      ? scanEvidence(
          rows,
          {
            prefix: "model_",
            columns,
            observed: columnOf(rows, OBSERVED).map(Number),
            expected: columnOf(rows, SCORE).map(Number),
            outcome: "observed are favourable labels, expected the sum of the scores",
            simulations: checks.simulations,
          },
          options,
        )
      : []),
    ...impactEvidence(lawTables(after, scores, params, attributes), subject, SPLIT).filter(
      ({ kind }) => params.local_law || kind === "measured",
    ),
  ];
}

/** Everything about single groups; of the comparisons the usual ones and those that rules name. */
function isReported(evidence: Evidence, ruled: readonly string[]): boolean {
  if (evidence.kind !== "measured" || evidence.group !== undefined) return true;
  const facts = Object.hasOwn(metrics, evidence.metric) ? metrics[evidence.metric] : undefined;
  return facts !== undefined && (facts.quiet !== true || ruled.includes(evidence.metric));
}

function lawTables(
  state: ConfusionState,
  scores: Parameters<typeof scoringTables>[0],
  params: AuditParams,
  attributes: readonly string[],
): ReturnType<typeof selectionTables> {
  if (attributes.length === 0) return [];
  const { least_share, least_share_reason: justification } = params.checks;
  const options = {
    by: params.by,
    least_share,
    ...(justification === undefined ? {} : { justification }),
  };
  return [
    ...selectionTables(state, options),
    ...(scores.weighted ? [] : scoringTables(scores, options)),
  ];
}

/** A reference by name is dropped for attributes that do not have it among these rows. */
function referenceIn(
  reference: AuditParams["checks"]["reference"],
  state: ConfusionState,
): AuditParams["checks"]["reference"] {
  if (typeof reference === "string") return reference;
  const seen = state.by.map(
    (_, a) =>
      new Set(Object.keys(state.cells).map((key) => (JSON.parse(key) as (string | null)[])[a])),
  );
  return Object.fromEntries(
    Object.entries(reference).filter(([name, value]) => seen[state.by.indexOf(name)]?.has(value)),
  );
}

function withDecisions(
  batch: Batch,
  { decisions }: Decided,
  label: { readonly column: string; readonly favourable: string },
): Batch {
  // Any value but the favourable one means the other decision; the label's own cells say which.
  const other = otherValue(batch.columns[label.column] ?? [], label.favourable);
  const predicted = Array.from(decisions, (decision): Cell =>
    decision === 1 ? label.favourable : other,
  );
  return { rows: batch.rows, columns: { ...batch.columns, [PREDICTED]: predicted } };
}

function otherValue(cells: readonly Cell[], favourable: string): string {
  const found = cells.find((cell) => cell !== null && String(cell) !== favourable);
  return found === undefined ? `not ${favourable}` : String(found);
}

/** Share of right decisions over all rows, with its Wilson interval: rows count once. */
function overallAccuracy(state: ConfusionState, confidence: number): Estimate {
  let right = 0;
  let n = 0;
  for (const cell of Object.values(state.cells)) {
    right += (cell.rows[0] ?? 0) + (cell.rows[3] ?? 0);
    for (const rows of cell.rows) n += rows;
  }
  if (n === 0) return { value: null, n, why: "no row is held out" };
  return { value: right / n, n, interval: wilson(right, n, confidence) };
}

function meanOf(sum: number, n: number): Estimate {
  return n === 0 ? { value: null, n, why: "no row is held out" } : { value: sum / n, n };
}
