import { PipelineError } from "../../core/error.ts";
import { columnOf } from "./evaluate.ts";
import type { Column, Tuples } from "./tuples.ts";

/**
 * The rows of a table inside the population that it was drawn from, which names the quasi-identifiers
 * alone: every class of the result has the rows of the population that share its quasi-identifiers.
 * People of the population without a row in the table are tuples with a count of 0. Throws `source`,
 * with the number of rows and never a value, where the table holds rows that the population lacks.
 */
export function inPopulation(sample: Tuples, population: Tuples, quasi: readonly string[]): Tuples {
  const values = new Map(sample.columns.map(({ name, values }) => [name, [...values]]));
  const people = quasi.map((name) => recoded(columnOf(population, name), values.get(name)!));
  const own = quasi.map((name) => columnOf(sample, name).codes);
  const left = new Map<string, number>();
  for (let i = 0; i < population.size; i++) {
    const key = keyOf(people, i);
    left.set(key, (left.get(key) ?? 0) + population.count[i]!);
  }
  assertInside(sample, own, left);
  const counts = new Uint32Array(sample.size);
  const seen = new Set<string>();
  for (let i = 0; i < sample.size; i++) {
    const key = keyOf(own, i);
    // The first tuple of a class stands for its people; the others add rows alone.
    if (!seen.has(key)) counts[i] = left.get(key)!;
    seen.add(key);
  }
  const rest: number[] = [];
  for (let i = 0; i < population.size; i++) {
    const key = keyOf(people, i);
    if (!seen.has(key)) rest.push(i);
  }
  const size = sample.size + rest.length;
  const grown = (head: Uint32Array, tail: (i: number) => number): Uint32Array => {
    const all = new Uint32Array(size);
    all.set(head);
    rest.forEach((i, at) => (all[sample.size + at] = tail(i)));
    return all;
  };
  return {
    columns: sample.columns.map(({ name, codes }): Column => {
      const c = quasi.indexOf(name);
      return {
        name,
        values: values.get(name)!,
        // Nobody reads the other columns of somebody who has no row.
        codes: grown(codes, (i) => (c < 0 ? 0 : people[c]![i]!)),
      };
    }),
    size,
    count: grown(sample.count, () => 0),
    population: grown(counts, (i) => population.count[i]!),
    rows: sample.rows,
  };
}

/** The codes of a column in the dictionary of another, which gets what it lacks. */
function recoded({ values, codes }: Column, dictionary: string[]): Uint32Array {
  const known = new Map(dictionary.map((value, code) => [value, code]));
  const map = values.map((value) => known.get(value) ?? dictionary.push(value) - 1);
  return codes.map((code) => map[code]!);
}

function assertInside(
  sample: Tuples,
  codes: readonly Uint32Array[],
  people: ReadonlyMap<string, number>,
): void {
  const rows = new Map<string, number>();
  for (let i = 0; i < sample.size; i++) {
    const key = keyOf(codes, i);
    rows.set(key, (rows.get(key) ?? 0) + sample.count[i]!);
  }
  let lacking = 0;
  for (const [key, n] of rows) lacking += Math.max(0, n - (people.get(key) ?? 0));
  if (lacking === 0) return;
  throw new PipelineError(
    "source",
    `the population table lacks ${lacking} of the ${sample.rows} rows of the table`,
    { hint: "it holds everybody whom the table was drawn from, the people of the table included" },
  );
}

function keyOf(codes: readonly Uint32Array[], i: number): string {
  let key = "";
  for (const column of codes) key += `${column[i]!},`;
  return key;
}
