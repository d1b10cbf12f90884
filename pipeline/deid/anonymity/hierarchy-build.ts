import { PipelineError } from "../../core/error.ts";
import { hierarchyOf, SUPPRESSED, type Hierarchy } from "./hierarchy.ts";

/**
 * Numbers into intervals [n·w, (n+1)·w), one level for each width, then nothing. Every width has to
 * divide the next, or the levels would not be monotone. Values that are no number keep to themselves.
 */
export function intervalHierarchy(
  column: string,
  values: Iterable<string>,
  widths: readonly number[],
  origin = 0,
): Hierarchy {
  widths.forEach((width, i) => {
    const before = widths[i - 1];
    const fits = before === undefined || Number.isInteger(Number((width / before).toFixed(9)));
    if (!(width > 0) || !fits || (before !== undefined && width <= before)) {
      throw new PipelineError(
        "policy",
        `each interval of ${column} is a multiple of the one before`,
      );
    }
  });
  return hierarchyOf(
    column,
    Array.from(distinct(values), (value) => {
      const number = value.trim() === "" ? NaN : Number(value);
      const labels = widths.map((width) => {
        if (!Number.isFinite(number)) return value;
        const low = origin + Math.floor((number - origin) / width) * width;
        return `[${tidy(low)}, ${tidy(low + width)})`;
      });
      return [value, ...labels, SUPPRESSED];
    }),
  );
}

/**
 * Codes by their first characters: each level hides one more from the end behind "*". `keep` lists
 * how many characters each level keeps, falling; without it, every length down to one.
 */
export function prefixHierarchy(
  column: string,
  values: Iterable<string>,
  keep?: readonly number[],
): Hierarchy {
  const all = [...distinct(values)];
  const longest = all.reduce((n, value) => Math.max(n, Array.from(value).length), 0);
  const lengths =
    keep ?? Array.from({ length: Math.max(0, longest - 1) }, (_, i) => longest - 1 - i);
  if (lengths.some((n, i) => !Number.isInteger(n) || n < 1 || n >= (lengths[i - 1] ?? Infinity))) {
    throw new PipelineError("policy", `the prefixes of ${column} are whole numbers that fall`);
  }
  return hierarchyOf(
    column,
    all.map((value) => {
      const characters = Array.from(value);
      const labels = lengths.map((n) =>
        characters.length <= n
          ? value
          : characters.slice(0, n).join("") + "*".repeat(characters.length - n),
      );
      return [value, ...labels, SUPPRESSED];
    }),
  );
}

export const dateLevels = ["month", "quarter", "year", "decade"] as const;
export type DateLevel = (typeof dateLevels)[number];

/** ISO 8601 dates: the day, then the levels asked for, then nothing. Other text keeps to itself. */
export function dateHierarchy(
  column: string,
  values: Iterable<string>,
  levels: readonly DateLevel[] = ["month", "quarter", "year"],
): Hierarchy {
  if (
    levels.some(
      (level, i) => i > 0 && dateLevels.indexOf(level) <= dateLevels.indexOf(levels[i - 1]!),
    )
  ) {
    throw new PipelineError("policy", `the date levels of ${column} go from month to decade`);
  }
  return hierarchyOf(
    column,
    Array.from(distinct(values), (value) => {
      const [, year, month] = /^(\d{4})-(\d{2})-\d{2}/.exec(value) ?? [];
      const labels = levels.map((level) =>
        year === undefined || month === undefined ? value : dateLabel(level, year, month),
      );
      return [value, ...labels, SUPPRESSED];
    }),
  );
}

/**
 * Categories in named groups, one record of label to members for each level; what a level does not
 * name goes to "other" there. The members of a level are the labels of the level before.
 */
export function groupHierarchy(
  column: string,
  values: Iterable<string>,
  levels: readonly Readonly<Record<string, readonly string[]>>[],
): Hierarchy {
  const groups = levels.map((level) => {
    const of = new Map<string, string>();
    for (const [label, members] of Object.entries(level)) {
      for (const member of members) {
        if (of.has(member)) {
          throw new PipelineError("policy", `two groups of ${column} share a member`);
        }
        of.set(member, label);
      }
    }
    return of;
  });
  return hierarchyOf(
    column,
    Array.from(distinct(values), (value) => {
      const labels: string[] = [];
      for (const of of groups) labels.push(of.get(labels.at(-1) ?? value) ?? "other");
      return [value, ...labels, SUPPRESSED];
    }),
  );
}

function distinct(values: Iterable<string>): Set<string> {
  const all = new Set(values);
  // A missing cell is a category of its own and is added when the hierarchy is coded.
  all.delete("");
  return all;
}

function dateLabel(level: DateLevel, year: string, month: string): string {
  switch (level) {
    case "month":
      return `${year}-${month}`;
    case "quarter":
      return `${year}-Q${Math.ceil(Number(month) / 3)}`;
    case "year":
      return year;
    case "decade":
      return `${year.slice(0, 3)}0s`;
  }
}

function tidy(value: number): string {
  return String(Number(value.toFixed(9)));
}
