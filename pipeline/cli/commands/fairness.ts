import { confusionPartial } from "../../../audit/fairness/confusion.ts";
import { predictionReader } from "../../../audit/fairness/predictions.ts";
import { auditFairness, type FairnessResult } from "../../../audit/fairness/report.ts";
import { PipelineError } from "../../core/error.ts";
import { seededRandom } from "../../core/random.ts";
import { openSource } from "../../data/source.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { interruptSignal } from "../interrupt.ts";
import { table } from "../table.ts";

export const command: Command = {
  help: `Usage:  probity fairness PREDICTIONS --label COLUMN --by COLUMN[,COLUMN…]
                        (--prediction COLUMN | --score COLUMN [--threshold T])

Audit the predictions of any model, from any tool: rates of each group and intersection, and the
gaps between them, each with a 95 % interval. CSV, JSON Lines or Parquet; - for stdin.

      --label COLUMN      the true outcome
      --prediction COLUMN the decision, in the values of the label
      --score COLUMN      a number; favourable from --threshold (default: 0.5) on
      --weight COLUMN     how many people a row stands for
      --by A,B            protected attributes; their pairs are audited too
      --favourable VALUE  the value of the label that is the good outcome (default: 1)
      --resamples N       bootstrap resamples (default: 2000)
      --min-group N       groups of fewer rows get no rates (default: 1)
      --seed S            of the bootstrap (default: 1)
      --json              print {rows, excluded, groups, metrics}

Example:  probity fairness predictions.csv --label y_true --prediction y_pred --by sex,race`,

  async run(argv, terminal) {
    const args = parseArguments(argv, {
      label: "string",
      prediction: "string",
      score: "string",
      threshold: "number",
      weight: "string",
      by: "list",
      favourable: "string",
      resamples: "number",
      "min-group": "number",
      seed: "string",
      json: "boolean",
    });
    const path = oneWord(args.words, "PREDICTIONS");
    const by = args.by.flatMap((list) => list.split(",")).map((name) => name.trim());
    if (args.label === undefined) throw new PipelineError("usage", "--label COLUMN is missing");
    if (by.length === 0 || by.includes(""))
      throw new PipelineError("usage", "--by COLUMN is missing");
    const source = await openSource(path, { stdin: process.stdin });
    const read = predictionReader({
      label: args.label,
      by,
      ...(args.prediction === undefined ? {} : { prediction: args.prediction }),
      ...(args.score === undefined ? {} : { score: args.score }),
      ...(args.threshold === undefined ? {} : { threshold: args.threshold }),
      ...(args.weight === undefined ? {} : { weight: args.weight }),
      ...(args.favourable === undefined ? {} : { favourable: args.favourable }),
    });
    const partial = confusionPartial(by);
    let state = partial.empty();
    for await (const batch of source.read({ signal: interruptSignal() })) {
      state = partial.observe(state, read(batch));
      terminal.progress({ stage: "fairness", done: state.rows, unit: "rows" });
    }
    terminal.quiet();
    const pairs = by.flatMap((a, i) => by.slice(i + 1).map((b) => [a, b]));
    const result = auditFairness(state, {
      by: [...by.map((name) => [name]), ...pairs],
      random: seededRandom(args.seed ?? "1"),
      ...(args.resamples === undefined ? {} : { resamples: args.resamples }),
      ...(args["min-group"] === undefined ? {} : { minGroup: args["min-group"] }),
    });
    if (args.json) terminal.json(result);
    else terminal.out(describe(result));
    return 0;
  },
};

function describe(result: FairnessResult): string {
  const left = Object.entries(result.excluded).filter(([, n]) => n > 0);
  const groups = result.groups.map(({ group, n, rates }) => [
    Object.values(group).join(" × "),
    n.toLocaleString("en"),
    ...(["selection_rate", "tpr", "fpr", "accuracy"] as const).map((rate) => number(rates[rate])),
  ]);
  const metrics = result.metrics.map((m) => [m.name, m.by.join(" × "), number(m), m.why ?? ""]);
  return [
    `${result.rows.toLocaleString("en")} rows${left.map(([name, n]) => `, ${n} without ${name}`).join("")}`,
    table(["group", "rows", "selection rate", "TPR", "FPR", "accuracy"], groups),
    table(["metric", "by", "value", "why"], metrics),
  ].join("\n\n");
}

function number({
  value,
  interval,
}: {
  value: number | null;
  interval: readonly [number, number] | null;
}): string {
  if (value === null) return "not estimable";
  return (
    value.toFixed(3) +
    (interval === null ? "" : ` [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]`)
  );
}
