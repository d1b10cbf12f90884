import { PipelineError } from "../../pipeline/core/error.ts";
import type { Batch, Cell } from "../../pipeline/core/types.ts";
import { columnOf } from "../statistics/columns.ts";
import { cellName, isFavourable } from "../statistics/group-key.ts";
import type { ConfusionInput } from "./confusion.ts";
import type { ScoreInput } from "./scores.ts";

/** Which columns of a table of predictions hold what. */
export interface PredictionColumns {
  readonly label: string;
  /** The decision, in the values of the label; without it, `score` against `threshold`. */
  readonly prediction?: string;
  /** A number that rises with the chance of the favourable label. */
  readonly score?: string;
  /** Scores from here on are favourable; 0.5 unless said. */
  readonly threshold?: number;
  /** Least and greatest score there can be; [0, 1] unless said. `scoreReader` maps it to [0, 1]. */
  readonly range?: readonly [number, number];
  readonly weight?: string;
  /** Protected attributes. */
  readonly by: readonly string[];
  /** The value of label and prediction that is favourable; "1" unless said. */
  readonly favourable?: string;
}

/**
 * A reader that turns batches of one table into input for `confusionPartial`. Rows without a label,
 * prediction, score or weight are counted in `excluded` under that column. Throws `source` when a
 * column is absent, when label or prediction have more than two values over the batches read, when
 * a score is not a number, or a weight is not a number from 0.
 */
export function predictionReader(columns: PredictionColumns): (batch: Batch) => ConfusionInput {
  const { favourable = "1", threshold = 0.5 } = columns;
  const label = binaryReader(columns.label, favourable);
  const decision = columns.prediction ?? columns.score;
  if (decision === undefined) {
    throw new PipelineError(
      "usage",
      "cannot audit predictions without a prediction or score column",
    );
  }
  const predicted =
    columns.prediction === undefined
      ? thresholdReader(decision, threshold)
      : binaryReader(columns.prediction, favourable);
  return (batch) => {
    const cells = (name: string) => columnOf(batch, name);
    const readers = [
      { name: columns.label, cells: cells(columns.label), read: label },
      { name: decision, cells: cells(decision), read: predicted },
      ...(columns.weight === undefined
        ? []
        : [
            {
              name: columns.weight,
              cells: cells(columns.weight),
              read: weightReader(columns.weight),
            },
          ]),
    ];
    const values = readers.map(() => new Float64Array(batch.rows));
    const groups = columns.by.map((name) => [name, cells(name), [] as (string | null)[]] as const);
    const excluded: Record<string, number> = {};
    let rows = 0;
    for (let i = 0; i < batch.rows; i++) {
      const lacking = readers.find((reader, r) => {
        const value = reader.read(reader.cells[i]);
        if (value !== null) values[r]![rows] = value;
        return value === null;
      });
      if (lacking) {
        excluded[lacking.name] = (excluded[lacking.name] ?? 0) + 1;
        continue;
      }
      for (const [, column, names] of groups) names.push(cellName(column[i]));
      rows++;
    }
    return {
      rows,
      groups: Object.fromEntries(groups.map(([name, , names]) => [name, names])),
      label: values[0]!,
      predicted: values[1]!,
      ...(columns.weight === undefined ? {} : { weight: values[2]! }),
      excluded,
    };
  };
}

/**
 * A reader that turns batches into input for `scorePartial`, from the columns label, score, weight
 * and by. Rows without a label, score or weight are left out. Throws `source` as `predictionReader`
 * does, and when a score is outside its range.
 */
export function scoreReader(
  columns: PredictionColumns & { readonly score: string },
): (batch: Batch) => ScoreInput {
  const label = binaryReader(columns.label, columns.favourable ?? "1");
  const [low, high] = columns.range ?? [0, 1];
  return (batch) => {
    const labels = columnOf(batch, columns.label);
    const scores = columnOf(batch, columns.score);
    const weights = columns.weight === undefined ? null : columnOf(batch, columns.weight);
    const weigh = weightReader(columns.weight ?? "");
    const kept: number[] = [];
    const [y, s, w] = [[] as number[], [] as number[], [] as number[]];
    for (let i = 0; i < batch.rows; i++) {
      const truth = label(labels[i]);
      const score = numberOf(scores[i]);
      const weight = weights ? weigh(weights[i]) : 1;
      if (truth === null || score === null || weight === null) continue;
      if (!(score >= low && score <= high)) {
        throw new PipelineError(
          "source",
          `cannot audit: column ${columns.score} has a cell that is no score, expected numbers from ${low} to ${high}`,
        );
      }
      kept.push(i);
      y.push(truth);
      s.push((score - low) / (high - low));
      w.push(weight);
    }
    const groups = columns.by.map((name) => {
      const cells = columnOf(batch, name);
      return [name, kept.map((i) => cellName(cells[i]))] as const;
    });
    const weighted = weights ? { weight: w } : {};
    return {
      rows: kept.length,
      groups: Object.fromEntries(groups),
      label: y,
      score: s,
      ...weighted,
    };
  };
}

type CellReader = (cell: Cell | undefined) => number | null;

function binaryReader(name: string, favourable: string): CellReader {
  let other: string | undefined;
  return (cell) => {
    const good = isFavourable(cell, favourable);
    if (good === null) return null;
    if (good) return 1;
    const text = Number.isNaN(Number(cell)) ? String(cell) : String(Number(cell));
    other ??= text;
    if (text === other) return 0;
    throw new PipelineError(
      "source",
      `cannot audit: column ${name} has more than one value beside "${favourable}", the favourable one`,
      { hint: "--favourable VALUE names it; of numbers take --score, of several classes --task" },
    );
  };
}

function thresholdReader(name: string, threshold: number): CellReader {
  return (cell) => {
    const score = numberOf(cell);
    if (score === null) return null;
    if (Number.isFinite(score)) return score >= threshold ? 1 : 0;
    throw new PipelineError("source", `cannot audit: column ${name} has a cell that is no number`, {
      hint: "scores are numbers that rise with the chance of the favourable label",
    });
  };
}

function weightReader(name: string): CellReader {
  return (cell) => {
    const weight = numberOf(cell);
    if (weight === null) return null;
    if (weight >= 0 && weight < Infinity) return weight;
    throw new PipelineError("source", `cannot audit: column ${name} has a cell that is no weight`, {
      hint: "weights are finite numbers from 0",
    });
  };
}

function numberOf(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined || cell === "") return null;
  return typeof cell === "string" && cell.trim() === "" ? NaN : Number(cell);
}
