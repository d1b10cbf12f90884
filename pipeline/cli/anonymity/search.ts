import { PipelineError } from "../../core/error.ts";
import { seededRandom } from "../../core/random.ts";
import { openSource } from "../../data/source.ts";
import { anonymise, type Anonymisation } from "../../deid/anonymity/anonymise.ts";
import type { Hierarchy } from "../../deid/anonymity/hierarchy.ts";
import { utilityNamed } from "../../deid/anonymity/metrics/index.ts";
import { modelsOf } from "../../deid/anonymity/model-spec.ts";
import type { Model } from "../../deid/anonymity/models/model.ts";
import { singlingOut } from "../../deid/anonymity/singling-out.ts";
import { inPopulation } from "../../deid/anonymity/population.ts";
import type { Tuples } from "../../deid/anonymity/tuples.ts";
import { usefulness } from "../../deid/anonymity/usefulness.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import {
  count,
  modelSpecs,
  names,
  numbersByColumn,
  oneOf,
  readHierarchies,
  writeTable,
  type Arguments,
} from "./options.ts";

/** The generalisation of least loss that meets the models, and the table written by it. */
export async function find(path: string, args: Arguments, terminal: Terminal): Promise<number> {
  if (args.hierarchies === undefined) {
    throw new PipelineError("usage", "--hierarchies DIR is missing");
  }
  const source = await openSource(path, {});
  const present = source.columns.map(({ name }) => name);
  const hierarchies = await readHierarchies(args.hierarchies, present);
  const sensitive = names(args.sensitive);
  const asked = names(args.quasi);
  const quasi =
    asked.length > 0
      ? asked
      : hierarchies
          .map(({ column }) => column)
          .filter((name) => !sensitive.includes(name) && name !== args.target);
  const target = args.target === undefined ? [] : [args.target];
  const counted = [...new Set([...quasi, ...sensitive, ...target])];
  const sample = await count(source, counted, terminal);
  const tuples = await withPopulation(sample, quasi, args, terminal);
  const utility = utilityNamed(args.metric ?? "loss");
  const found = anonymise(tuples, hierarchies, {
    models: models(args, sensitive, hierarchies),
    utility,
    suppression: args.suppression ?? 0,
    quasi,
    sensitive,
    weights: numbersByColumn("weight", args.weight),
    minimum: numbersByColumn("min", args.min),
    maximum: numbersByColumn("max", args.max),
    rows: oneOf("suppressed", args.suppressed, ["star", "drop"]),
    missing: oneOf("missing", args.missing, ["category", "suppress"]),
    ...(args.population === undefined ? {} : { population: args.population }),
    ...(args["node-limit"] === undefined ? {} : { nodeLimit: args["node-limit"] }),
    ...(args["check-limit"] === undefined ? {} : { checkLimit: args["check-limit"] }),
  });
  if (args.output !== undefined) await writeTable(source, found.transform, args.output);
  const report = reportOf(found, tuples, quasi, counted, utility.name, args);
  if (args.json) terminal.json(report);
  else describe(report, found, terminal);
  return 0;
}

type Report = ReturnType<typeof reportOf>;

function reportOf(
  found: Anonymisation,
  tuples: Tuples,
  quasi: readonly string[],
  counted: readonly string[],
  metric: string,
  args: Arguments,
) {
  const { result, after, before } = found;
  const random = seededRandom(args.seed ?? "1");
  const useful = usefulness(tuples, found.released, counted, args.target);
  return {
    optimum: {
      levels: found.levels,
      loss: found.loss[0] ?? 0,
      metric,
      suppressed: found.suppressed,
      suppressed_share: found.suppressed / tuples.rows,
      column_loss: found.columnLoss,
    },
    optimal: result.optimal,
    nodes: result.nodes,
    ...(result.bound === undefined ? {} : { bound: result.bound[0] }),
    models: found.models,
    risk: { before: before.risk.risk, after: after.risk.risk },
    singling_out: {
      before: singlingOut(tuples, quasi, random)?.share ?? null,
      after: singlingOut(found.released, quasi, random)?.share ?? null,
    },
    utility: {
      association: useful.association.value,
      pairs: useful.pairs,
      ...(useful.downstream === undefined
        ? {}
        : {
            downstream: {
              target: useful.downstream.target,
              before: useful.downstream.before.value,
              after: useful.downstream.after.value,
              baseline: useful.downstream.baseline.value,
            },
          }),
    },
  };
}

function describe(report: Report, { notes }: Anonymisation, terminal: Terminal): void {
  const { optimum, nodes, utility, singling_out: attack } = report;
  const percent = (share: number | null): string =>
    share === null ? "unknown" : `${(100 * share).toFixed(2)} %`;
  const rows = Object.entries(optimum.levels).map(([name, level]) => [
    name,
    String(level),
    percent(optimum.column_loss[name] ?? null),
  ]);
  const { downstream } = utility;
  terminal.out(
    [
      table(["column", "level", "loss"], rows),
      `${optimum.metric} ${optimum.loss.toFixed(6)}, ${optimum.suppressed.toLocaleString("en")} rows suppressed (${percent(optimum.suppressed_share)})`,
      report.optimal
        ? `optimal: ${nodes.checked} of ${nodes.total} nodes looked at`
        : `best effort: ${nodes.checked} of ${nodes.total} nodes looked at, a better one may exist${report.bound === undefined ? "" : `, none of a loss below ${report.bound.toPrecision(4)}`}`,
      `random known attributes single out ${percent(attack.before)} of the rows before, ${percent(attack.after)} after`,
      `associations kept ${percent(utility.association)}`,
      ...(downstream === undefined
        ? []
        : [
            `${downstream.target} predicted from the rest: ${percent(downstream.before)} right before, ${percent(downstream.after)} after, ${percent(downstream.baseline)} by always saying the most frequent`,
          ]),
      ...notes,
    ].join("\n\n"),
  );
}

function models(
  args: Arguments,
  sensitive: readonly string[],
  hierarchies: readonly Hierarchy[],
): readonly Model[] {
  const all = modelsOf(modelSpecs(args), sensitive, hierarchies);
  if (all.length === 0) throw new PipelineError("usage", "--k K is missing");
  const population = args["k-map"] !== undefined || args.presence !== undefined;
  if (population && args["population-table"] === undefined) {
    throw new PipelineError("usage", "--k-map and --presence need --population-table FILE");
  }
  return all;
}

/** The table inside the population that it was drawn from, where a file of that is given. */
async function withPopulation(
  sample: Tuples,
  quasi: readonly string[],
  args: Arguments,
  terminal: Terminal,
): Promise<Tuples> {
  if (args["population-table"] === undefined) return sample;
  const population = await openSource(args["population-table"], {});
  return inPopulation(sample, await count(population, quasi, terminal), quasi);
}
