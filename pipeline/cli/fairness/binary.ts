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
import {
  metricsWithin,
  strataOf,
  type StratumMetric,
} from "../../../audit/fairness/within-strata.ts";
import { marginOf } from "../../../audit/statistics/group-key.ts";
import { PipelineError } from "../../core/error.ts";
import { seededRandom } from "../../core/random.ts";
import type { Batch, Random } from "../../core/types.ts";
import type { FairnessRequest } from "./request.ts";

/** The audit of decisions as `--json` prints it; `local_law_144` where it was asked for. */
export interface BinaryResult extends PredictionAudit {
  /** Sets of three attributes or more whose groups are too many to audit. */
  readonly left_out?: readonly { readonly by: readonly string[]; readonly why: string }[];
  /** Demographic disparity within strata, where they were named. */
  readonly conditional?: readonly (ConditionalDisparity & {
    readonly by: readonly string[];
    readonly given: readonly string[];
  })[];
  /** Gaps between groups inside each stratum, or why there are none. */
  readonly within?: readonly StratumMetric[];
  readonly within_why?: string;
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
  const by = request.by.filter((set) => isAudited(state.cells, counted, set));
  const skipped = request.by.filter((set) => !by.includes(set));
  const random = seededRandom(request.seed);
  const audit = auditPredictions(state, readScores === undefined ? undefined : (whyNot ?? scores), {
    by,
    random,
    reference: request.reference,
    tau: request.tau,
    confidence: request.confidence,
    resamples: request.resamples,
    minGroup: request.minGroup,
    missing: request.missing,
  });
  const result: BinaryResult = {
    ...audit,
    ...(skipped.length === 0
      ? {}
      : {
          left_out: skipped.map((set) => ({
            by: set,
            why: `more than ${MOST_GROUPS.toLocaleString("en")} groups`,
          })),
        }),
    ...(given.length === 0 ? {} : withinStrata(state, request, by, random)),
  };
  if (!request.localLaw) return result;
  const tables = [
    ...selectionTables(state, { by }),
    ...(readScores === undefined || whyNot !== undefined || scores.weighted
      ? []
      : scoringTables(scores, { by })),
  ];
  return {
    ...result,
    local_law_144: tables.map((table) => ({
      ...table,
      below_four_fifths: belowFourFifths(table).length,
    })),
  };
}

/** More strata than these are no strata but values of a number. */
const MOST_STRATA = 30;

function withinStrata(
  state: ConfusionState,
  request: FairnessRequest,
  by: readonly (readonly string[])[],
  random: Random,
): Pick<BinaryResult, "conditional" | "within" | "within_why"> {
  const { given, confidence, resamples, minGroup } = request;
  const conditional = by.flatMap((set) =>
    conditionalDisparities(state, {
      by: set,
      given,
      random: random.fork(`conditional ${set.join("\0")}`),
      confidence,
      resamples,
    }).map((found) => ({ by: set, given, ...found })),
  );
  const strata = strataOf(state, given).length;
  if (strata > MOST_STRATA)
    return { conditional, within_why: `${strata} strata, and ${MOST_STRATA} are the most` };
  const within = metricsWithin(state, {
    by,
    given,
    random: random.fork("within"),
    confidence,
    resamples,
    minGroup,
  });
  return { conditional, within };
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

/** Whether a set of attributes makes few enough groups; an attribute or a pair that does not is an error. */
function isAudited(
  cells: ConfusionState["cells"],
  attributes: readonly string[],
  by: readonly string[],
): boolean {
  const found = marginOf(cells, attributes, by).groups.length;
  if (found <= MOST_GROUPS) return true;
  if (by.length > 2) return false;
  throw new PipelineError(
    "source",
    `cannot audit by ${by.join(" and ")}: ${found.toLocaleString("en")} groups, and ${MOST_GROUPS.toLocaleString("en")} are the most`,
    { hint: "join rare values into larger groups before, and leave out identifiers" },
  );
}
