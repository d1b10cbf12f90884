import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { seededRandom } from "../../pipeline/core/random.ts";
import type { Batch } from "../../pipeline/core/types.ts";
import { anonymityCounts } from "../../pipeline/deid/anonymity/anonymise.ts";
import { codeHierarchy, hierarchyOf } from "../../pipeline/deid/anonymity/hierarchy.ts";
import type { CodedHierarchy, Hierarchy } from "../../pipeline/deid/anonymity/hierarchy.ts";
import type { Tuples } from "../../pipeline/deid/anonymity/tuples.ts";

/** The distinct values of eight columns: together more classes than rows, or about 26,000. */
export const wide = [2, 90, 5, 7, 16, 40, 8, 1000];
export const narrow = [2, 16, 5, 4, 4, 2, 2, 3];

/** "q0", "q1", … */
export function columnNames(width: number): string[] {
  return Array.from({ length: width }, (_, c) => `q${c}`);
}

/** Seeded rows: of every column the common values are common and most are rare. */
export function* batchesOf(values: readonly number[], rows: number): Generator<Batch> {
  const names = columnNames(values.length);
  const random = seededRandom("tables");
  const texts = values.map((n) => Array.from({ length: n }, (_, i) => String(i)));
  for (let done = 0; done < rows;) {
    const size = Math.min(4096, rows - done);
    const cells = names.map((name, c) => {
      const [n, text] = [values[c]!, texts[c]!];
      // The smaller of two draws.
      const column = Array.from({ length: size }, () => text[Math.min(draw(n), draw(n))]!);
      return [name, column] as const;
    });
    yield { rows: size, columns: Object.fromEntries(cells) };
    done += size;
  }

  function draw(n: number): number {
    return random.uint32() % n;
  }
}

/** Their distinct tuples. */
export function tuplesOf(values: readonly number[], rows: number): Tuples {
  const partial = anonymityCounts(columnNames(values.length));
  const state = partial.empty();
  for (const batch of batchesOf(values, rows)) partial.observe(state, batch);
  return state.tuples();
}

/** Three levels of every column: the value, its half of the domain, nothing. */
export function halves(values: readonly number[]): Hierarchy[] {
  return values.map((n, c) => {
    const rows = Array.from({ length: n }, (_, v) => [String(v), v < n / 2 ? "low" : "high", "*"]);
    return hierarchyOf(`q${c}`, rows);
  });
}

export function codedHalves(tuples: Tuples, values: readonly number[]): CodedHierarchy[] {
  return halves(values).map((hierarchy, c) =>
    codeHierarchy(hierarchy, tuples.columns[c]!.values, () => 1),
  );
}

/** The same rows as a file. */
export async function writeCsv(
  path: string,
  values: readonly number[],
  rows: number,
): Promise<void> {
  const file = createWriteStream(path);
  const names = columnNames(values.length);
  file.write(`${names.join(",")}\n`);
  for (const batch of batchesOf(values, rows)) {
    const cells = names.map((name) => batch.columns[name]!);
    let text = "";
    for (let row = 0; row < batch.rows; row++) text += `${cells.map((c) => c[row]).join(",")}\n`;
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}
