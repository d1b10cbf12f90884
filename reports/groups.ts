import type { Counted, Estimate, Evidence, Group, Measured } from "../pipeline/core/types.ts";
import { ofKind } from "./evidence.ts";
import { metricKey } from "./words.ts";

/** Everything measured by one set of attributes on one split. */
export interface Grouping {
  readonly by: readonly string[];
  readonly split: string | undefined;
  /** Metrics, by `metricKey`, in the order of first appearance. */
  readonly metrics: readonly string[];
  /** Largest group first. */
  readonly groups: readonly GroupRow[];
  readonly comparisons: readonly Measured[];
  readonly counts: readonly { readonly table: string; readonly rows: readonly Counted[] }[];
}
interface GroupRow {
  readonly group: Group;
  readonly label: string;
  /** Rows of the group: the sum of its confusion cells, else the largest n of its estimates. */
  readonly n: number;
  readonly estimates: Readonly<Record<string, Estimate>>;
}

/** Sorts evidence into groupings, in order of first appearance. Evidence without `by` is left out. */
export function groupingsOf(items: readonly Evidence[], emptyLabel: string): readonly Grouping[] {
  const keyed = new Map<string, { measured: Measured[]; counted: Counted[] }>();
  const at = (item: Measured | Counted): { measured: Measured[]; counted: Counted[] } => {
    const key = JSON.stringify([item.by ?? attributesOf(item.group), item.split ?? ""]);
    const found = keyed.get(key) ?? { measured: [], counted: [] };
    keyed.set(key, found);
    return found;
  };
  for (const item of ofKind(items, "measured")) {
    if (isGrouped(item)) at(item).measured.push(item);
  }
  for (const item of ofKind(items, "counted")) {
    if (item.by.length > 0) at(item).counted.push(item);
  }
  return [...keyed.values()].map(({ measured, counted }) =>
    grouping(measured, counted, emptyLabel),
  );
}

/** Measured without attributes: of all rows together. */
export function ungrouped(items: readonly Evidence[]): readonly Measured[] {
  return ofKind(items, "measured").filter((item) => !isGrouped(item));
}

/** The values of a group, in the order of `by`. */
export function groupLabel(group: Group, by: readonly string[], emptyLabel: string): string {
  const names = by.length > 0 ? by : Object.keys(group);
  return names.map((name) => valueLabel(group[name], emptyLabel)).join(" · ");
}

/** A protected value for people: text of white space alone would be invisible. */
export function valueLabel(value: string | undefined, emptyLabel: string): string {
  return value === undefined || value.trim() === "" ? emptyLabel : value;
}

function isGrouped(item: Measured): boolean {
  return (item.by ?? attributesOf(item.group)).length > 0;
}

function attributesOf(group: Group | undefined): readonly string[] {
  return group === undefined ? [] : Object.keys(group);
}

function grouping(
  measured: readonly Measured[],
  counted: readonly Counted[],
  emptyLabel: string,
): Grouping {
  const first = measured[0] ?? counted[0];
  const by = first?.by ?? attributesOf(first?.group);
  const label = (group: Group): string => groupLabel(group, by, emptyLabel);
  const metrics = new Set<string>();
  const groups = new Map<string, { group: Group; estimates: Map<string, Estimate> }>();
  for (const item of measured) {
    const { group, estimate } = item;
    if (group === undefined) continue;
    const key = metricKey(item);
    metrics.add(key);
    const row = groups.get(label(group)) ?? { group, estimates: new Map<string, Estimate>() };
    row.estimates.set(key, estimate);
    groups.set(label(group), row);
  }
  const sizes = new Map<string, number>();
  for (const { group, table, counts } of counted) {
    const size = table === "confusion" ? sum(Object.values(counts)) : counts.rows;
    if (size !== undefined) sizes.set(label(group), Math.max(size, sizes.get(label(group)) ?? 0));
  }
  const rows = [...groups].map(([name, { group, estimates }]) => ({
    group,
    label: name,
    n: sizes.get(name) ?? Math.max(0, ...[...estimates.values()].map(({ n }) => n)),
    estimates: Object.fromEntries(estimates),
  }));
  const tables = [...new Set(counted.map(({ table }) => table))];
  return {
    by,
    split: first?.split,
    metrics: [...metrics],
    groups: rows.sort((a, b) => b.n - a.n || (a.label < b.label ? -1 : 1)),
    comparisons: measured.filter(({ group }) => group === undefined),
    counts: tables.map((table) => ({
      table,
      rows: counted.filter((item) => item.table === table),
    })),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
