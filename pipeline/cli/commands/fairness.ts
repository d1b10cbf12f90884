import { writeFile } from "node:fs/promises";
import { PipelineError } from "../../core/error.ts";
import { openSource } from "../../data/source.ts";
import { oneWord } from "../arguments.ts";
import type { Command } from "../command.ts";
import { auditBinary } from "../fairness/binary.ts";
import { describeBinary, describeOther } from "../fairness/describe.ts";
import { auditClasses, auditNumbers, auditOrder } from "../fairness/other-tasks.ts";
import { fairnessRequest } from "../fairness/request.ts";
import { interruptSignal } from "../interrupt.ts";

export const command: Command = {
  help: `Usage:  probity fairness PREDICTIONS --label COLUMN --by COLUMN[,COLUMN…]
                        (--prediction COLUMN | --score COLUMN [--threshold T])

Audit the predictions of any model, from any tool: rates of each group and intersection, the gaps
between them with 95 % intervals, tests, and what could have been found. CSV, JSON Lines, Parquet, -.

      --label COLUMN      the true outcome
      --prediction COLUMN the decision, in the values of the label
      --score COLUMN      a number; favourable from --threshold (default: 0.5) on. Calibration, AUC
                          and other thresholds are audited too; beside --prediction also
      --range LOW,HIGH    of scores that are not from 0 to 1
      --weight COLUMN     how many people a row stands for
      --by A,B            protected attributes; their pairs, and all together, are audited too
      --given A,B         demographic disparity among people who agree in these columns, too
      --favourable VALUE  the value of the label that is the good outcome (default: 1)
      --reference WHO     majority (default), minimum, or sex=Male,race=White
      --tau T             disparities from T to 1/T are parity (default: 0.8)
      --task KIND         binary (default), classes, regression, or ranking by --score in each --list
      --missing KIND      exclude (default; counted) or group: rows without a protected value
      --ll144             New York City's Local Law 144 tables too
      --confidence, --resamples, --min-group, --seed   (default: 0.95, 2000, 1, 1)
      --report FILE       write a page with pictures and tables, too
      --json              print {rows, excluded, groups, metrics, references, tests, power, …}

Example:  probity fairness predictions.csv --label y_true --prediction y_pred --by sex,race`,

  async run(argv, terminal) {
    const request = fairnessRequest(argv);
    const source = await openSource(oneWord(request.path, "PREDICTIONS"), { stdin: process.stdin });
    if (source.format === "text") {
      throw new PipelineError("source", `cannot audit ${source.name}: it is read as text`, {
        hint: "a table is CSV, JSON Lines or Parquet; an array of JSON becomes lines with `jq -c .[]`",
      });
    }
    const batches = source.read({ signal: interruptSignal() });
    const progress = (rows: number): void => {
      terminal.progress({ stage: "fairness", done: rows, unit: "rows" });
    };
    if (request.task === "binary") {
      const result = await auditBinary(batches, request, progress);
      terminal.quiet();
      if (request.report !== undefined) {
        const { fairnessPage } = await import("../fairness/page.ts");
        await writeFile(request.report, fairnessPage(result, request, source.name));
        terminal.note(`wrote ${request.report}`);
      }
      if (request.json) terminal.json(result);
      else terminal.out(describeBinary(result));
      return 0;
    }
    const audits = { classes: auditClasses, regression: auditNumbers, ranking: auditOrder };
    const result = await audits[request.task](batches, request, progress);
    terminal.quiet();
    if (request.json) terminal.json(result);
    else terminal.out(describeOther(result));
    return 0;
  },
};
