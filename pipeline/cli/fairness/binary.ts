import {
  conditionalDisparities,
  type ConditionalDisparity,
} from "../../../audit/fairness/conditional.ts";
import { confusionPartial, type ConfusionState } from "../../../audit/fairness/confusion.ts";
import {
  belowFourFifths,
  scoringTables,
  selectionTables,
  type ImpactTable,
} from "../../../audit/fairness/local-law-144.ts";
import {
  auditPredictions,
  type PredictionAudit,
} from "../../../audit/fairness/prediction-audit.ts";
import {
  predictionReader,
  scoreReader,
  type PredictionColumns,
} from "../../../audit/fairness/predictions.ts";
import { scorePartial } from "../../../audit/fairness/scores.ts";
import { marginOf } from "../../../audit/statistics/group-key.ts";
import { PipelineError } from "../../core/error.ts";
import { seededRandom } from "../../core/random.ts";
import type { Batch } from "../../core/types.ts";
import type { FairnessRequest } from "./request.ts";

/** The audit of decisions as `--json` prints it; `local_law_144` where it was asked for. */
export interface BinaryResult extends PredictionAudit {
  /** Demographic disparity within strata, where they were named. */
  readonly conditional?: readonly (ConditionalDisparity & {
    readonly by: readonly string[];
    readonly given: readonly string[];
  })[];
  readonly local_law_144?: readonly (ImpactTable & { readonly below_four_fifths: number })[];
}

/** More groups than these are no groups of people but names of them. */
const MOST_GROUPS = 1000;

/** Audits decisions between two outcomes, and the scores behind them, in one pass. */
export async function auditBinary(
  batches: AsyncIterable<Batch>,
  request: FairnessRequest,
  progress: (rows: number) => void,
): Promise<BinaryResult> {
  const columns = columnsOf(request);
  const { given } = request;
  const counted = [...request.attributes, ...given];
  const read = predictionReader({ ...columns, by: counted });
  const partial = confusionPartial(counted);
  let state = partial.empty();
  const { score } = columns;
  const readScores = score === undefined ? undefined : scoreReader({ ...columns, score });
  const scorer = scorePartial(request.attributes);
  let scores = scorer.empty();
  // Decisions can be audited whatever the scores are, so that scores on no known scale are no error.
  let whyNot: string | undefined;
  for await (const batch of batches) {
    state = partial.observe(state, read(batch));
    if (readScores !== undefined && whyNot === undefined) {
      try {
        scores = scorer.observe(scores, readScores(batch));
      } catch (error) {
        if (!(error instanceof PipelineError) || request.range !== undefined) throw error;
        whyNot = `${error.message}; --range LOW,HIGH says what they are`;
      }
    }
    progress(state.rows);
  }
  for (const by of request.by) refuseIdentifier(state.cells, counted, by);
  const random = seededRandom(request.seed);
  const audit = auditPredictions(state, readScores === undefined ? undefined : (whyNot ?? scores), {
    by: request.by,
    random,
    reference: request.reference,
    tau: request.tau,
    confidence: request.confidence,
    resamples: request.resamples,
    minGroup: request.minGroup,
    missing: request.missing,
  });
  const result: BinaryResult =
    given.length === 0
      ? audit
      : {
          ...audit,
          conditional: request.by.flatMap((by) =>
            conditionalDisparities(state, {
              by,
              given,
              random: random.fork(`conditional ${by.join("\0")}`),
              confidence: request.confidence,
              resamples: request.resamples,
            }).map((found) => ({ by, given, ...found })),
          ),
        };
  if (!request.localLaw) return result;
  const tables = [
    ...selectionTables(state, { by: request.by }),
    ...(readScores === undefined || whyNot !== undefined || scores.weighted
      ? []
      : scoringTables(scores, { by: request.by })),
  ];
  return {
    ...result,
    local_law_144: tables.map((table) => ({
      ...table,
      below_four_fifths: belowFourFifths(table).length,
    })),
  };
}

/** Which columns hold what, for the readers. */
export function columnsOf(request: FairnessRequest): PredictionColumns {
  const { label, prediction, score, threshold, range, weight, favourable } = request;
  return {
    label,
    by: request.attributes,
    ...(prediction === undefined ? {} : { prediction }),
    ...(score === undefined ? {} : { score }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(range === undefined ? {} : { range }),
    ...(weight === undefined ? {} : { weight }),
    ...(favourable === undefined ? {} : { favourable }),
  };
}

function refuseIdentifier(
  cells: ConfusionState["cells"],
  attributes: readonly string[],
  by: readonly string[],
): void {
  const found = marginOf(cells, attributes, by).groups.length;
  if (found <= MOST_GROUPS) return;
  throw new PipelineError(
    "source",
    `cannot audit by ${by.join(" and ")}: ${found.toLocaleString("en")} groups, and ${MOST_GROUPS.toLocaleString("en")} are the most`,
    { hint: "join rare values into larger groups before, and leave out identifiers" },
  );
}
