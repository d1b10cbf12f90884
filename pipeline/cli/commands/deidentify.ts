import { once } from "node:events";
import { loadPolicy } from "../../../policies/load.ts";
import { PipelineError } from "../../core/error.ts";
import type { Batch } from "../../core/types.ts";
import { encodeRows } from "../../data/rows.ts";
import { openSource, type Source } from "../../data/source.ts";
import { sourceOptions } from "../../run/source-options.ts";
import { writeAtomically } from "../../run/files.ts";
import { planRun } from "../../run/plan.ts";
import { deidentifyKeysOf } from "../../run/keys.ts";
import { averagedSets, averagesFor, type AverageSet } from "../../stages/parts/averages.ts";
import { needsRealWords, realWordsOf } from "../../stages/parts/real-words.ts";
import type { Rows } from "../../stages/parts/transform.ts";
import { createTransformPool, inTasks } from "../../stages/parts/transform-pool.ts";
import type { DeidentifyParams } from "../../stages/parts/deidentify-params.ts";
import { anonymizeSource } from "../anonymize-source.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import { secretHelp, secretOptions, type Command } from "../command.ts";
import { jobsOf } from "../jobs.ts";
import { interruptSignal } from "../interrupt.ts";
import { commandLineSecrets } from "../secrets.ts";

export const command: Command = {
  help: `Usage:  probity deidentify PATH|- [--policy POLICY] [--output FILE] [--mode MODE]

Replace personal data and write JSON Lines to FILE (mode 0600) or stdout, as a stream. With a
policy, its columns and operators are used; without one, every text field is read as free text and
what is found is redacted. Pseudonyms and surrogates are keyed by the key file. A policy that asks
for anonymity reads a file twice, and exits 1 where it cannot be met.

      --policy POLICY     take dataset, columns and operators from there
      --set PATH=VALUE    replace one value of the policy
      --output FILE       write there instead of stdout
      --mode MODE         balanced or high-recall (without a policy)
      --jobs N            threads (default: one per core); the output is the same
${secretHelp}

Example:  probity deidentify chats.jsonl --output chats.clean.jsonl`,

  async run(argv, terminal) {
    const args = parseArguments(argv, {
      ...secretOptions,
      policy: "string",
      output: "string",
      mode: "string",
      jobs: "number",
      set: "list",
    });
    const path = oneWord(args.words, "PATH");
    const loaded =
      args.policy === undefined
        ? undefined
        : loadPolicy(args.policy, [...args.set, `dataset.source=${JSON.stringify(path)}`]);
    const source = await openSource(path, {
      ...(loaded === undefined ? {} : sourceOptions(loaded.policy.dataset)),
      stdin: process.stdin,
    });
    const params =
      loaded === undefined
        ? freeText(
            source.columns.map((c) => c.name),
            args.mode ?? "balanced",
          )
        : planRun(loaded).deidentify;
    const key = await commandLineSecrets(args).keyFile(undefined, true);
    if (key === undefined)
      throw new PipelineError("key", "no key file", { hint: "name one with --key-file" });
    const signal = interruptSignal();
    const keys = deidentifyKeysOf(key);
    const averages = await commandAverages(source, params, signal);
    const release =
      loaded === undefined || params.anonymity === undefined
        ? undefined
        : await anonymizeSource(source, loaded, params, keys, averages, terminal);
    if (release === null) return 1;
    // A stream is read once: there, invented values avoid those of their own text alone.
    const real =
      source.rereadable && needsRealWords(params)
        ? await realWordsOf(source.read({ signal }), params.columns)
        : undefined;
    const pool = createTransformPool(
      { params, keys, dataset: source.name, real, averages },
      { jobs: jobsOf(args.jobs), signal },
    );
    const batches = (async function* (): AsyncIterable<Batch> {
      let done = 0;
      for await (const { batch } of pool.map(rowsOf(inTasks(source.read({ signal }))))) {
        yield release === undefined ? batch : release(batch);
        done += batch.rows;
        terminal.progress({ stage: "deidentify", done, unit: "rows" });
      }
    })();
    const bytes = encodeRows(batches);
    try {
      if (args.output !== undefined) await writeAtomically(args.output, bytes);
      else
        for await (const chunk of bytes)
          if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
    } finally {
      await pool.close();
    }
    terminal.quiet();
    return 0;
  },
};

async function commandAverages(
  source: Source,
  params: DeidentifyParams,
  signal: AbortSignal,
): Promise<readonly AverageSet[]> {
  if (averagedSets(params.columns).length > 0 && !source.rereadable) {
    throw new PipelineError("usage", "microaggregation reads the data twice, a stream cannot be", {
      hint: "write it to a file first",
    });
  }
  return averagesFor(() => Promise.resolve(source), params, signal);
}

async function* rowsOf(batches: AsyncIterable<Batch>): AsyncIterable<Rows> {
  for await (const batch of batches) yield { batch };
}

/** Every column as free text, everything found redacted. */
function freeText(columns: readonly string[], mode: string): DeidentifyParams {
  if (mode !== "balanced" && mode !== "high-recall") {
    throw new PipelineError("usage", "--mode is balanced or high-recall");
  }
  return {
    columns: columns.map((name) => ({ name, role: "text", action: "text", language: "auto" })),
    text: { mode, entities: { default: "redact" }, allow: [], deny: [], custom: [] },
    shard_rows: 16_384,
  };
}
