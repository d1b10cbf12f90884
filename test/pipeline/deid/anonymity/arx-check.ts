import { Evaluator } from "../../../../pipeline/deid/anonymity/evaluate.ts";
import type { CodedHierarchy } from "../../../../pipeline/deid/anonymity/hierarchy.ts";
import type { Loss, Utility } from "../../../../pipeline/deid/anonymity/metrics/utility.ts";
import { search } from "../../../../pipeline/deid/anonymity/search.ts";
import type { Tuples } from "../../../../pipeline/deid/anonymity/tuples.ts";
import { adultTuples, coded, columns, type Expected } from "./arx-expected.ts";

const tables = new Map<string, Tuples>();

/** Runs one expected result: undefined where it matches, else what differs. */
export function mismatch(item: Expected, misspelt = false): string | undefined {
  const key = JSON.stringify(item.subset);
  const tuples = tables.get(key) ?? adultTuples(item.subset);
  tables.set(key, tuples);
  const hierarchies = coded(
    tuples,
    columns.filter((name) => name !== item.sensitive),
    misspelt,
  );
  if (item.nodes.length > 0) return differingNode(item, tuples, hierarchies);
  const weights = item.weighted
    ? Object.fromEntries(columns.map((name, c) => [name, c + 1]))
    : undefined;
  const run = (utility: Utility): ReturnType<typeof search> =>
    search(tuples, hierarchies, {
      models: item.models,
      utility,
      suppression: item.suppression,
      ...(weights === undefined ? {} : { weights }),
    });
  const { optimum } = run(item.utility!);
  if (item.other !== undefined) {
    const again = run(item.other).optimum;
    return optimum !== undefined && again !== undefined && near(optimum.loss, again.loss)
      ? undefined
      : "the two forms differ";
  }
  const wanted = item.optimum;
  if (wanted === undefined) return "nothing to compare";
  if (optimum === undefined || wanted.levels === null) {
    return optimum === undefined && wanted.levels === null
      ? undefined
      : "a solution too few or too many";
  }
  return near(optimum.loss, wanted.loss)
    ? undefined
    : `found [${optimum.levels.join()}] ${optimum.loss.join()}, expected [${wanted.levels.join()}] ${wanted.loss.join()}`;
}

function differingNode(
  item: Expected,
  tuples: Tuples,
  hierarchies: readonly CodedHierarchy[],
): string | undefined {
  const evaluator = new Evaluator(tuples, hierarchies, item.models);
  const weights = hierarchies.map(() => 1);
  const utility = item.utility!.bind({ tuples, hierarchies, weights });
  for (const { levels, loss } of item.nodes) {
    const found = utility.loss(levels, evaluator.evaluate(levels));
    if (!near(found, loss)) return `[${levels.join()}]: ${found.join()}, expected ${loss.join()}`;
  }
  return undefined;
}

/** To 1e-9, relative above 1. */
function near(a: Loss, b: Loss): boolean {
  return (
    a.length === b.length &&
    a.every((x, i) => Math.abs(x - b[i]!) <= 1e-9 * Math.max(1, Math.abs(b[i]!)))
  );
}
