import { PipelineError } from "../../core/error.ts";

/** What a value becomes when nothing of it is left. */
export const SUPPRESSED = "*";

/**
 * How one column is generalised. Each row is a value followed by its labels, from fine to coarse;
 * level 0 is the value itself, so `height` labels stand in each row. Every value of the domain is
 * named, whether or not the data hold it: the domain's size is what the Loss metric measures by.
 */
export interface Hierarchy {
  readonly column: string;
  readonly height: number;
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** A hierarchy over the dictionary of a column: `codes[level][value]` numbers the label of a value. */
export interface CodedHierarchy {
  readonly column: string;
  readonly height: number;
  readonly codes: readonly Uint32Array[];
  readonly labels: readonly (readonly string[])[];
  /** `shares[level][code]` is the part of the domain that the label stands for, in (0, 1]. */
  readonly shares: readonly Float64Array[];
  /** Values in the domain. */
  readonly domain: number;
}

/** Checks and freezes rows of labels. Throws `policy` where levels are ragged or not monotone. */
export function hierarchyOf(column: string, rows: Iterable<readonly string[]>): Hierarchy {
  const map = new Map<string, readonly string[]>();
  let height = 0;
  for (const row of rows) {
    const [value] = row;
    if (value === undefined) continue;
    if (height === 0) height = row.length;
    if (row.length !== height) {
      throw new PipelineError(
        "policy",
        `the hierarchy of ${column} has rows of ${height} and of ${row.length} levels`,
      );
    }
    if (map.has(value)) {
      throw new PipelineError("policy", `the hierarchy of ${column} names a value twice`, {
        hint: `row ${map.size + 1} repeats an earlier one`,
      });
    }
    map.set(value, row);
  }
  if (map.size === 0) throw new PipelineError("policy", `the hierarchy of ${column} is empty`);
  assertMonotone(column, map, height);
  return { column, height, rows: map };
}

/** A hierarchy in the form of ARX: one line per value, `value;level 1;level 2;…`. */
export function parseHierarchy(column: string, text: string, delimiter = ";"): Hierarchy {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return hierarchyOf(
    column,
    lines.map((line) => fieldsOf(line, delimiter)),
  );
}

/**
 * Numbers the labels of the values in a dictionary. `rowsOf` counts the rows of a value and serves
 * the error alone: a value that is missing from its hierarchy is a `policy` error that names the
 * column and the rows, never the value. The missing value "" stands for itself up to the last level.
 */
export function codeHierarchy(
  hierarchy: Hierarchy,
  values: readonly string[],
  rowsOf: (value: number) => number,
): CodedHierarchy {
  const { column, height, rows } = hierarchy;
  const unknown = values.flatMap((v, i) => (v !== "" && !rows.has(v) ? [rowsOf(i)] : []));
  if (unknown.length > 0) {
    const total = unknown.reduce((sum, n) => sum + n, 0);
    throw new PipelineError(
      "policy",
      `${unknown.length} values of ${column} (${total} rows) are missing from its hierarchy`,
      { hint: "add them to the hierarchy, or map them to a value that it has" },
    );
  }
  const top = rows.values().next().value?.at(-1) ?? SUPPRESSED;
  const gap = (level: number): string => (level === height - 1 ? top : "");
  const domain = rows.size + (values.includes("") && !rows.has("") ? 1 : 0);
  const labels: string[][] = [];
  const codes: Uint32Array[] = [];
  const shares: Float64Array[] = [];
  for (let level = 0; level < height; level++) {
    const size = new Map<string, number>();
    for (const row of rows.values()) size.set(row[level]!, (size.get(row[level]!) ?? 0) + 1);
    if (domain > rows.size) size.set(gap(level), (size.get(gap(level)) ?? 0) + 1);
    const numbers = new Map<string, number>();
    const code = new Uint32Array(values.length);
    values.forEach((value, i) => {
      const label = rows.get(value)?.[level] ?? gap(level);
      const number = numbers.get(label) ?? numbers.size;
      numbers.set(label, number);
      code[i] = number;
    });
    labels.push([...numbers.keys()]);
    codes.push(code);
    shares.push(Float64Array.from(numbers.keys(), (label) => size.get(label)! / domain));
  }
  return { column, height, codes, labels, shares, domain };
}

function assertMonotone(
  column: string,
  rows: ReadonlyMap<string, readonly string[]>,
  height: number,
): void {
  for (let level = 1; level < height; level++) {
    const parents = new Map<string, string>();
    for (const row of rows.values()) {
      const parent = parents.get(row[level - 1]!);
      if (parent !== undefined && parent !== row[level]) {
        throw new PipelineError(
          "policy",
          `the hierarchy of ${column} is not monotone: one label of level ${level - 1} has two labels at level ${level}`,
          { hint: "what is one group at a level must stay one group above it" },
        );
      }
      parents.set(row[level - 1]!, row[level]!);
    }
  }
}

function fieldsOf(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === '"' && quoted && line[i + 1] === '"') {
      field += c;
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (c === delimiter && !quoted) {
      fields.push(field);
      field = "";
    } else field += c;
  }
  return [...fields, field];
}
