import { digestOf } from "../core/digest.ts";
import type { Digest, Evidence, Stage, Tabled } from "../core/types.ts";
import type { Source } from "../data/source.ts";
import { noiseFor } from "../deid/anonymity/private/budget.ts";
import { noiseWithin, PrivateCounts, type Domain } from "../deid/anonymity/private/counts.ts";

/** A table of counts that a policy releases; plain JSON. */
export interface CountTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, Domain>>;
  readonly epsilon: number;
  readonly mechanism: "laplace" | "gaussian";
  readonly delta?: number;
  readonly contribution: number;
}
export interface ReleaseCountsParams {
  readonly tables: readonly CountTable[];
  /** Names the person a row is about; without it every row is a person of its own. */
  readonly subject?: string;
}
export interface ReleaseCountsOutput {
  /** Names the tables, noise and all. */
  readonly digest: Digest;
}

/**
 * Counts the rows of the source by the cells that the policy names, and releases the counts with
 * discrete noise from the system's randomness: a run with the same seed draws other noise. True counts
 * leave this function nowhere. The tables are evidence, so that they stand in the signed report.
 */
export const releaseCounts: Stage<
  { readonly source: Source; readonly digest: Digest },
  ReleaseCountsOutput,
  ReleaseCountsParams
> = {
  name: "release-counts",
  version: 1,
  async run({ source, digest: from }, { tables, subject }, context) {
    const counters = tables.map(
      ({ columns, contribution }) => new PrivateCounts(columns, contribution, subject),
    );
    let done = 0;
    for await (const batch of source.read({
      signal: context.signal,
      onBadRow: () => undefined,
    })) {
      for (const counter of counters) counter.add(batch);
      done += batch.rows;
      context.progress({ stage: "release-counts", done, unit: "rows" });
    }
    const released = tables.map((table, i) =>
      tabled(table, counters[i]!, context.entropy, subject),
    );
    const digest = digestOf(released.map(({ columns, rows }) => ({ columns, rows })));
    return {
      output: { digest },
      evidence: [
        ...released.map((table): Tabled => ({ ...table, subject: digest })),
        ...spentEvidence(tables, from),
      ],
    };
  },
};

/** What all tables spend together, by basic composition: ε and δ add up. */
export function spendingOf(tables: readonly CountTable[]): {
  readonly epsilon: number;
  readonly delta: number;
} {
  const sum = (values: readonly number[]): number =>
    // 0.4 and 0.2 are 0.6.
    Number(values.reduce((a, b) => a + b, 0).toPrecision(12));
  return {
    epsilon: sum(tables.map(({ epsilon }) => epsilon)),
    delta: sum(tables.map(({ delta = 0 }) => delta)),
  };
}

function tabled(
  { name, columns, epsilon, mechanism, delta, contribution }: CountTable,
  counter: PrivateCounts,
  entropy: Parameters<PrivateCounts["release"]>[1],
  subject: string | undefined,
): Omit<Tabled, "subject"> {
  const noise = noiseFor(mechanism, String(epsilon), delta, contribution);
  const cells = counter.release(noise, entropy);
  const by = Object.keys(columns);
  return {
    kind: "tabled",
    table: "private-counts",
    by: [name],
    columns: [...by, "count"],
    rows: cells.map(({ values, count }) => [...by.map((column) => values[column] ?? ""), count]),
    notes: [
      `${mechanism === "laplace" ? "discrete Laplace" : "discrete Gaussian"} noise: ε = ${epsilon}${delta === undefined ? "" : `, δ = ${delta}`}, neighbours differ by ${subject === undefined ? "one row" : `one person's rows, of which ${contribution} count`}`,
      `95 % of the counts are within ${noiseWithin(noise, 0.95)} of the true ones; counts may be negative`,
    ],
  };
}

function spentEvidence(tables: readonly CountTable[], subject: Digest): Evidence[] {
  const accountant = "basic composition of discrete Laplace and Gaussian counts";
  return [{ kind: "spent", subject, ...spendingOf(tables), accountant }];
}
