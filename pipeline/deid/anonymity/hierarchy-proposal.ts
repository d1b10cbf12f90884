import { knowsRegion, type RegionTree } from "./regions.ts";

/** A hierarchy as a policy writes it; a guess that a person should look at. */
export type ProposedHierarchy =
  | { readonly intervals: readonly number[] }
  | { readonly prefix: readonly number[] }
  | { readonly date: readonly ["month", "quarter", "year"] }
  | { readonly region: RegionTree };

/** Share of the values that a region tree has to know. */
const KNOWN = 0.9;

/** What a column of postal codes is called: their digits are places, not amounts. */
const POSTAL = /\b(zip|post|postal)(?=\b|code)|\bplz\b|邮编|邮政编码|郵遞區號/i;

/**
 * Guesses a hierarchy from the values of a column: dates by month, quarter and year, places by a
 * region tree, numbers by steps of about a twentieth of their range, codes by prefix, as postal codes
 * are even where they are numbers. Undefined where nothing fits: such a column is kept or suppressed
 * whole.
 */
export function proposeHierarchy(
  column: string,
  values: Iterable<string>,
): ProposedHierarchy | undefined {
  const all = [...new Set(values)].filter((value) => value !== "");
  if (all.length < 3) return undefined;
  if (all.every((value) => /^\d{4}-\d{2}-\d{2}/.test(value))) {
    return { date: ["month", "quarter", "year"] };
  }
  for (const tree of ["world", "china"] as const) {
    const known = all.filter((value) => knowsRegion(value, tree)).length;
    if (known >= KNOWN * all.length) return { region: tree };
  }
  const prefix = prefixes(all);
  if (prefix !== undefined && POSTAL.test(column.replaceAll("_", " "))) return { prefix };
  const numbers = all.map(Number);
  if (numbers.every(Number.isFinite) && !all.some((value) => /^0\d/.test(value))) {
    const low = numbers.reduce((a, b) => Math.min(a, b));
    const range = numbers.reduce((a, b) => Math.max(a, b)) - low;
    if (range <= 0) return undefined;
    // 1, 2 or 5 times a power of ten, so that edges are round; each width divides the next.
    const power = 10 ** Math.floor(Math.log10(range / 20));
    const whole = numbers.every(Number.isInteger);
    const step = whole ? Math.max(1, 5 * power) : 5 * power;
    return { intervals: [1, 2, 4].map((times) => Number((times * step).toPrecision(6))) };
  }
  return prefix === undefined ? undefined : { prefix };
}

/** How many characters to keep, level by level; undefined where values are not codes of one length. */
function prefixes(all: readonly string[]): readonly number[] | undefined {
  const length = all[0]?.length ?? 0;
  const codes = all.every((v) => v.length === length && /^\S*\d\S*$/.test(v));
  if (!codes || length < 3) return undefined;
  return Array.from({ length: Math.min(4, length - 1) }, (_, i) => length - 1 - i);
}
