import type { Cell, Group } from "../../pipeline/core/types.ts";

/** Name of the group of rows without a protected value, where a policy asks for one. */
export const MISSING = "(missing)";

/** One key for the values of several protected attributes; no two tuples share a key. */
export function groupKey(values: readonly (string | null)[]): string {
  return JSON.stringify(values);
}

/** The values behind a key of `groupKey`. */
export function groupValues(key: string): readonly (string | null)[] {
  return JSON.parse(key) as (string | null)[];
}

/** A group as the core writes it: `groupOf(["sex"], ["Female"])` is `{sex: "Female"}`. */
export function groupOf(by: readonly string[], values: readonly string[]): Group {
  return Object.fromEntries(by.map((name, i) => [name, values[i]!]));
}

/** A group in words, for reasons and messages: `sex=Female, race=Black`. */
export function groupText(group: Group): string {
  return Object.entries(group)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

/** The name of a cell as a group: its text, or null where it is missing or empty. */
export function cellName(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined || cell === "" ? null : String(cell);
}

/**
 * Whether a cell holds the favourable value: the same text, the same number (`1`, `1.0`, `"1"`), or
 * for booleans, written in any case, also 1 and 0. Null where the cell is missing or empty.
 */
export function isFavourable(cell: Cell | undefined, favourable: string): boolean | null {
  if (cell === null || cell === undefined || cell === "") return null;
  const text = String(cell);
  if (text === favourable) return true;
  const wanted = numberOf(favourable);
  return Number.isFinite(wanted) && numberOf(text) === wanted;
}

/** The number that a text stands for, 1 and 0 for true and false; NaN for any other text. */
function numberOf(text: string): number {
  const plain = text.trim().toLowerCase();
  if (plain === "true" || plain === "false") return Number(plain === "true");
  return plain === "" ? NaN : Number(plain);
}

/** One margin of cells kept by full intersection: the groups of `by`, each with its cells. */
export interface Margin<C> {
  readonly by: readonly string[];
  readonly groups: readonly { readonly values: readonly string[]; readonly cells: readonly C[] }[];
}

/**
 * Groups cells that are keyed by all of `attributes` into the groups of some of them, in the order
 * of their values. Cells that miss one of the values are left out, or stand in a group `(missing)`
 * when `missing` is "group".
 */
export function marginOf<C>(
  cells: Readonly<Record<string, C>>,
  attributes: readonly string[],
  by: readonly string[],
  missing: "exclude" | "group" = "exclude",
): Margin<C> {
  const places = by.map((name) => attributes.indexOf(name));
  const groups = new Map<string, { values: readonly string[]; cells: C[] }>();
  for (const [key, cell] of Object.entries(cells)) {
    const all = groupValues(key);
    const values = places.map((place) => all[place] ?? (missing === "group" ? MISSING : null));
    if (!values.every((value) => value !== null)) continue;
    const name = groupKey(values);
    const group = groups.get(name) ?? { values, cells: [] };
    group.cells.push(cell);
    groups.set(name, group);
  }
  const sorted = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { by, groups: sorted.map(([, group]) => group) };
}
