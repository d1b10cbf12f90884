import type { LoadedPolicy } from "../../policies/load.ts";
import { PipelineError } from "../core/error.ts";
import { keyedRandom, seededRandom, systemRandom } from "../core/random.ts";
import type { Digest, Store } from "../core/types.ts";
import type { Source } from "../data/source.ts";
import type { RowTransform } from "../deid/anonymity/transform.ts";
import { countedOperators, hierarchyTexts, populationOf } from "../run/anonymity.ts";
import { anonymize, createRelease } from "../stages/anonymize.ts";
import type { AverageSet } from "../stages/parts/averages.ts";
import type { DeidentifyParams } from "../stages/parts/deidentify-params.ts";
import type { TransformKeys } from "../stages/parts/transform.ts";
import { interruptSignal } from "./interrupt.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The barrier of a run for one file: counts its classes and gives the second pass. Null where the
 * policy cannot be met, with the reason on stderr.
 */
export async function anonymizeSource(
  source: Source,
  loaded: LoadedPolicy,
  params: DeidentifyParams,
  keys: TransformKeys,
  averages: readonly AverageSet[],
  terminal: Terminal,
): Promise<RowTransform | null> {
  const { anonymity } = params;
  if (anonymity === undefined) throw new PipelineError("internal", "the policy asks for nothing");
  if (!source.rereadable) {
    throw new PipelineError("usage", "anonymity reads the data twice, standard input cannot be", {
      hint: "write it to a file first",
    });
  }
  const files = hierarchyTexts(loaded);
  const secret = keyedRandom(keys.secret);
  const { output } = await anonymize.run(
    {
      source,
      digest: unnamed,
      output: unnamed,
      columns: await countedOperators(params, anonymity, keys, source.name, averages),
      ...(await populationOf(loaded, params, anonymity, keys, source.name, averages)),
      files,
    },
    anonymity,
    {
      random: seededRandom(loaded.policy.seed),
      secret,
      entropy: systemRandom(),
      store: noStore,
      progress: (event) => {
        terminal.progress(event);
      },
      signal: interruptSignal(),
    },
  );
  terminal.quiet();
  for (const { message } of output.findings) terminal.note(message);
  return output.plan === null ? null : createRelease(output.plan, anonymity, files, secret);
}

/** The evidence is not kept, so that nothing is named. */
const unnamed = "0".repeat(64) as Digest;

const noStore: Store = {
  put: () => Promise.reject(new PipelineError("internal", "nothing is stored")),
  finished: () => Promise.resolve(undefined),
};
