import type { Batch, Random } from "../../core/types.ts";
import { createColumnOperator } from "../../deid/columns.ts";
import { parseOperatorSpec } from "../../deid/operators/index.ts";
import type { Surroundings } from "../../deid/operators/operator.ts";
import { averageIn, type AverageSet } from "./averages.ts";
import type { DeidentifyParams } from "./deidentify-params.ts";

/** An operator with its settings, for one column. */
export interface ColumnOperator {
  readonly name: string;
  readonly apply: ReturnType<typeof createColumnOperator>;
  /** Of noise, which moves equal values apart, and of means, which look at more than one cell. */
  readonly byRow?: (batch: Batch, row: number) => Surroundings;
}

/** Operators by column. Those whose values are linked within a scope share its secret over columns. */
export function columnOperators(
  params: DeidentifyParams,
  secret: Random,
  averages: readonly AverageSet[],
): ReadonlyMap<string, ColumnOperator> {
  return new Map(
    params.columns
      .filter((c) => c.action === "replace")
      .map(({ name, operator }) => {
        const spec = parseOperatorSpec(operator ?? "redact", `deidentify.columns.${name}`);
        const linked = spec.name === "surrogate" || spec.name === "pseudonymize";
        const own = linked ? secret : secret.fork(`column ${name}`);
        // Drawn by a keyed function of the cells of a row.
        const noise = ({ columns }: Batch, row: number): Surroundings => {
          const cells = Object.values(columns).map((column) => column[row]!);
          return { person: own.fork(`row ${JSON.stringify(cells)}`) };
        };
        const mean = averageIn(averages, name);
        const average = (batch: Batch, row: number): Surroundings => {
          const found = mean(batch, row);
          return found === undefined ? {} : { average: found };
        };
        return [
          name,
          {
            name: spec.name,
            apply: createColumnOperator(spec, own),
            ...(spec.name === "noise" ? { byRow: noise } : {}),
            ...(spec.name === "microaggregate" ? { byRow: average } : {}),
          },
        ];
      }),
  );
}
