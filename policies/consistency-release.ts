import type { Inconsistency } from "./inconsistency.ts";
import type { Policy } from "./schema.ts";
import type { Path } from "./source-map.ts";

type CountTable = NonNullable<Policy["release"]>["counts"][number];

/** Cells of one table of counts. */
const CELL_LIMIT = 1_000_000;

/** Contradictions in tables of counts: columns, domains, mechanisms and what they spend together. */
export function releaseProblems({ dataset, release }: Policy): Inconsistency[] {
  const tables = release?.counts ?? [];
  const problems: Inconsistency[] = [];
  const names = new Set<string>();
  for (const [i, table] of tables.entries()) {
    const at: Path = ["release", "counts", i];
    if (names.has(table.name)) {
      problems.push({ at: [...at, "name"], message: "a second table of this name" });
    }
    names.add(table.name);
    problems.push(...mechanismProblems(table, at), ...domainProblems(table, dataset.columns, at));
    if (table.contribution > 1 && dataset.subject === undefined) {
      problems.push({
        at: [...at, "contribution"],
        message: "dataset.subject names the person whose rows are counted up to this number",
      });
    }
  }
  const budget = dataset.privacy_budget;
  for (const of of ["epsilon", "delta"] as const) {
    const sum = tables.reduce((total, table) => total + (table[of] ?? 0), 0);
    if (budget !== undefined && sum > budget[of] * (1 + 1e-9)) {
      problems.push({
        at: ["release", "counts"],
        message: `the tables spend ${of} ${Number(sum.toPrecision(4))}, dataset.privacy_budget has ${budget[of]}`,
      });
    }
  }
  return problems;
}

function mechanismProblems({ mechanism, delta }: CountTable, at: Path): Inconsistency[] {
  if (mechanism === "gaussian" && delta === undefined) {
    return [{ at, message: "the Gaussian mechanism needs delta" }];
  }
  return mechanism === "laplace" && delta !== undefined
    ? [{ at: [...at, "delta"], message: "the Laplace mechanism has no delta, it is pure" }]
    : [];
}

function domainProblems(
  { columns }: CountTable,
  known: Policy["dataset"]["columns"],
  at: Path,
): Inconsistency[] {
  const problems: Inconsistency[] = [];
  let cells = 1;
  for (const [column, domain] of Object.entries(columns)) {
    const here = [...at, "columns", column];
    const role = known[column]?.role;
    if (role === undefined) {
      problems.push({ at: here, message: `no column ${column} in dataset.columns` });
    } else if (role === "identifier" || role === "text") {
      problems.push({ at: here, message: `a column of role ${role} has no values to count by` });
    }
    if (Array.isArray(domain)) {
      cells *= new Set(domain).size + 1;
      continue;
    }
    const bins = Math.round((domain.to - domain.from) / domain.width);
    if (bins < 1 || Math.abs(domain.from + bins * domain.width - domain.to) > 1e-9 * domain.width) {
      problems.push({ at: here, message: "the bins do not fill the range" });
    }
    cells *= Math.max(1, bins) + 1;
  }
  if (Object.keys(columns).length === 0) {
    problems.push({ at: [...at, "columns"], message: "a table counts by one column at least" });
  }
  if (cells > CELL_LIMIT) {
    problems.push({
      at: [...at, "columns"],
      message: `${cells} cells, a table has ${CELL_LIMIT} at most`,
    });
  }
  return problems;
}
