import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { PipelineError } from "../core/error.ts";

/** One personal value that is known to stand in the source, by place and kind; never the value. */
export interface PlantedSpan {
  readonly column: string;
  readonly start: number;
  readonly end: number;
  readonly entity: string;
}

/** Planted spans, row after row, in the order of the source. */
export interface TruthReader {
  next(rows: number): Promise<readonly (readonly PlantedSpan[])[]>;
  skip(rows: number): Promise<void>;
}

/** Reads planted spans from JSON Lines, an object `{row, spans: [{column, start, end, entity}]}` per row. */
export function truthReader(path: string): TruthReader {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })[
    Symbol.asyncIterator
  ]();
  let number = 0;
  const one = async (): Promise<readonly PlantedSpan[]> => {
    const next = (await lines.next()) as IteratorResult<string, undefined>;
    number++;
    if (next.done === true)
      throw new PipelineError("source", `${path} ends at line ${number}, before the source does`);
    try {
      const parsed = JSON.parse(next.value) as { row: number; spans: PlantedSpan[] };
      if (parsed.row === number - 1) return parsed.spans;
    } catch {
      // Reported below with the rows that are out of order.
    }
    throw new PipelineError(
      "source",
      `${path}:${number}: expected the planted spans of row ${number - 1}`,
    );
  };
  return {
    async next(rows) {
      const spans: (readonly PlantedSpan[])[] = [];
      for (let i = 0; i < rows; i++) spans.push(await one());
      return spans;
    },
    async skip(rows) {
      for (let i = 0; i < rows; i++) {
        if ((await lines.next()).done === true) return;
        number++;
      }
    },
  };
}
